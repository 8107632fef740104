#include "Import.h"

#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/Passes.h"
#include "mp/StableHLO/Sdy.h"
#include "mp/StableHLO/StableHLO.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPIMPORTPASS
#include "mp/StableHLO/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::shlo;

// Functions that a user can call: the public ones, or where there are none
// those that nothing else calls.
static SmallVector<func::FuncOp> getEntries(ModuleOp module) {
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() || function.getName() == "main")
      entries.push_back(function);
  if (!entries.empty())
    return entries;
  DenseSet<StringRef> used;
  module.walk([&](Operation *op) {
    if (auto call = dyn_cast<func::CallOp>(op))
      used.insert(call.getCallee());
    else if (auto composite = dyn_cast<CompositeOp>(op))
      used.insert(composite.getDecomposition());
  });
  for (auto function : module.getOps<func::FuncOp>())
    if (!used.contains(function.getName()))
      entries.push_back(function);
  for (func::FuncOp entry : entries)
    entry.setPublic();
  return entries;
}

// Removes functions that neither an entry nor what it refers to needs.
static void removeDeadFunctions(ModuleOp module,
                                ArrayRef<func::FuncOp> entries) {
  DenseSet<StringRef> live;
  SmallVector<func::FuncOp> worklist(entries);
  SymbolTable symbols(module);
  while (!worklist.empty()) {
    func::FuncOp function = worklist.pop_back_val();
    if (!live.insert(function.getName()).second)
      continue;
    function.walk([&](Operation *op) {
      op->getAttrDictionary().walk([&](SymbolRefAttr symbol) {
        if (auto used = symbols.lookup<func::FuncOp>(symbol.getRootReference()))
          worklist.push_back(used);
      });
    });
  }
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (!live.contains(function.getName()))
      function.erase();
}

static bool isShardingNoise(StringRef name) {
  return name.starts_with("sdy.") || name.starts_with("xla.sdy.") ||
         llvm::is_contained({"mhlo.sharding", "mhlo.layout_mode",
                             "mhlo.memory_kind", "mhlo.frontend_attributes"},
                            name);
}

static void removeNoise(Operation *op) {
  SmallVector<StringAttr> names;
  for (NamedAttribute attr : op->getDiscardableAttrs())
    if (isShardingNoise(attr.getName()))
      names.push_back(attr.getName());
  for (StringAttr name : names)
    op->removeDiscardableAttr(name);
  auto function = dyn_cast<func::FuncOp>(op);
  if (!function)
    return;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    for (NamedAttribute attr :
         mlir::function_interface_impl::getArgAttrs(function, i))
      if (isShardingNoise(attr.getName()))
        function.removeArgAttr(i, attr.getName());
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    for (NamedAttribute attr :
         mlir::function_interface_impl::getResultAttrs(function, i))
      if (isShardingNoise(attr.getName()))
        function.removeResultAttr(i, attr.getName());
}

namespace {
class ImportPass : public mp::impl::MPImportPassBase<ImportPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> entries = getEntries(module);
    if (failed(replaceNamedCalls(module)) ||
        failed(inlineCalls(module, entries, maxOps)))
      return signalPassFailure();
    removeDeadFunctions(module, entries);
    for (auto mesh : llvm::make_early_inc_range(module.getOps<sdy::MeshOp>()))
      mesh.erase();
    module.walk(removeNoise);
    for (auto function : module.getOps<func::FuncOp>())
      if (failed(flattenTuples(function)))
        return signalPassFailure();

    RewritePatternSet patterns(&getContext());
    populateNormalizePatterns(patterns);
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(applyPatternsGreedily(module, std::move(patterns), config)))
      module.emitWarning("operations may be left in forms that repeat others");
  }
};
} // namespace
