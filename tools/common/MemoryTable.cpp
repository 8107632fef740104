#include "common/MemoryTable.h"

#include <cstdio>
#include <vector>

using namespace mp::tool;
using nlohmann::ordered_json;

/// The plan of `function` in the list `key`; null if there is none.
static ordered_json findPlan(const ordered_json &manifest, const char *key,
                             const std::string &function) {
  if (auto list = manifest.find(key);
      list != manifest.end() && list->is_array())
    for (const ordered_json &plan : *list)
      if (plan.is_object() && plan.value("function", "") == function)
        return plan;
  return nullptr;
}

static int64_t number(const ordered_json &object, const char *key) {
  auto it = object.find(key);
  return it != object.end() && it->is_number_integer() ? it->get<int64_t>() : 0;
}

/// Uses and their bytes; the last is the sum.
static std::vector<std::pair<const char *, int64_t>>
rowsOf(const ordered_json &plan) {
  ordered_json roles = plan.value("arguments", ordered_json::object()),
               peak = plan.value("at_peak", ordered_json::object());
  int64_t inputs = 0;
  for (const auto &[role, bytes] : roles.items())
    if (role != "param" && role != "opt_state" && bytes.is_number_integer())
      inputs += bytes.get<int64_t>();
  std::vector<std::pair<const char *, int64_t>> rows = {
      {"parameters", number(roles, "param")},
      {"optimizer_state", number(roles, "opt_state")},
      {"other_arguments", inputs},
      {"results", number(plan, "results")},
      {"prepared_parameters", number(plan, "persistent")},
      {"working_copies", number(peak, "weights")},
      {"gradients", number(peak, "gradients")},
      {"activations", number(peak, "activations")},
      {"other_temporaries", number(peak, "other")},
      {"gaps", number(plan, "arena") - number(plan, "peak")}};
  int64_t total = 0;
  for (const auto &[name, bytes] : rows)
    total += bytes;
  rows.emplace_back("total", total);
  rows.emplace_back("kept_for_backward", number(plan, "kept_activations"));
  return rows;
}

ordered_json mp::tool::memoryTable(const char *manifest,
                                   const std::string &function) {
  ordered_json json = ordered_json::parse(manifest, nullptr, false);
  if (!json.is_object())
    return nullptr;
  ordered_json plan = findPlan(json, "memory", function);
  if (plan.is_null())
    return nullptr;
  ordered_json written = findPlan(json, "memory_as_written", function);
  auto rows = rowsOf(plan);
  auto before = written.is_null() ? rows : rowsOf(written);
  int64_t parameters = number(plan, "parameters");
  ordered_json table = {{"parameters", parameters}};
  for (size_t i = 0; i < rows.size(); ++i) {
    auto [name, bytes] = rows[i];
    ordered_json &row = table["rows"][name];
    row["bytes"] = bytes;
    if (!written.is_null()) {
      row["as_written"] = before[i].second;
      if (before[i].second)
        row["ratio"] = double(bytes) / double(before[i].second);
    }
    if (parameters)
      row["per_parameter"] = double(bytes) / double(parameters);
  }
  return table;
}

std::string mp::tool::memoryText(const ordered_json &table) {
  std::string text;
  char line[160];
  auto kib = [](const ordered_json &row, const char *key) {
    return double(number(row, key)) / 1024;
  };
  for (const auto &[name, row] : table["rows"].items()) {
    std::string title = name;
    for (char &c : title)
      c = c == '_' ? ' ' : c;
    std::snprintf(line, sizeof(line), "  %-20s %12.1f KiB", title.c_str(),
                  kib(row, "bytes"));
    text += line;
    if (row.contains("per_parameter")) {
      std::snprintf(line, sizeof(line), " %8.2f B/parameter",
                    row["per_parameter"].get<double>());
      text += line;
    }
    if (row.contains("as_written")) {
      std::snprintf(line, sizeof(line), "   as written %12.1f KiB",
                    kib(row, "as_written"));
      text += line;
    }
    text += "\n";
  }
  return text;
}
