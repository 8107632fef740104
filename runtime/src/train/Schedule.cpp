#include "train/Schedule.h"

#include "io/Sha256.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace mp;
using namespace mp::train;
using nlohmann::json;

namespace mp::train {
/// Reads one schedule and says what is wrong with it.
class ScheduleReader {
public:
  ScheduleReader(const std::string &path, const std::string &name)
      : where(path + ": the schedule '" + name + "': ") {}

  Schedules::Function read(const json &value);

private:
  using Body = std::function<double(int64_t)>;

  [[noreturn]] void fail(const std::string &text) const {
    throw Error(where + text);
  }
  double number(const json &value, const char *what) const;
  double number(const json &object, const char *key, const char *what) const;
  int64_t count(const json &object, const char *key, int64_t least) const;
  std::vector<double> numbers(const json &value, const char *what) const;
  void checkKeys(const json &object, std::vector<std::string> known) const;
  Schedules::Function readList(const json &value) const;
  Body readKind(const json &object, const std::string &kind) const;
  Body readSteps(const json &object) const;
  Body readDecay(const json &object, bool cosine) const;

  std::string where;
};
} // namespace mp::train

double ScheduleReader::number(const json &value, const char *what) const {
  if (!value.is_number() || !std::isfinite(value.get<double>()))
    fail(std::string("expected ") + what + " to be a number, but got " +
         value.dump());
  return value.get<double>();
}

double ScheduleReader::number(const json &object, const char *key,
                              const char *what) const {
  if (!object.contains(key))
    fail(std::string("expected '") + key + "', " + what);
  return number(object[key], ("'" + std::string(key) + "'").c_str());
}

int64_t ScheduleReader::count(const json &object, const char *key,
                              int64_t least) const {
  if (!object.contains(key) || !object[key].is_number_integer() ||
      object[key].get<int64_t>() < least)
    fail("expected '" + std::string(key) + "' to be a count from " +
         std::to_string(least) +
         (object.contains(key) ? ", but got " + object[key].dump() : ""));
  return object[key].get<int64_t>();
}

std::vector<double> ScheduleReader::numbers(const json &value,
                                            const char *what) const {
  if (!value.is_array() || value.empty())
    fail(std::string("expected ") + what + " to be a list of numbers");
  std::vector<double> list;
  for (const json &item : value)
    list.push_back(number(item, what));
  return list;
}

void ScheduleReader::checkKeys(const json &object,
                               std::vector<std::string> known) const {
  known.insert(known.end(), {"kind", "warmup"});
  for (const auto &[key, _] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end())
      continue;
    std::string list;
    for (const std::string &name : known)
      list += (list.empty() ? "'" : ", '") + name + "'";
    fail("unknown key '" + key + "'; expected " + list);
  }
}

Schedules::Function ScheduleReader::readList(const json &value) const {
  std::vector<double> list = numbers(value, "the values of the steps");
  int64_t length = int64_t(list.size());
  return {[list](int64_t step) { return list[size_t(step)]; }, length};
}

ScheduleReader::Body ScheduleReader::readSteps(const json &object) const {
  checkKeys(object, {"values", "at"});
  if (!object.contains("values") || !object.contains("at"))
    fail("expected 'values' and 'at', the steps from which the second and "
         "later ones hold");
  std::vector<double> values = numbers(object["values"], "'values'"),
                      at = object["at"].empty() ? std::vector<double>()
                                                : numbers(object["at"], "'at'");
  if (at.size() + 1 != values.size())
    fail("expected one step in 'at' less than there are 'values', but got " +
         std::to_string(at.size()) + " and " + std::to_string(values.size()));
  for (size_t i = 0; i < at.size(); ++i)
    if (at[i] < 1 || at[i] != std::floor(at[i]) || (i && at[i] <= at[i - 1]))
      fail("expected 'at' to be rising counts from 1");
  return [values, at](int64_t step) {
    size_t i = 0;
    while (i < at.size() && double(step) >= at[i])
      ++i;
    return values[i];
  };
}

ScheduleReader::Body ScheduleReader::readDecay(const json &object,
                                               bool cosine) const {
  checkKeys(object, {"from", "to", "steps"});
  double from = number(object, "from", "the first value"),
         to = number(object, "to", "the last value");
  double steps = double(count(object, "steps", 1));
  return [=](int64_t step) {
    double done = std::min(double(step) / steps, 1.0);
    // pi, which C++17 has no name for.
    if (cosine)
      done = (1 - std::cos(std::acos(-1.0) * done)) / 2;
    return from + (to - from) * done;
  };
}

ScheduleReader::Body ScheduleReader::readKind(const json &object,
                                              const std::string &kind) const {
  if (kind == "constant") {
    checkKeys(object, {"value"});
    double value = number(object, "value", "the value of all steps");
    return [value](int64_t) { return value; };
  }
  if (kind == "steps")
    return readSteps(object);
  if (kind == "linear" || kind == "cosine")
    return readDecay(object, kind == "cosine");
  if (kind == "exponential") {
    checkKeys(object, {"from", "factor", "every"});
    double from = number(object, "from", "the first value"),
           factor = number(object, "factor", "what it is multiplied by");
    double every = double(count(object, "every", 1));
    return [=](int64_t step) {
      return from * std::pow(factor, std::floor(double(step) / every));
    };
  }
  fail("unknown kind '" + kind +
       "'; expected constant, steps, linear, cosine or exponential");
}

Schedules::Function ScheduleReader::read(const json &value) {
  if (value.is_array())
    return readList(value);
  if (!value.is_object()) {
    double constant = number(value, "it");
    return {[constant](int64_t) { return constant; }};
  }
  if (!value.contains("kind") || !value["kind"].is_string())
    fail("expected 'kind': constant, steps, linear, cosine or exponential");
  Body body = readKind(value, value["kind"].get<std::string>());
  int64_t warmup = value.contains("warmup") ? count(value, "warmup", 0) : 0;
  if (warmup == 0)
    return {body};
  return {[=](int64_t step) {
    return step < warmup ? body(0) * double(step + 1) / double(warmup)
                         : body(step - warmup);
  }};
}

Schedules::Schedules(const std::string &path, const std::vector<Slot *> &inputs)
    : path(path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    throw Error("cannot read '" + path + "': " + std::strerror(errno));
  json object;
  try {
    object = json::parse(text.str());
  } catch (const json::exception &error) {
    throw Error(path + ": the schedules are not JSON: " + error.what());
  }
  if (!object.is_object() || object.empty())
    throw Error(path + ": expected a JSON object with a schedule by the name "
                       "of each argument");
  for (const auto &[name, value] : object.items())
    functions[name] = ScheduleReader(path, name).read(value);
  // The keys of an object are sorted here.
  io::Sha256 sum;
  sum.field(object.dump());
  hash = sum.finish().substr(0, 16);
  bind(inputs);
}

void Schedules::bind(const std::vector<Slot *> &inputs) {
  for (const auto &[name, function] : functions) {
    Slot *found = nullptr;
    std::string known;
    for (Slot *slot : inputs) {
      if (slot->name == name)
        found = slot;
      if (slot->role == "schedule")
        known += (known.empty() ? "'" : ", '") + slot->name + "'";
    }
    if (!found)
      throw Error(path + ": the train step has no argument '" + name +
                  "'; those of role 'schedule' are: " +
                  (known.empty() ? "none" : known));
    if (!found->shape.empty())
      throw Error(path + ": the argument '" + name +
                  "' is no scalar, so it can have no schedule");
    found->setScalar(function.at(0)); // not to learn of its type later
    bound.emplace_back(found, &function);
  }
}

void Schedules::checkLengths(int64_t steps) const {
  for (const auto &[name, function] : functions)
    if (function.length >= 0 && function.length < steps)
      throw Error(path + ": the schedule '" + name + "' has " +
                  std::to_string(function.length) + " values, but there are " +
                  std::to_string(steps) + " steps");
}

void Schedules::set(int64_t step) const {
  for (const auto &[slot, function] : bound)
    slot->setScalar(function->at(step));
}

std::map<std::string, double> Schedules::values(int64_t step) const {
  std::map<std::string, double> result;
  for (const auto &[slot, function] : bound)
    result[slot->name] = function->at(step);
  return result;
}
