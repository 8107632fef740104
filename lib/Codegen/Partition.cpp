#include "Partition.h"

#include "mp/IR/MPOps.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace mlir::mp;

/// Kernels that are compiled together; large enough that what LLVM does once
/// for a module does not matter.
static constexpr int64_t kOpsPerModule = 2500;
static constexpr int64_t kMaxModules = 16;

/// The ops of `kernel` and of all that it refers to.
static int64_t countOps(LLVM::LLVMFuncOp kernel, const SymbolTable &symbols) {
  int64_t count = 0;
  SmallVector<Operation *> worklist{kernel};
  DenseSet<Operation *> seen{kernel};
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val();
    op->walk([&](Operation *) { ++count; });
    auto uses = SymbolTable::getSymbolUses(op);
    if (!uses)
      continue;
    for (const SymbolTable::SymbolUse &use : *uses) {
      Operation *symbol = symbols.lookup(use.getSymbolRef().getRootReference());
      if (symbol && seen.insert(symbol).second)
        worklist.push_back(symbol);
    }
  }
  return count;
}

static bool isKernel(LLVM::LLVMFuncOp func) {
  return func->hasAttr(kKernelAttrName) && !func.isExternal();
}

namespace {
/// A module under construction, with the symbols that it has.
class Part {
public:
  explicit Part(Location loc) : module(ModuleOp::create(loc)) {}

  void take(Operation *op) {
    op->remove();
    module->push_back(op);
    names.insert(SymbolTable::getSymbolName(op));
  }

  /// Copies everything in `source` that the ops here refer to; a kernel that
  /// lives elsewhere is declared.
  void addMissingSymbols(const SymbolTable &source);

  OwningOpRef<ModuleOp> module;
  int64_t ops = 0;

private:
  DenseSet<StringAttr> names;
};
} // namespace

void Part::addMissingSymbols(const SymbolTable &source) {
  SmallVector<Operation *> worklist;
  for (Operation &op : *module->getBody())
    worklist.push_back(&op);
  while (!worklist.empty()) {
    auto uses = SymbolTable::getSymbolUses(worklist.pop_back_val());
    if (!uses)
      continue;
    for (const SymbolTable::SymbolUse &use : *uses) {
      StringAttr name = use.getSymbolRef().getRootReference();
      Operation *symbol = source.lookup(name);
      if (!symbol || !names.insert(name).second)
        continue;
      auto func = dyn_cast<LLVM::LLVMFuncOp>(symbol);
      Operation *copy;
      if (func && isKernel(func)) {
        copy = func.cloneWithoutRegions();
      } else {
        copy = symbol->clone();
        if (func && !func.isExternal())
          cast<LLVM::LLVMFuncOp>(copy).setLinkage(LLVM::Linkage::Internal);
      }
      module->push_back(copy);
      worklist.push_back(copy);
    }
  }
}

static void hide(LLVM::LLVMFuncOp func) {
  func.setLinkage(LLVM::Linkage::External);
  func.setVisibility_(LLVM::Visibility::Hidden);
}

/// The largest kernels first, each to the part that has least.
static SmallVector<std::unique_ptr<Part>>
distributeKernels(ArrayRef<LLVM::LLVMFuncOp> kernels,
                  const SymbolTable &symbols, Location loc) {
  SmallVector<std::pair<int64_t, LLVM::LLVMFuncOp>> sized;
  int64_t total = 0;
  for (LLVM::LLVMFuncOp kernel : kernels) {
    sized.push_back({countOps(kernel, symbols), kernel});
    total += sized.back().first;
  }
  llvm::sort(sized, [](auto a, auto b) {
    return std::make_pair(-a.first, a.second.getName()) <
           std::make_pair(-b.first, b.second.getName());
  });
  int64_t count = std::min<int64_t>(
      std::clamp<int64_t>(total / kOpsPerModule, 1, kMaxModules), sized.size());
  SmallVector<std::unique_ptr<Part>> parts;
  for (int64_t i = 0; i < count; ++i)
    parts.push_back(std::make_unique<Part>(loc));
  for (auto [ops, kernel] : sized) {
    auto least = llvm::min_element(
        parts, [](const auto &a, const auto &b) { return a->ops < b->ops; });
    (*least)->ops += ops;
    (*least)->take(kernel);
  }
  return parts;
}

Partition mp::partitionModule(ModuleOp module, ArrayRef<StringAttr> entries) {
  // The table goes on finding ops that have moved to a part.
  SymbolTable symbols(module);
  Part host(module.getLoc());
  for (StringAttr entry : entries) {
    auto func = symbols.lookup<LLVM::LLVMFuncOp>(entry);
    hide(func);
    host.take(func);
  }
  SmallVector<LLVM::LLVMFuncOp> kernels;
  for (auto func : module.getOps<LLVM::LLVMFuncOp>())
    if (isKernel(func))
      kernels.push_back(func);
  for (LLVM::LLVMFuncOp kernel : kernels)
    hide(kernel);
  auto parts = distributeKernels(kernels, symbols, module.getLoc());

  Partition partition;
  host.addMissingSymbols(symbols);
  partition.host = std::move(host.module);
  for (auto &part : parts) {
    part->addMissingSymbols(symbols);
    partition.kernels.push_back(std::move(part->module));
  }
  return partition;
}
