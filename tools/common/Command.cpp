#include "common/Command.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sstream>

using namespace mp::tool;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

int64_t mp::tool::parseCount(const std::string &option,
                             const std::string &value, int64_t least,
                             int64_t most) {
  char *end = nullptr;
  errno = 0;
  long long parsed = std::strtoll(value.c_str(), &end, 10);
  if (value.empty() || errno || *end || parsed < least || parsed > most)
    throw Error("expected --" + option + " to be a count from " +
                std::to_string(least) +
                (most == std::numeric_limits<int64_t>::max()
                     ? ""
                     : " to " + std::to_string(most)) +
                ", but got '" + value + "'");
  return parsed;
}

static double parseFinite(const std::string &option, const std::string &value,
                          bool (*fits)(double), const char *what) {
  char *end = nullptr;
  double parsed = std::strtod(value.c_str(), &end);
  if (value.empty() || *end || !std::isfinite(parsed) || !fits(parsed))
    throw Error("expected --" + option + " to be " + what + ", but got '" +
                value + "'");
  return parsed;
}

double mp::tool::parseNotNegative(const std::string &option,
                                  const std::string &value) {
  return parseFinite(
      option, value, [](double number) { return number >= 0; },
      "a number that is not negative");
}

double mp::tool::parsePositive(const std::string &option,
                               const std::string &value) {
  return parseFinite(
      option, value, [](double number) { return number > 0; },
      "a positive number");
}

Setter mp::tool::text(std::string &field) {
  return [&field](const std::string &, const std::string &value) {
    field = value;
  };
}

Setter mp::tool::notNegative(double &field) {
  return [&field](const std::string &option, const std::string &value) {
    field = parseNotNegative(option, value);
  };
}

Setter mp::tool::positive(double &field) {
  return [&field](const std::string &option, const std::string &value) {
    field = parsePositive(option, value);
  };
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

Command::Command(std::string tool, std::string operand, std::string &field)
    : tool(std::move(tool)), operand(std::move(operand)), field(field) {}

Command &Command::usage(std::string text) {
  usageText = std::move(text);
  return *this;
}

Command &Command::note(std::string text) {
  entries.push_back({"", "", std::move(text), nullptr, nullptr});
  return *this;
}

Command &Command::flag(std::string name, bool &field, std::string help) {
  entries.push_back({std::move(name), "", std::move(help), &field, nullptr});
  return *this;
}

Command &Command::value(std::string name, std::string placeholder,
                        Setter setter, std::string help) {
  entries.push_back({std::move(name), std::move(placeholder), std::move(help),
                     nullptr, std::move(setter)});
  return *this;
}

Command &Command::elsewhere(std::vector<std::string> names, std::string where) {
  strangers = std::move(names);
  strangersPlace = std::move(where);
  return *this;
}

Command &Command::check(std::function<void()> check) {
  together = std::move(check);
  return *this;
}

const Command::Entry *Command::find(const std::string &name) const {
  for (const Entry &entry : entries)
    if (!entry.name.empty() && entry.name == name)
      return &entry;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

void Command::parseOperand(const std::string &arg) {
  if (!field.empty())
    throw Error("expected one " + operand + ", but got '" + field + "' and '" +
                arg + "'");
  field = arg;
}

void Command::failUnknown(const std::string &arg,
                          const std::string &name) const {
  std::string text = "unknown option '" + arg + "'; ";
  if (std::find(strangers.begin(), strangers.end(), name) == strangers.end())
    throw Error(text + "see " + tool + " --help");
  throw Error(text + strangersPlace + "\"" +
              arg.substr(arg.find_first_not_of('-')) + "\"");
}

static std::string spelled(const std::string &name) {
  return (name.size() == 1 ? "-" : "--") + name;
}

bool Command::parse(const std::vector<std::string> &args) {
  bool onlyOperands = false;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string &arg = args[i];
    if (onlyOperands || arg.size() < 2 || arg[0] != '-') {
      parseOperand(arg);
      continue;
    }
    if (arg == "--") {
      onlyOperands = true;
      continue;
    }
    size_t start = arg[1] == '-' ? 2 : 1, equals = arg.find('=');
    bool hasValue = equals != arg.npos;
    std::string name = arg.substr(start, hasValue ? equals - start : arg.npos);
    const Entry *entry = find(name);
    bool *flag = name == "help"      ? &help
                 : name == "version" ? &version
                 : entry             ? entry->flag
                                     : nullptr;
    if (!entry && !flag)
      failUnknown(arg, name);
    if (flag) {
      if (hasValue)
        throw Error("option " + spelled(name) + " takes no value");
      *flag = true;
      continue;
    }
    std::string value;
    if (hasValue)
      value = arg.substr(equals + 1);
    else if (i + 1 < args.size())
      value = args[++i];
    if (value.empty())
      throw Error("option " + spelled(name) + " needs a value");
    entry->setter(name, value);
  }
  if (help)
    std::fputs(helpText().c_str(), stdout);
  else if (version)
    std::printf("%s " MP_VERSION "\n", tool.c_str());
  if (help || version)
    return false;
  if (field.empty())
    throw Error("expected a " + operand + "; see " + tool + " --help");
  if (together)
    together();
  return true;
}

/// Adds words from column `indent` on, as `line` is already this long.
static void wrap(std::string &text, size_t line, const std::string &words) {
  constexpr size_t indent = 20, width = 80;
  if (line + 1 >= indent) {
    text += '\n';
    line = 0;
  }
  text.append(indent - line, ' ');
  line = indent;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) {
    if (line > indent && line + 1 + word.size() > width) {
      text += '\n' + std::string(indent, ' ');
      line = indent;
    }
    if (line > indent) {
      text += ' ';
      ++line;
    }
    text += word;
    line += word.size();
  }
  text += '\n';
}

std::string Command::helpText() const {
  std::string result = "usage: " + tool + " " + usageText + "\n";
  for (const Entry &entry : entries) {
    if (entry.name.empty()) {
      result += entry.help + "\n";
      continue;
    }
    std::string option = "  " + spelled(entry.name);
    if (!entry.flag)
      option += (entry.name.size() == 1 ? " " : "=") + entry.placeholder;
    result += option;
    wrap(result, option.size(), entry.help);
  }
  return result;
}

int Command::run(int argc, char **argv, const std::function<bool()> &body) {
  auto fail = [&](const char *text) {
    std::fprintf(stderr, "%s: error: %s\n", tool.c_str(), text);
    return 1;
  };
  try {
    if (!parse({argv + 1, argv + argc}))
      return 0;
    return body() ? 0 : 1;
  } catch (const Reported &) {
    return 1;
  } catch (const std::bad_alloc &) {
    return fail("out of memory");
  } catch (const std::exception &error) {
    return fail(error.what());
  }
}
