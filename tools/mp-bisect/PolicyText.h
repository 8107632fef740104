//===- PolicyText.h - policies that keep some ops f32 ---------------------===//

#ifndef MP_BISECT_POLICYTEXT_H
#define MP_BISECT_POLICYTEXT_H

#include <string>
#include <vector>

namespace mp::bisect {

/// A rule that keeps ops f32.
struct KeepRule {
  std::string id, why;
  std::vector<std::string> ops; // their ids
};

/// `comment` may have many lines. `base` is what `extends` names.
std::string writePolicy(const std::string &comment, const std::string &name,
                        const std::string &base,
                        const std::vector<KeepRule> &rules);

/// How a policy in `folder` names `policy`, which is a shipped name or a path
/// seen from here.
std::string getBase(const std::string &policy, const std::string &folder);

/// Whole or not at all; throws Error.
void writeFile(const std::string &path, const std::string &text);

} // namespace mp::bisect

#endif // MP_BISECT_POLICYTEXT_H
