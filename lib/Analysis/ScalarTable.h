//===- ScalarTable.h - what is known of scalar functions --------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_SCALARTABLE_H
#define MP_LIB_ANALYSIS_SCALARTABLE_H

#include "mp/Analysis/PrecisionOpInterface.h"

#include "llvm/ADT/StringMap.h"

namespace mlir::mp::scalar_table {

struct Row {
  OpClass opClass = OpClass::Opaque;
  Meaning meaning = Meaning::None;
  /// Its float operands and results share one type; otherwise the types are a
  /// part of what it means.
  bool isTied = false;
};

/// The ops of arith and math, which also stand in the bodies of structured
/// ops.
const llvm::StringMap<Row> &getRows();

} // namespace mlir::mp::scalar_table

#endif // MP_LIB_ANALYSIS_SCALARTABLE_H
