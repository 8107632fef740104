//===- OpIds.h - names of ops that outlive edits of the model ---*- C++ -*-===//
#ifndef MP_ANALYSIS_OPIDS_H
#define MP_ANALYSIS_OPIDS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

#include <string>

namespace mlir::mp {

/// Gives each op under a root an id such as
/// `main/layer0/ffn/dot_general.3fa92c`: function, layer, kind of op, and a
/// hash of its structure; identical siblings are told apart by `#2`, `#3`, ...
///
/// The layer is the name in the op's location. An op without one belongs to
/// the named op, function argument or weight that was read last on the way to
/// it, or, where there is none, to its first reader. The hash covers the op's
/// name, attributes and types, and its operands for three steps, but never
/// leaves the layer, so that an edit changes the ids of its own layer only.
/// Line numbers take no part.
class OpIds {
public:
  explicit OpIds(Operation *root);

  /// The id of `op`; empty for the root and for ops that belong to another
  /// one, such as those in the body of a reduction.
  llvm::StringRef get(Operation *op) const;

  /// The id without what tells siblings of one kind in one layer apart.
  static llvm::StringRef getStem(llvm::StringRef id);

private:
  llvm::DenseMap<Operation *, std::string> ids;
};

/// Calls `visit` on every op under `root`, itself included, that is decided by
/// itself, that is, outside of the regions that belong to another op.
void walkDecidedOps(Operation *root,
                    llvm::function_ref<void(Operation *)> visit);

} // namespace mlir::mp

#endif // MP_ANALYSIS_OPIDS_H
