//===- RandomProgram.h - programs to test an analysis on --------*- C++ -*-===//
#ifndef MP_TEST_UNIT_RANDOMPROGRAM_H
#define MP_TEST_UNIT_RANDOMPROGRAM_H

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace mlir::mp {

/// A function of a few square f32 tensors that computes a random graph and
/// returns every value in it. Prints itself as StableHLO, and runs itself in
/// single precision, op by op, in the plainest way.
class RandomProgram {
public:
  static constexpr int size = 3;
  using Tensor = std::vector<float>; // size * size elements, or size of a row

  explicit RandomProgram(unsigned seed);
  std::string print() const;

  /// Random arguments inside their ranges, and all values that follow. Odd
  /// runs flush subnormal numbers to zero, as fast hardware does.
  std::vector<Tensor> run(unsigned number) const;

private:
  using Evaluate = std::function<Tensor(const std::vector<Tensor> &)>;
  struct Node {
    std::string text; // without the result's name
    Evaluate evaluate;
  };
  struct Argument {
    bool isDeclared;
    double low, high;
  };

  void addNode(std::string text, Evaluate evaluate);
  void addConstant();
  void addUnary();
  void addBinary();
  void addReduction();
  void addProduct();
  void addMovement();
  void addSelect();
  void addNarrowing();
  void addLoop();
  void addBranch();
  void addSoftmax();
  void addNormalization();

  unsigned pick(unsigned count) { return random() % count; }
  unsigned pickValue() { return pick(values); }
  float pickNumber();
  static std::string name(unsigned value) {
    return "%v" + std::to_string(value);
  }

  std::mt19937 random;
  unsigned seed, values = 0;
  std::vector<Argument> arguments;
  std::vector<Node> nodes;
};

} // namespace mlir::mp

#endif // MP_TEST_UNIT_RANDOMPROGRAM_H
