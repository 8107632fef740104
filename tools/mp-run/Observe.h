//===- Observe.h - values that a model reports while it runs --------------===//

#ifndef MP_RUN_OBSERVE_H
#define MP_RUN_OBSERVE_H

#include "mp_rt/mp_rt.h"

#include <string>
#include <vector>

namespace mp::run {

/// A value of the source program, as the manifest of a model tells of it.
struct ObservedValue {
  std::string id, name, location, at, op, function;
  std::string argument;       // "arg0", if it is one of the function's
  std::string opId, opResult; // of an op that has an id of its own
};

struct Observed {
  std::vector<ObservedValue> values;
  bool checkFinite = false; // the model asks to be checked in each run
};

/// Empty if the model was not compiled to be observed.
Observed readObserved(const mp_rt_model *model);

/// Where numbers that are not finite came from.
struct Culprit {
  mp_rt_culprit_info info = {};
  ObservedValue value;
};

/// What the instance found in its last call; `kind` may be none.
Culprit findCulprit(const mp_rt_instance *instance, const Observed &observed);

/// "model.mlir:3:5: error: ...", whole.
std::string culpritText(const Culprit &culprit);

} // namespace mp::run

#endif // MP_RUN_OBSERVE_H
