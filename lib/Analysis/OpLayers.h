//===- OpLayers.h - the part of a model that an op belongs to ---*- C++ -*-===//
#ifndef MP_LIB_ANALYSIS_OPLAYERS_H
#define MP_LIB_ANALYSIS_OPLAYERS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

#include <optional>
#include <tuple>

namespace mlir::mp {

/// True for constants that hold data of the model rather than a number of the
/// program text.
bool isWeight(ElementsAttr elements);

/// The layer of each of some ops, which are given in the order of the program.
class OpLayers {
public:
  explicit OpLayers(ArrayRef<Operation *> ops);

  /// Empty where nothing tells.
  StringRef getLayer(Operation *op) const;

  /// The name that the author gave to an argument, or nothing.
  static std::string getArgumentName(BlockArgument argument);

private:
  /// A layer that an op may belong to: that of the name, argument or weight
  /// which was read last on the way to it.
  struct Claim {
    enum Kind { Name, Argument, Weight };
    StringRef layer;
    Kind kind;
    /// The place in the program of that read; zero if its source is read in so
    /// many places that it says nothing about any of them.
    unsigned position;
    /// The most readers that one value on the way has.
    unsigned readers;
    /// Nothing else was read on the way, so reading this is reading the source.
    bool isPure;

    bool isWorseThan(const Claim &other) const {
      // The last operand wins a tie: weights mostly stand there.
      return std::make_tuple(position, -int(kind), -int(readers)) <=
             std::make_tuple(other.position, -int(other.kind),
                             -int(other.readers));
    }
  };

  StringRef intern(const llvm::Twine &text);
  void claimByName(Operation *op);
  void claimByOperands(Operation *op, unsigned position);
  void claimByReaders(ArrayRef<Operation *> ops);
  std::optional<Claim> getClaim(Value value);
  Claim getAnchor(BlockArgument argument);
  Claim getAnchor(Value value, ElementsAttr weight);

  llvm::StringSet<> names;
  llvm::DenseMap<Operation *, Claim> claims;
  llvm::DenseMap<BlockArgument, Claim> anchors;
};

} // namespace mlir::mp

#endif // MP_LIB_ANALYSIS_OPLAYERS_H
