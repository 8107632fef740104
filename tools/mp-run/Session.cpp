#include "mp-run/Session.h"

#include "io/Safetensors.h"

using namespace mp::run;
using mp::io::SafetensorsFile;

void mp::run::check(mp_rt_status status) {
  if (status != MP_RT_OK)
    throw Error(mp_rt_last_error());
}

std::unique_ptr<SafetensorsFile> mp::run::readTensors(const std::string &path) {
  if (path.empty())
    return nullptr;
  std::string error;
  auto file = SafetensorsFile::read(path, error);
  if (!file)
    throw Error(error);
  return file;
}

ModelPtr mp::run::loadModel(const std::string &path) {
  mp_rt_model *model;
  check(mp_rt_model_load(path.c_str(), &model));
  return ModelPtr(model);
}

InstancePtr mp::run::makeInstance(mp_rt_model *model, const Options &options,
                                  const Observer &observer) {
  mp_rt_instance_options settings = {};
  settings.struct_size = sizeof(settings);
  settings.threads = options.threads;
  settings.device = options.device.empty() ? nullptr : options.device.c_str();
  if (observer) {
    settings.observe_user = const_cast<Observer *>(&observer);
    settings.observe = [](void *user, const mp_rt_observation *value) {
      (*static_cast<const Observer *>(user))(*value);
    };
  }
  mp_rt_instance *instance;
  check(mp_rt_instance_create(model, &settings, &instance));
  return InstancePtr(instance);
}

void mp::run::call(mp_rt_instance *instance, Function &function) {
  std::vector<DLTensor *> args, results;
  for (Value &value : function.args)
    args.push_back(&value.tensor);
  for (Value &value : function.results)
    results.push_back(&value.tensor);
  check(mp_rt_call(instance, function.index, args.data(), results.data()));
}
