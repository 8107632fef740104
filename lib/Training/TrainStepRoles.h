//===- TrainStepRoles.h - the parts of form A, matched up -------*- C++ -*-===//
#ifndef MP_LIB_TRAINING_TRAINSTEPROLES_H
#define MP_LIB_TRAINING_TRAINSTEPROLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mp {

/// One optimizer: a function that moves some of the parameters.
struct OptimizerParts {
  func::FuncOp function;

  /// In the order of the function's arguments.
  struct Parameter {
    unsigned argument;
    unsigned result;           // its new value
    unsigned lossArgument;     // of loss_and_grads
    unsigned gradient;         // result of loss_and_grads
    unsigned gradientArgument; // of the function
  };
  SmallVector<Parameter> parameters;
  /// Argument and the result that replaces it.
  SmallVector<std::pair<unsigned, unsigned>> states;
  /// Argument and the schedule (index into TrainStepParts::schedules) that
  /// gives it its value.
  SmallVector<std::pair<unsigned, unsigned>> schedules;
};

/// Which arguments and results of `loss_and_grads` and the optimizers belong
/// together. All numbers are indices into arguments or results.
struct TrainStepParts {
  func::FuncOp lossAndGrads;
  SmallVector<OptimizerParts> optimizers;
  /// loss_and_grads' own state (batch-norm statistics): argument and result.
  SmallVector<std::pair<unsigned, unsigned>> states;
  /// loss_and_grads' remaining arguments: batches, labels, rng, constants.
  SmallVector<unsigned> inputs;
  SmallVector<unsigned> losses;
  /// Arguments that scale a loss.
  SmallVector<unsigned> lossScales;
  /// For each result of loss_and_grads, which of `lossScales` it is computed
  /// from, a bit for each.
  SmallVector<uint64_t> scalesOfResult;
  /// What is set anew in every step, the same for all functions that name it.
  struct Schedule {
    std::string name;
    Type type;
  };
  SmallVector<Schedule> schedules;
  /// Arguments of loss_and_grads with their schedules.
  SmallVector<std::pair<unsigned, unsigned>> lossSchedules;
  /// Results of loss_and_grads with no other role.
  SmallVector<unsigned> auxiliary;
};

/// Reports the first parameter or state of a whole train step that no result
/// replaces, or that a result replaces without being there.
LogicalResult verifyWholeStep(func::FuncOp step);

/// Matches names, roles and shapes; reports the first value without a partner.
FailureOr<TrainStepParts> matchTrainStepParts(func::FuncOp lossAndGrads,
                                              ArrayRef<func::FuncOp> updates);

} // namespace mlir::mp

#endif // MP_LIB_TRAINING_TRAINSTEPROLES_H
