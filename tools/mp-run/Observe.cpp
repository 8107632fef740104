#include "mp-run/Observe.h"

#include "common/Error.h"

#include <nlohmann/json.hpp>

using namespace mp::run;
using mp::tool::Error;
using nlohmann::json;

Observed mp::run::readObserved(const mp_rt_model *model) {
  mp_rt_model_info info = {};
  info.struct_size = sizeof(info);
  if (mp_rt_model_query(model, &info) != MP_RT_OK)
    throw Error(mp_rt_last_error());
  Observed observed;
  json manifest = json::parse(info.manifest, nullptr, false);
  if (!manifest.is_object())
    return observed;
  auto list = manifest.find("observed");
  if (list == manifest.end() || !list->is_array())
    return observed;
  auto text = [](const json &object, const char *key) {
    auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>()
                                                 : std::string();
  };
  for (const json &entry : *list)
    observed.values.push_back(
        {text(entry, "id"), text(entry, "name"), text(entry, "location"),
         text(entry, "at"), text(entry, "op"), text(entry, "function"),
         text(entry, "argument"), text(entry, "op_id"), text(entry, "result")});
  auto check = manifest.find("check_finite");
  observed.checkFinite =
      check != manifest.end() && check->is_boolean() && check->get<bool>();
  return observed;
}

Culprit mp::run::findCulprit(const mp_rt_instance *instance,
                             const Observed &observed) {
  Culprit culprit;
  culprit.info.struct_size = sizeof(culprit.info);
  if (mp_rt_instance_culprit(instance, &culprit.info) != MP_RT_OK)
    throw Error(mp_rt_last_error());
  if (culprit.info.kind != MP_RT_CULPRIT_NONE &&
      static_cast<size_t>(culprit.info.value) < observed.values.size())
    culprit.value = observed.values[culprit.info.value];
  return culprit;
}

static std::string countText(const mp_rt_culprit_info &info) {
  std::string text;
  if (info.infinities)
    text = std::to_string(info.infinities) + " infinite";
  if (info.nans)
    text += (text.empty() ? "" : " and ") + std::to_string(info.nans) + " NaN";
  return text + " of " + std::to_string(info.numbers);
}

std::string mp::run::culpritText(const Culprit &culprit) {
  const ObservedValue &value = culprit.value;
  std::string text =
      (value.at.empty() ? std::string("mp-run") : value.at) + ": error: ";
  std::string op = "'" + value.op + "'";
  switch (culprit.info.kind) {
  case MP_RT_CULPRIT_OP:
    text += op + " gives a result that is not finite for operands that are: ";
    break;
  case MP_RT_CULPRIT_NAN:
    text += op + " gives NaN for infinite operands: ";
    break;
  default:
    text += "argument is not finite: ";
    break;
  }
  text += countText(culprit.info) + " numbers (" + value.id;
  if (!value.name.empty())
    text += ", \"" + value.name + "\"";
  return text + ")";
}
