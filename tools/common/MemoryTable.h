//===- MemoryTable.h - where the memory of a compiled function goes -------===//

#ifndef MP_TOOL_MEMORYTABLE_H
#define MP_TOOL_MEMORYTABLE_H

#include <nlohmann/json.hpp>
#include <string>

namespace mp::tool {

/// The memory plan of `function`, from a model's manifest: for each use its
/// bytes, beside those of the model compiled as written where the manifest has
/// them, and the bytes for each parameter. Null if the manifest has no plan.
///
///   {"parameters": N, "rows": {"parameters": {"bytes", "as_written", "ratio",
///   "per_parameter"}, ..., "total": {...}}}
nlohmann::ordered_json memoryTable(const char *manifest,
                                   const std::string &function);

/// The same in columns, for people.
std::string memoryText(const nlohmann::ordered_json &table);

} // namespace mp::tool

#endif // MP_TOOL_MEMORYTABLE_H
