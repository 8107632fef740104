//===- Scaler.h - the constants of loss scaling -----------------*- C++ -*-===//
#ifndef MP_LIB_TRAINING_SCALER_H
#define MP_LIB_TRAINING_SCALER_H

#include "mlir/IR/Diagnostics.h"

namespace mlir::mp {

/// How the loss is scaled; the constants are those of `mp.update_scale`.
struct Scaler {
  enum class Kind { None, Static, Dynamic };

  Kind kind = Kind::Dynamic;
  float initial = 1;
  double growth = 1, backoff = 1;
  int32_t interval = 1, hysteresis = 1;
  float minimum = 0, maximum = 0;
  bool consecutive = false;
};

/// What a user says about it, as text; empty where nothing is said.
struct ScalerOptions {
  StringRef lossScale, preset;
  StringRef initScale, growth, backoff, interval, minimum, maximum, hysteresis;
  bool consecutive = false;
};

/// Fills in the preset's constants and checks all of them; the first fault is
/// reported.
FailureOr<Scaler>
resolveScaler(const ScalerOptions &options,
              llvm::function_ref<InFlightDiagnostic()> emitError);

} // namespace mlir::mp

#endif // MP_LIB_TRAINING_SCALER_H
