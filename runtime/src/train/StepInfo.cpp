#include "train/StepInfo.h"

#include <nlohmann/json.hpp>

using namespace mp::train;

static std::string text(const nlohmann::json &object, const char *key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

StepInfo::StepInfo(const char *manifest) {
  auto json = nlohmann::json::parse(manifest, nullptr, false);
  if (!json.is_object())
    return;
  if (json["observed"].is_array())
    for (const nlohmann::json &value : json["observed"]) {
      std::string name = text(value, "name"), place = text(value, "at");
      values.push_back("'" + text(value, "op") + "'" +
                       (name.empty() ? "" : " (\"" + name + "\")") +
                       (place.empty() ? "" : " at " + place));
    }
  if (!json["train_step"].is_object())
    return;
  const nlohmann::json &step = json["train_step"];
  if (auto list = step.find("gradients"); list != step.end())
    for (const nlohmann::json &gradient : *list)
      if (gradient.is_object())
        gradients.push_back({text(gradient, "name"), text(gradient, "location"),
                             text(gradient, "scale")});
  if (auto values = step.find("initial");
      values != step.end() && values->is_object())
    for (const auto &[name, value] : values->items())
      if (value.is_number())
        initial[name] = value.get<double>();
  if (auto value = step.find("minimum_scale");
      value != step.end() && value->is_number())
    minimumScale = value->get<double>();
}

GradientInfo StepInfo::gradient(int64_t culprit) const {
  if (isScale(culprit))
    return {"the loss scale itself", "", ""};
  if (culprit < 0 || culprit > int64_t(gradients.size()))
    return {"gradient " + std::to_string(culprit), "", ""};
  return gradients[size_t(culprit)];
}

std::string StepInfo::observed(int32_t value) const {
  return value >= 0 && size_t(value) < values.size() ? values[size_t(value)]
                                                     : "a value";
}
