//===- PrecisionGraph.h - groups of values and who reads them ---*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_PRECISIONGRAPH_H
#define MP_LIB_TRANSFORMS_PRECISIONGRAPH_H

#include "Decision.h"

#include "mp/Analysis/OpSubject.h"

namespace mlir::mp {

/// One group of one op, and what is decided about it.
struct PrecisionNode {
  enum class State { Wide, Low, Free };

  Operation *op;
  /// Index in the op's groups; for a boundary, of the argument or operand.
  unsigned index;
  TypeGroup group;
  State state = State::Wide;
  FloatType low;
  /// What the op rounds its wide operands to when it multiplies them; null
  /// where it does not.
  FloatType arithmetic;
  /// Being low rounds exactly where narrowing its results would: the group
  /// moves bits, or hands out an accumulator.
  bool isExact = false;
  /// It has precision of its own that a wide reader would lose.
  bool isSource = false;
  /// The policy leaves its format to the cost, whatever then follows from the
  /// formats around it.
  bool isLeftFree = false;
  /// Low only where everything that it reads is low.
  bool isPromoted = false;
  /// The free nodes of one unit have one format.
  std::optional<int64_t> unit;
  /// The node that computed before what this one computes again: they have one
  /// format.
  std::optional<unsigned> original;

  bool isFree() const { return state == State::Free; }
};

/// The managed groups of all decided ops under a root. Values outside of it
/// (arguments, constants, ops that keep their types) are wide and fixed.
class PrecisionGraph {
public:
  /// With `followIO`, the arguments and results of functions are free too.
  PrecisionGraph(Operation *root, bool followIO);

  std::vector<PrecisionNode> nodes;

  unsigned getIndex(const PrecisionNode &node) const {
    return &node - nodes.data();
  }
  /// The node that gives `value`, or null.
  PrecisionNode *getProducer(Value value);
  /// The node that `use` belongs to, or null.
  PrecisionNode *getReader(OpOperand &use);

  /// Settles promoted nodes whose operands are settled: they are as wide as
  /// the widest of them.
  void resolvePromotions();

  /// Makes wide each free exact node between a wide source and a wide reader:
  /// what only moves bits must not lose any.
  void pinExactNodes(ConstantAnalysis &constants);

private:
  void addOp(Operation *op);
  void addBoundary(Operation *root);
  void index();
  void tieCopies(Operation *root);
  std::vector<bool> propagate(bool forward,
                              llvm::function_ref<bool(Value)> isSeed);

  llvm::DenseMap<Value, unsigned> producers;
  llvm::DenseMap<OpOperand *, unsigned> readers;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_PRECISIONGRAPH_H
