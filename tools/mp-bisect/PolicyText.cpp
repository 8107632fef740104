#include "mp-bisect/PolicyText.h"

#include "common/Error.h"
#include "io/AtomicFile.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace mp::bisect;
namespace fs = std::filesystem;

/// Text as YAML takes it whatever it holds; JSON's quotes are YAML's.
static std::string quote(const std::string &text) {
  return nlohmann::json(text).dump(-1, ' ', false,
                                   nlohmann::json::error_handler_t::replace);
}

std::string mp::bisect::writePolicy(const std::string &comment,
                                    const std::string &name,
                                    const std::string &base,
                                    const std::vector<KeepRule> &rules) {
  std::string text;
  std::istringstream lines(comment);
  for (std::string line; std::getline(lines, line);)
    text += "# " + line + "\n";
  text +=
      "version: 1\nname: " + quote(name) + "\nextends: " + quote(base) + "\n";
  if (!rules.empty())
    text += "rules:\n";
  for (const KeepRule &rule : rules) {
    text += "- id: " + rule.id + "\n  match:\n    id:\n";
    for (const std::string &op : rule.ops)
      text += "    - " + quote(op) + "\n";
    text += "  action: deny\n  why: " + quote(rule.why) + "\n";
  }
  return text;
}

std::string mp::bisect::getBase(const std::string &policy,
                                const std::string &folder) {
  std::error_code code;
  if (!fs::is_regular_file(policy, code))
    return policy;
  fs::path target = fs::absolute(policy, code);
  fs::path relative = fs::proximate(target, fs::absolute(folder, code), code);
  if (code)
    return target.string();
  // Without a slash it could be taken for a shipped name.
  std::string text = relative.string();
  return text.find('/') == text.npos ? "./" + text : text;
}

void mp::bisect::writeFile(const std::string &path, const std::string &text) {
  io::AtomicFile file(path);
  if (!file.open() || !file.write(text.data(), text.size()) || !file.commit())
    throw tool::Error(file.error());
}
