#include "mp-bisect/Search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

using namespace mp::bisect;

namespace {

using Paths = std::vector<std::vector<std::string>>;

/// Ops of `layers` layers, each with `ops` of two classes.
Paths makePaths(size_t layers, size_t ops) {
  Paths paths;
  for (size_t layer = 0; layer < layers; ++layer)
    for (size_t op = 0; op < ops; ++op)
      paths.push_back({"main", "layer" + std::to_string(layer),
                       op % 2 ? "pointwise" : "contraction",
                       std::to_string(layer) + "/" + std::to_string(op)});
  return paths;
}

bool includes(const Set &set, const Set &part) {
  return std::includes(set.begin(), set.end(), part.begin(), part.end());
}

/// Finds `wanted`, counting the different sets that are tried.
Set search(const Paths &paths, const Set &wanted, size_t &tests) {
  std::set<Set> tried;
  Set found = findSmallSet(paths, [&](const Set &set) {
    EXPECT_TRUE(std::is_sorted(set.begin(), set.end()));
    tried.insert(set);
    return includes(set, wanted);
  });
  tests = tried.size();
  return found;
}

} // namespace

TEST(Search, FindsTheOneOp) {
  Paths paths = makePaths(12, 30);
  for (size_t wanted = 0; wanted < paths.size(); ++wanted) {
    size_t tests;
    EXPECT_EQ(search(paths, {wanted}, tests), Set{wanted});
    // Two for each halving, of layers, classes and ops.
    EXPECT_LE(tests, 2u * (4 + 1 + 4));
  }
}

TEST(Search, FindsExactlyTheNeededSet) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    Paths paths = makePaths(1 + random() % 12, 1 + random() % 20);
    Set wanted;
    for (size_t i = 0, k = 1 + random() % 5; i < k; ++i)
      wanted.push_back(random() % paths.size());
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    size_t tests;
    EXPECT_EQ(search(paths, wanted, tests), wanted);
    double halvings = std::log2(static_cast<double>(paths.size())) + 4;
    EXPECT_LE(static_cast<double>(tests),
              2.5 * static_cast<double>(wanted.size()) * halvings);
  }
}

// Where several sets would do, one is found of which nothing can be left out.
TEST(Search, LeavesNothingOutThatIsNeeded) {
  Paths paths = makePaths(6, 8);
  auto test = [](const Set &set) {
    return includes(set, {3, 20}) || includes(set, {5, 40, 41});
  };
  Set found = findSmallSet(paths, test);
  EXPECT_TRUE(test(found));
  for (size_t i = 0; i < found.size(); ++i) {
    Set others = found;
    others.erase(others.begin() + static_cast<long>(i));
    EXPECT_FALSE(test(others));
  }
}

// Ops that nothing tells apart but their ids.
TEST(Search, NeedsNoLayers) {
  Paths paths;
  for (size_t i = 0; i < 100; ++i)
    paths.push_back({"main", "pointwise", std::to_string(i)});
  size_t tests;
  EXPECT_EQ(search(paths, {99}, tests), Set{99});
  EXPECT_EQ(search({{"main", "a"}}, {0}, tests), Set{0});
  EXPECT_EQ(tests, 0u);
}
