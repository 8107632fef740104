//===- TrainStepRoles.h - the parts of form A, matched up -------*- C++ -*-===//
#ifndef MP_LIB_TRAINING_TRAINSTEPROLES_H
#define MP_LIB_TRAINING_TRAINSTEPROLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mp {

/// Which arguments and results of `loss_and_grads` and `apply_updates` belong
/// together. All numbers are indices into arguments or results.
struct TrainStepParts {
  func::FuncOp lossAndGrads, applyUpdates;

  /// One for each parameter, in the order of apply_updates' arguments.
  struct Parameter {
    unsigned updateArg;    // of apply_updates
    unsigned updateResult; // of apply_updates: its new value
    unsigned lossArg;      // of loss_and_grads
    unsigned gradient;     // result of loss_and_grads
    unsigned gradientArg;  // of apply_updates
  };
  SmallVector<Parameter> parameters;

  /// apply_updates' optimizer states: argument and the result that replaces it.
  SmallVector<std::pair<unsigned, unsigned>> optimizerStates;
  /// loss_and_grads' other state (batch-norm statistics): the same.
  SmallVector<std::pair<unsigned, unsigned>> states;
  /// loss_and_grads' remaining arguments: batches, labels, rng, constants.
  SmallVector<unsigned> inputs;
  unsigned loss = 0;
  /// The returned loss is multiplied by the loss scale, too.
  bool lossIsScaled = false;
  std::optional<unsigned> lossScale;
  /// Results of loss_and_grads with no other role.
  SmallVector<unsigned> auxiliary;
};

/// Matches names, roles and shapes; reports the first value without a partner.
FailureOr<TrainStepParts> matchTrainStepParts(func::FuncOp lossAndGrads,
                                              func::FuncOp applyUpdates);

} // namespace mlir::mp

#endif // MP_LIB_TRAINING_TRAINSTEPROLES_H
