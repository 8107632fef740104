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
  /// A scaler for each loss scale, instead of one for all.
  bool perLoss = false;
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
    SmallVector<Value> losses, gradients, states, auxiliary;
  };
  /// Gradients that are checked by themselves, since they belong to one
  /// optimizer and carry one scale.
  struct Group {
    unsigned optimizer, scaler;
    /// Of the optimizer, in the order in which the backward pass gives their
    /// gradients: what comes first is nearest to where an overflow began.
    SmallVector<unsigned> parameters;
  };
  /// What the checks of all groups found.
  struct Check {
    SmallVector<Value> finite;       // of each optimizer
    SmallVector<Value> scalerFinite; // of each scaler
    Value allFinite, culprit;
  };

  bool isScaled() const { return settings.scaler.kind != Scaler::Kind::None; }
  unsigned numScalers() const {
    return settings.perLoss ? parts.lossScales.size() : 1;
  }
  /// The scaler whose scale multiplies result `index` of loss_and_grads.
  unsigned scalerOf(unsigned index) const {
    return settings.perLoss ? llvm::countr_zero(parts.scalesOfResult[index])
                            : 0;
  }
  /// The name of a scaler's state.
  std::string scalerName(unsigned scaler, StringRef what) const;
  bool isDynamic() const {
    return settings.scaler.kind == Scaler::Kind::Dynamic;
  }

  void makeGroups();
  void declareArguments();
  void declareScaler(unsigned scaler);
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
  void checkGroup(size_t group, Outcome &outcome, Check &check);
  size_t firstParameter(size_t optimizer) const;
  Value surrogate(Value gradient);
  Value countStuck(Value old, Value next, Value kept);
  SmallVector<Value> update(size_t optimizer, const Outcome &outcome);
  Value updateAll(const Outcome &outcome, const Check &check);
  SmallVector<Value> guard(Value finite, ArrayRef<Value> state,
                           function_ref<SmallVector<Value>()> next);
  SmallVector<Value> reportedLosses(const Outcome &outcome);
  void makeScales();
  void moveScale(unsigned scaler, Value finite);
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
           firstInput = 0, firstSchedule = 0;
  SmallVector<Value> workingCopies;
  /// For each scaler, what the loss is multiplied by, and what the gradients
  /// carry: that for all micro-batches.
  SmallVector<Value> scales, gradientScales;
  SmallVector<Group> groups;
};

} // namespace mlir::mp

#endif // MP_LIB_TRAINING_TRAINSTEPBUILDER_H
