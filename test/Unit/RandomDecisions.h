//===- RandomDecisions.h - programs and policies for placement --*- C++ -*-===//
#ifndef MP_TEST_UNIT_RANDOMDECISIONS_H
#define MP_TEST_UNIT_RANDOMDECISIONS_H

#include <random>
#include <string>
#include <vector>

namespace mlir::mp {

/// A small random StableHLO program and a random policy for it. Everything that
/// placement treats apart occurs: values of several sizes with several readers,
/// products, views and other movement, sums, softmax as a pattern, loops that
/// carry values, branches, barriers, constants that a low format holds and such
/// that it does not, parameters, and functions that return gradients.
class RandomDecisions {
public:
  explicit RandomDecisions(unsigned seed);

  std::string program, policy;

private:
  /// Of `size` elements: a row, a matrix, or several of these.
  enum Kind { Row, Matrix, Stack };
  static constexpr unsigned kinds = 3;
  struct Value {
    std::string name;
    Kind kind;
  };

  void makeProgram();
  void makePolicy();
  void addStep(unsigned depth);
  void addSoftmax();
  void addLoop(unsigned depth);
  void addBranch(unsigned depth);
  /// Steps inside of a region, and a value of this kind to hand out.
  std::string addBody(unsigned depth, Kind kind);

  std::string add(const std::string &text, Kind kind);
  std::string pick(Kind kind);
  std::string type(Kind kind) const;
  std::string types(Kind from, Kind to) const {
    return " : (" + type(from) + ") -> " + type(to);
  }
  std::string sum(const std::string &value, Kind from, Kind to,
                  const std::string &body, const std::string &init);
  unsigned choose(unsigned count) { return random() % count; }
  bool chance(unsigned percent) { return choose(100) < percent; }
  std::string chooseWord(std::vector<const char *> words) {
    return words[choose(words.size())];
  }

  std::mt19937 random;
  unsigned size = 2, names = 0;
  std::string body;
  std::vector<Value> values;
};

} // namespace mlir::mp

#endif // MP_TEST_UNIT_RANDOMDECISIONS_H
