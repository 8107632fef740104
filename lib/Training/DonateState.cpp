//===- DonateState.cpp - state that a step may replace in place -----------===//

#include "mp/Training/Passes.h"
#include "mp/Training/Roles.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPDONATESTATEPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

static constexpr StringLiteral kAliasAttrName = "tf.aliasing_output";

static bool isReplaced(StringRef role) {
  return llvm::StringSwitch<bool>(role)
      .Cases({"param", "opt_state", "state", "scaler"}, true)
      .Default(false);
}

static std::string key(StringRef role, StringRef name) {
  return (role + "\n" + name).str();
}

static void donateState(func::FuncOp func) {
  llvm::StringMap<unsigned> results;
  for (unsigned i = 0, e = func.getNumResults(); i < e; ++i) {
    StringRef role = getResultRole(func, i), name = getResultName(func, i);
    if (isReplaced(role) && !name.empty())
      results.try_emplace(key(role, name), i);
  }
  llvm::DenseSet<int64_t> taken;
  for (unsigned i = 0, e = func.getNumArguments(); i < e; ++i)
    if (auto alias = func.getArgAttrOfType<IntegerAttr>(i, kAliasAttrName))
      taken.insert(alias.getInt());
  Builder b(func.getContext());
  for (unsigned i = 0, e = func.getNumArguments(); i < e; ++i) {
    if (func.getArgAttr(i, kAliasAttrName) ||
        func.getArgAttr(i, "jax.buffer_donor"))
      continue;
    auto result = results.find(key(getArgRole(func, i), getArgName(func, i)));
    if (result != results.end() &&
        func.getArgumentTypes()[i] == func.getResultTypes()[result->second] &&
        taken.insert(result->second).second)
      func.setArgAttr(i, kAliasAttrName, b.getI32IntegerAttr(result->second));
  }
}

namespace {
class DonateStatePass
    : public mp::impl::MPDonateStatePassBase<DonateStatePass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isPrivate() && !func.isExternal())
        donateState(func);
  }
};
} // namespace
