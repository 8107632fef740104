//===- Session.h - a model, loaded and ready to be called -----------------===//

#ifndef MP_RUN_SESSION_H
#define MP_RUN_SESSION_H

#include "mp-run/Binding.h"
#include "mp-run/Options.h"

#include <functional>
#include <memory>

namespace mp::run {

/// Throws Error with the runtime's text.
void check(mp_rt_status status);

/// Null if `path` is empty.
std::unique_ptr<io::SafetensorsFile> readTensors(const std::string &path);

struct Unload {
  void operator()(mp_rt_model *model) const { mp_rt_model_unload(model); }
  void operator()(mp_rt_instance *instance) const {
    mp_rt_instance_destroy(instance);
  }
};
using ModelPtr = std::unique_ptr<mp_rt_model, Unload>;
using InstancePtr = std::unique_ptr<mp_rt_instance, Unload>;

ModelPtr loadModel(const std::string &path);

/// Gets each observed value of a call.
using Observer = std::function<void(const mp_rt_observation &)>;

/// `observer` may be empty, else it must outlive the instance.
InstancePtr makeInstance(mp_rt_model *model, const Options &options,
                         const Observer &observer);

/// Runs a function whose arguments and results are bound.
void call(mp_rt_instance *instance, Function &function);

} // namespace mp::run

#endif // MP_RUN_SESSION_H
