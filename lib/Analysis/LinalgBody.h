//===- LinalgBody.h - what a structured op computes -------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_LINALGBODY_H
#define MP_LIB_ANALYSIS_LINALGBODY_H

#include "mp/Analysis/PrecisionOpInterface.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::mp {

/// What a structured op computes, read from its maps and its body alone, so
/// that a named op and its generic form are the same.
struct LinalgBody {
  OpClass opClass = OpClass::Opaque;
  Meaning meaning = Meaning::None;
  /// What `meaning` is a function of, and the maps by which loops read it: null
  /// for what is not read element by element.
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  /// The op in the body that computes `meaning`, where it is one.
  Operation *function = nullptr;
  /// The two sides of a product.
  OpOperand *lhs = nullptr, *rhs = nullptr;
  /// It adds up, or multiplies up, in its outputs, rather than choosing.
  bool accumulates = false;
  /// A window slides over its input.
  bool hasWindow = false;

  bool isProduct() const { return lhs; }
};

LinalgBody readLinalgBody(linalg::LinalgOp op);

/// `value` in front of all conversions between floats.
Value skipFloatCasts(Value value);

} // namespace mlir::mp

#endif // MP_LIB_ANALYSIS_LINALGBODY_H
