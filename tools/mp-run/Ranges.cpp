#include "mp-run/Ranges.h"

#include "common/Error.h"
#include "io/AtomicFile.h"
#include "mp-run/Compare.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

using namespace mp::run;
using mp::tool::Error;
using nlohmann::ordered_json;

void RangeRecorder::note(const mp_rt_observation &value) {
  if (value.numbers == 0 || static_cast<size_t>(value.value) >= ranges.size())
    return;
  Range &range = ranges[value.value];
  range.seen = true;
  range.nans += value.nans;
  range.infinities += value.infinities;
  if (value.nans + value.infinities == value.numbers)
    return;
  range.min = range.anyFinite ? std::min(range.min, value.min) : value.min;
  range.max = range.anyFinite ? std::max(range.max, value.max) : value.max;
  if (value.smallest != 0)
    range.smallest = range.smallest == 0
                         ? value.smallest
                         : std::min(range.smallest, value.smallest);
  range.anyFinite = true;
}

/// The entries of an earlier recording; empty if there is no such file.
static ordered_json readEntries(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_size == 0)
    return ordered_json::array();
  std::ifstream file(path);
  ordered_json root = ordered_json::parse(file, nullptr, false);
  auto wrong = [&](const char *what) -> Error {
    return Error("cannot add ranges to '" + path + "': " + what);
  };
  if (!root.is_object() || root.value("format", ordered_json()) != "mp-ranges")
    throw wrong("it is not a file of recorded ranges");
  if (root.value("version", ordered_json()) != 1)
    throw wrong("expected version 1");
  auto values = root.find("values");
  if (values == root.end() || !values->is_array())
    throw wrong("expected a list 'values'");
  for (const ordered_json &entry : *values) {
    if (!entry.is_object())
      throw wrong("expected every value to be an object");
    for (const char *key : {"min", "max", "absmin_nonzero", "nan", "inf"}) {
      if (entry.contains(key) && !entry.at(key).is_number())
        throw wrong("expected the ranges to be numbers");
    }
  }
  return *values;
}

/// Of `a` and `b`, as far as they are there.
static void merge(ordered_json &to, const ordered_json &from, const char *key,
                  bool largest) {
  if (!from.contains(key))
    return;
  double value = from.at(key).get<double>();
  if (!to.contains(key))
    to[key] = value;
  else if (double old = to.at(key).get<double>();
           largest ? value > old : value < old)
    to[key] = value;
}

static void count(ordered_json &to, const ordered_json &from, const char *key) {
  uint64_t sum = 0;
  const ordered_json *const both[] = {&to, &from};
  for (const ordered_json *entry : both) {
    if (auto it = entry->find(key);
        it != entry->end() && it->is_number_unsigned())
      sum += it->get<uint64_t>();
  }
  to[key] = sum;
}

bool mp::run::looksMadeUp(const Function &function) {
  bool hasData = false;
  for (const Value &value : function.args) {
    io::DType type;
    if (value.role == "param" || value.role == "opt_state" ||
        !fileType(value.type, type) || !isFloat(type))
      continue;
    for (uint64_t i = 0, e = value.elements(); i < e; ++i) {
      hasData = true;
      if (!(std::fabs(toDouble(type,
                               static_cast<const uint8_t *>(value.tensor.data),
                               i)) <= 1))
        return false;
    }
  }
  return hasData;
}

void RangeRecorder::mergeInto(const std::string &path) const {
  ordered_json entries = readEntries(path);
  std::map<std::string, size_t> places;
  auto key = [](const ordered_json &entry) {
    std::string text;
    for (const char *part : {"id", "result"}) {
      if (entry.contains(part))
        text += entry.at(part).dump() + " ";
    }
    return text;
  };
  for (size_t i = 0; i < entries.size(); ++i)
    places.emplace(key(entries[i]), i);

  for (size_t i = 0; i < ranges.size(); ++i) {
    const Range &range = ranges[i];
    const ObservedValue &value = observed.values[i];
    // A policy speaks of the ops of the source and of its arguments, not of
    // casts and of what a loop carries.
    if (!range.seen || (value.argument.empty() && value.opId.empty()))
      continue;
    ordered_json entry;
    entry["id"] = value.argument.empty() ? value.opId : value.id;
    if (!value.opResult.empty() && value.opResult != "0")
      entry["result"] = std::stoi(value.opResult);
    if (!value.argument.empty())
      entry["name"] = value.name.empty() ? value.argument : value.name;
    entry["location"] = value.location;
    if (range.anyFinite) {
      entry["min"] = range.min;
      entry["max"] = range.max;
    }
    if (range.smallest != 0)
      entry["absmin_nonzero"] = range.smallest;
    entry["nan"] = range.nans;
    entry["inf"] = range.infinities;
    auto [it, isNew] = places.emplace(key(entry), entries.size());
    if (isNew) {
      entries.push_back(std::move(entry));
      continue;
    }
    ordered_json &old = entries[it->second];
    merge(old, entry, "min", /*largest=*/false);
    merge(old, entry, "max", /*largest=*/true);
    merge(old, entry, "absmin_nonzero", /*largest=*/false);
    count(old, entry, "nan");
    count(old, entry, "inf");
  }
  // One value a line: such files are compared and kept under version control.
  std::string text =
      "{\"format\": \"mp-ranges\", \"version\": 1, \"values\": [";
  for (size_t i = 0; i < entries.size(); ++i)
    text +=
        (i ? ",\n  " : "\n  ") +
        entries[i].dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  text += "\n]}\n";
  io::AtomicFile file(path);
  if (!file.open() || !file.write(text.data(), text.size()) || !file.commit())
    throw Error(file.error());
}
