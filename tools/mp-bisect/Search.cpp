//===- Search.cpp - small sets that make a test pass ----------------------===//
//
// QuickXplain (Junker, 2004) over the branches of a tree. It finds a minimal
// set by halving: what one half needs is asked for beside the whole other half,
// then what the other half needs is asked for beside that.
//
//===----------------------------------------------------------------------===//

#include "mp-bisect/Search.h"

#include <algorithm>
#include <map>

using namespace mp::bisect;

namespace {
using Units = std::vector<Set>;

class QuickXplain {
public:
  explicit QuickXplain(const Test &test) : test(test) {}

  /// Those of `units` that are needed beside `base`; all of them together are
  /// known to pass. `grown` tells that `base` is another one than before. The
  /// depth is the logarithm of the number of units.
  Units run(const Set &base, bool grown, const Units &units) {
    if (grown && test(base))
      return {};
    if (units.size() <= 1)
      return units;
    auto middle = units.begin() + static_cast<long>(units.size() / 2);
    Units first(units.begin(), middle), second(middle, units.end());
    Units neededSecond = run(join(base, first), true, second);
    Units neededFirst =
        run(join(base, neededSecond), !neededSecond.empty(), first);
    neededFirst.insert(neededFirst.end(), neededSecond.begin(),
                       neededSecond.end());
    return neededFirst;
  }

private:
  static Set join(Set set, const Units &units) {
    for (const Set &unit : units)
      set.insert(set.end(), unit.begin(), unit.end());
    std::sort(set.begin(), set.end());
    return set;
  }

  const Test &test;
};
} // namespace

/// The branches of `unit` where its paths part, in the order of the program.
static Units split(const Set &unit,
                   const std::vector<std::vector<std::string>> &paths) {
  for (size_t depth = 0;; ++depth) {
    Units branches;
    std::map<std::string, size_t> places;
    bool longer = false;
    for (size_t member : unit) {
      const std::vector<std::string> &path = paths[member];
      longer |= depth + 1 < path.size();
      std::string step = depth < path.size() ? path[depth] : "";
      auto [it, isNew] = places.emplace(step, branches.size());
      if (isNew)
        branches.emplace_back();
      branches[it->second].push_back(member);
    }
    if (branches.size() > 1)
      return branches;
    if (!longer)
      break;
  }
  Units single;
  for (size_t member : unit)
    single.push_back({member});
  return single;
}

Set mp::bisect::findSmallSet(const std::vector<std::vector<std::string>> &paths,
                             const Test &test) {
  Set all;
  for (size_t i = 0; i < paths.size(); ++i)
    all.push_back(i);
  Units units = {all};
  auto isOpen = [](const Set &unit) { return unit.size() > 1; };
  while (std::any_of(units.begin(), units.end(), isOpen)) {
    Units parts;
    for (const Set &unit : units) {
      Units branches = split(unit, paths);
      parts.insert(parts.end(), branches.begin(), branches.end());
    }
    units = QuickXplain(test).run({}, false, parts);
  }
  Set found;
  for (const Set &unit : units)
    found.insert(found.end(), unit.begin(), unit.end());
  std::sort(found.begin(), found.end());
  return found;
}
