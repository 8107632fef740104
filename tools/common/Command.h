//===- Command.h - the command line of a tool -----------------------------===//
//
// One table of options says what is parsed and what --help prints. (LLVM's
// option library is not used: linking it would make tools that only run models
// depend on LLVM, and start ten times slower.)
//
//===----------------------------------------------------------------------===//

#ifndef MP_TOOL_COMMAND_H
#define MP_TOOL_COMMAND_H

#include "common/Error.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace mp::tool {

/// Keeps the value of an option, which is never empty. Throws Error for a value
/// that it does not take.
using Setter =
    std::function<void(const std::string &option, const std::string &value)>;

/// Throw Error unless the value is what the name says.
int64_t parseCount(const std::string &option, const std::string &value,
                   int64_t least = 1,
                   int64_t most = std::numeric_limits<int64_t>::max());
double parseNotNegative(const std::string &option, const std::string &value);
double parsePositive(const std::string &option, const std::string &value);

Setter text(std::string &field);
Setter notNegative(double &field);
Setter positive(double &field);
template <typename Integer>
Setter count(Integer &field, int64_t least = 1,
             int64_t most = std::numeric_limits<int64_t>::max()) {
  return [=, &field](const std::string &option, const std::string &value) {
    field = static_cast<Integer>(parseCount(option, value, least, most));
  };
}

/// What a tool takes: one operand, flags, and options with a value, as
/// `--name=value` or `--name value`. As in LLVM's tools, one dash is as good as
/// two; what follows `--` is the operand, whatever it begins with; the last of
/// several values counts. --help and --version are always there.
class Command {
public:
  /// `operand` is what the tool works on, in lower case.
  Command(std::string tool, std::string operand, std::string &field);

  /// The lines of --help come in the order of these calls. `usage` stands
  /// behind the tool's name, `note` is printed as it is.
  Command &usage(std::string text);
  Command &note(std::string text);
  Command &section(const std::string &title) { return note("\n" + title); }
  Command &flag(std::string name, bool &field, std::string help);
  Command &value(std::string name, std::string placeholder, Setter setter,
                 std::string help);
  /// Options of another place, which the user is told of: `where` with the
  /// option behind it, `"name=value"`.
  Command &elsewhere(std::vector<std::string> names, std::string where);
  /// What the options must be together; it throws Error.
  Command &check(std::function<void()> check);

  /// False if --help or --version was asked for, and is printed. Throws Error
  /// for what it does not understand.
  bool parse(const std::vector<std::string> &args);

  std::string helpText() const;

  /// The whole of a tool's main: parses, calls `body`, and prints the one error
  /// that comes out. Returns the exit code, 0 if `body` returned true.
  int run(int argc, char **argv, const std::function<bool()> &body);

private:
  struct Entry {
    std::string name; // empty: a note
    std::string placeholder, help;
    bool *flag = nullptr;
    Setter setter;
  };
  const Entry *find(const std::string &name) const;
  void parseOperand(const std::string &arg);
  [[noreturn]] void failUnknown(const std::string &arg,
                                const std::string &name) const;

  std::string tool, operand, usageText;
  std::string &field;
  bool help = false, version = false;
  std::vector<Entry> entries;
  std::vector<std::string> strangers;
  std::string strangersPlace;
  std::function<void()> together;
};

} // namespace mp::tool

#endif // MP_TOOL_COMMAND_H
