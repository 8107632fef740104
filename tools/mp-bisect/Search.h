//===- Search.h - small sets that make a test pass ------------------------===//

#ifndef MP_BISECT_SEARCH_H
#define MP_BISECT_SEARCH_H

#include <functional>
#include <string>
#include <vector>

namespace mp::bisect {

/// Numbers of candidates, ascending.
using Set = std::vector<size_t>;
using Test = std::function<bool(const Set &)>;

/// A set that passes `test` and of which, as far as larger sets never do worse,
/// nothing can be left out. `paths` tells where each candidate stands in a
/// tree: the search looks at whole branches first, and only within those that
/// are needed at smaller ones. The set of all is known to pass, the empty one
/// to fail. Takes about 2 k log2(n) tests for k of n candidates.
Set findSmallSet(const std::vector<std::vector<std::string>> &paths,
                 const Test &test);

} // namespace mp::bisect

#endif // MP_BISECT_SEARCH_H
