//===- Child.h - runs another program -------------------------------------===//

#ifndef MP_TOOL_CHILD_H
#define MP_TOOL_CHILD_H

#include <string>
#include <vector>

namespace mp::tool {

struct ChildResult {
  bool started = false;
  int exitCode = 0;
  int signal = 0; // 0 unless a signal ended it
  std::string output;
};

/// Runs `args[0]` and waits. stdout goes to `output` if `capture` is set, else
/// to our stderr; stderr is shared with us, unless it goes to `errors`.
ChildResult runChild(const std::vector<std::string> &args, bool capture,
                     std::string *errors = nullptr);

/// The path of a tool: the variable `env`, else `name` beside our own
/// executable, else in PATH. Throws Error if it is nowhere.
std::string findTool(const char *name, const char *env);

} // namespace mp::tool

#endif // MP_TOOL_CHILD_H
