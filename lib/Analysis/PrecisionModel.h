//===- PrecisionModel.h - what most ops answer ------------------*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_PRECISIONMODEL_H
#define MP_LIB_ANALYSIS_PRECISIONMODEL_H

#include "mp/Analysis/PrecisionOpInterface.h"

namespace mlir::mp {

/// A model for many ops, which does not know their C++ classes, has to answer
/// all that the interface asks. This answers what few ops have more to say on.
template <typename Model>
struct PrecisionModel : public PrecisionOpInterface::FallbackModel<Model> {
  Meaning getMeaning(Operation *op) const { return Meaning::None; }
  SmallVector<Value> getMeaningOperands(Operation *op) const {
    return SmallVector<Value>(op->getOperands());
  }
  bool getOperandDimensions(Operation *op, unsigned operand,
                            SmallVectorImpl<int64_t> &dimensions) const {
    return false;
  }
  bool readsUnsigned(Operation *op) const { return false; }
  bool ownsRegions(Operation *op) const { return false; }
  std::optional<int64_t> getTripCount(Operation *op) const { return 1; }
  bool isUndefined(Operation *op) const { return false; }
  void adaptRegions(Operation *op) const {}
  StringRef getAuthorPin(Operation *op) const { return ""; }
  StringRef getArithmeticPin(Operation *op, FloatType format) const {
    return "its dialect has no word for what a product rounds to";
  }
  void setArithmetic(Operation *op, FloatType format) const {}
  std::optional<double> getPrecisionNumber(Operation *op,
                                           Quantity quantity) const {
    return std::nullopt;
  }
  StringRef getPrecisionWord(Operation *op, Word word) const { return ""; }
};

} // namespace mlir::mp

#endif // MP_LIB_ANALYSIS_PRECISIONMODEL_H
