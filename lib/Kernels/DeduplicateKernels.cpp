#include "mp/IR/KernelFunction.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPDEDUPLICATEKERNELSPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

/// Equal for equal kernels: their ops, attributes and types in order.
static llvm::hash_code hashKernel(func::FuncOp func) {
  llvm::hash_code hash = hash_value(func.getFunctionType());
  func.getBody().walk([&](Operation *op) {
    hash =
        llvm::hash_combine(hash, OperationEquivalence::computeHash(
                                     op, OperationEquivalence::ignoreHashValue,
                                     OperationEquivalence::ignoreHashValue,
                                     OperationEquivalence::IgnoreLocations));
  });
  return hash;
}

static bool areEquivalent(func::FuncOp a, func::FuncOp b) {
  if (a.getFunctionType() != b.getFunctionType() ||
      a.getArgAttrsAttr() != b.getArgAttrsAttr() ||
      a->getDiscardableAttrDictionary() != b->getDiscardableAttrDictionary())
    return false;
  return OperationEquivalence::isRegionEquivalentTo(
      &a.getBody(), &b.getBody(), OperationEquivalence::IgnoreLocations);
}

namespace {
class DeduplicateKernelsPass
    : public mp::impl::MPDeduplicateKernelsPassBase<DeduplicateKernelsPass> {
  using Base::Base;
  void runOnOperation() override {
    DenseMap<size_t, SmallVector<func::FuncOp>> kept;
    llvm::StringMap<StringRef> replacements;
    SmallVector<func::FuncOp> removed;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (!func->hasAttr(kKernelAttrName) || func.isDeclaration())
        continue;
      SmallVector<func::FuncOp> &candidates = kept[hashKernel(func)];
      auto same = llvm::find_if(candidates, [&](func::FuncOp other) {
        return areEquivalent(func, other);
      });
      if (same == candidates.end()) {
        candidates.push_back(func);
        continue;
      }
      replacements[func.getSymName()] = same->getSymName();
      removed.push_back(func);
    }
    if (removed.empty())
      return markAllAnalysesPreserved();
    getOperation().walk([&](LaunchOp launch) {
      auto found = replacements.find(launch.getCallee());
      if (found != replacements.end())
        launch.setCallee(found->second);
    });
    for (func::FuncOp func : removed)
      func.erase();
  }
};
} // namespace
