//===- TrainStepInfo.h - what is known about a train step -------*- C++ -*-===//
//
// @train_step carries what a program that runs it has to know: the attribute
// `mp.train_step` on the function, and `mp.initial` on state arguments that do
// not start at zero.
//
//===----------------------------------------------------------------------===//
#ifndef MP_TRAINING_TRAINSTEPINFO_H
#define MP_TRAINING_TRAINSTEPINFO_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

namespace mlir::mp {

/// {gradients = [{name, location}, ...], in the order that `culprit` counts;
///  micro_batches; minimum_scale, of a dynamic scaler}.
inline constexpr StringLiteral kTrainStepAttrName = "mp.train_step";
/// Every element's value before the first step.
inline constexpr StringLiteral kInitialAttrName = "mp.initial";

/// The same as JSON, with `initial` by argument name; null if there is no
/// train step in the module.
llvm::json::Value describeTrainStep(ModuleOp module);

} // namespace mlir::mp

#endif // MP_TRAINING_TRAINSTEPINFO_H
