//===- TrainStepBuilder.h - writes @train_step ------------------*- C++ -*-===//
#ifndef MP_LIB_TRAINING_TRAINSTEPBUILDER_H
#define MP_LIB_TRAINING_TRAINSTEPBUILDER_H

#include "Scaler.h"
#include "StableHLOEmitter.h"
#include "TrainStepRoles.h"

namespace mlir::mp {

/// What a train step is to be like, beside its two functions.
struct TrainStepSettings {
  Scaler scaler;
  /// Micro-batches in a step.
  int64_t accumulate = 1;
  /// Format in which parameters are kept between steps; null: as exported.
  FloatType masters;
  /// Whether the optimizer state of this name is kept in `stateFormat`.
  std::function<bool(StringRef)> isLowState;
  FloatType stateFormat;
};

/// Writes @train_step argument by argument and result by result, so that the
/// names and roles stay beside the values they describe.
class TrainStepBuilder {
public:
  TrainStepBuilder(TrainStepParts &parts, const TrainStepSettings &settings);

  /// Adds the function in front of loss_and_grads, which stays as it is.
  func::FuncOp build();

private:
  struct Described {
    Type type;
    std::string name, role;
    Attribute initial; // of state that does not start at zero
  };
  /// Forward and backward of all micro-batches.
  struct Outcome {
    Value loss;
    SmallVector<Value> gradients, states, auxiliary;
  };
  /// One check of all gradients.
  struct Check {
    SmallVector<Value> finite; // of each optimizer
    Value allFinite, culprit;
  };

  bool isScaled() const { return settings.scaler.kind != Scaler::Kind::None; }
  bool isDynamic() const {
    return settings.scaler.kind == Scaler::Kind::Dynamic;
  }

  void declareArguments();
  void declareScaler();
  Type inputType(unsigned input) const;
  void argument(Type type, StringRef name, StringRef role,
                Attribute initial = {});
  void result(Value value, StringRef name, StringRef role);
  void describe(func::FuncOp step);
  Attribute describeGradients() const;

  Value argumentAt(unsigned index) const { return entry->getArgument(index); }
  Value toElement(Value value, Type like);
  void makeWorkingCopies();

  Outcome runOnce(ArrayRef<Value> states, ArrayRef<Value> inputs);
  Outcome accumulate();
  Value takeMicroBatch(Value input, unsigned which, Value index);
  Check checkGradients(Outcome &outcome);
  void checkOptimizer(size_t optimizer, Outcome &outcome, Check &check);
  SmallVector<Value> update(size_t optimizer, const Outcome &outcome);
  void updateAll(const Outcome &outcome, const Check &check);
  SmallVector<Value> guard(Value finite, ArrayRef<Value> state,
                           function_ref<SmallVector<Value>()> next);
  Value reportedLoss(const Outcome &outcome);
  void moveScale(Value finite);
  SmallVector<Value> inlineBody(func::FuncOp function, ArrayRef<Value> operands,
                                StringRef role);

  TrainStepParts &parts;
  const TrainStepSettings &settings;
  MLIRContext *context;
  Location loc;
  OpBuilder builder;
  Block *entry = nullptr;
  std::optional<StableHLOEmitter> emitter;

  SmallVector<Described> arguments, results;
  SmallVector<Value> values;
  unsigned firstOptimizerState = 0, firstState = 0, firstScaler = 0,
           firstInput = 0;
  SmallVector<Value> workingCopies;
  Value scale;     // that the loss is multiplied by
  Value lossScale; // that the gradients carry: for all micro-batches
  /// For each optimizer, its parameters in the order in which the backward pass
  /// gives their gradients: what comes first is nearest to where an overflow
  /// began.
  SmallVector<SmallVector<unsigned>> backwardOrder;
};

} // namespace mlir::mp

#endif // MP_LIB_TRAINING_TRAINSTEPBUILDER_H
