//===- ConvertProgramToLLVM.cpp - host code of a model --------------------===//

#include "HostEmitter.h"
#include "HostGlobals.h"
#include "mp/IR/MPOps.h"
#include "mp/Program/Passes.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCONVERTPROGRAMTOLLVMPASS
#include "mp/Program/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// An entry function of the source and what becomes of it.
struct Entry {
  func::FuncOp source, prepareSource;
  std::string name;
  func::FuncOp run, prepare;
};

class ConvertProgramToLLVMPass
    : public mp::impl::MPConvertProgramToLLVMPassBase<
          ConvertProgramToLLVMPass> {
  using Base::Base;

  void runOnOperation() override;
  LogicalResult lowerScalars(ArrayRef<Operation *> functions);
};
} // namespace

static int64_t getSize(func::FuncOp func, StringRef name) {
  auto attr = func ? func->getAttrOfType<IntegerAttr>(name) : IntegerAttr();
  return attr ? attr.getInt() : 0;
}

/// Type, name and role of an argument or result, as the descriptor tells them.
static DictionaryAttr describeValue(Builder &builder, Type type,
                                    DictionaryAttr attrs) {
  NamedAttrList list;
  Attribute spelled = attrs ? attrs.get(kTypeAttrName) : Attribute();
  list.set("type", spelled ? spelled : TypeAttr::get(type));
  for (auto [from, to] : {std::make_pair(kNameAttrName, "name"),
                          std::make_pair(kRoleAttrName, "role"),
                          std::make_pair(kDonatedToAttrName, "donated_to")})
    if (Attribute value = attrs ? attrs.get(from) : Attribute())
      list.set(to, value);
  return list.getDictionary(builder.getContext());
}

static DictionaryAttr describeFunction(Builder &builder, const Entry &entry) {
  func::FuncOp source = entry.source;
  SmallVector<Attribute> args, results;
  for (unsigned i = 0, e = source.getNumArguments(); i < e; ++i)
    if (!source.getArgAttr(i, kBufferAttrName))
      args.push_back(describeValue(builder, source.getArgumentTypes()[i],
                                   source.getArgAttrDict(i)));
  bool keepsPrepared = false;
  for (unsigned i = 0, e = source.getNumResults(); i < e; ++i) {
    if (source.getResultAttr(i, kBufferAttrName))
      keepsPrepared = true;
    else
      results.push_back(describeValue(builder, source.getResultTypes()[i],
                                      source.getResultAttrDict(i)));
  }
  int64_t arena = std::max(getSize(source, kArenaBytesAttrName),
                           getSize(entry.prepareSource, kArenaBytesAttrName));
  NamedAttrList list;
  list.set("name", builder.getStringAttr(source.getName()));
  list.set("args", builder.getArrayAttr(args));
  list.set("results", builder.getArrayAttr(results));
  list.set("arena_bytes", builder.getI64IntegerAttr(arena));
  list.set("persistent_bytes", builder.getI64IntegerAttr(
                                   getSize(source, kPersistentBytesAttrName)));
  list.set("run", FlatSymbolRefAttr::get(entry.run));
  if (func::FuncOp prepare = entry.prepare)
    list.set("prepare", FlatSymbolRefAttr::get(prepare));
  if (keepsPrepared)
    list.set("keeps_prepared", builder.getI64IntegerAttr(1));
  return list.getDictionary(builder.getContext());
}

LogicalResult
ConvertProgramToLLVMPass::lowerScalars(ArrayRef<Operation *> functions) {
  MLIRContext *context = &getContext();
  LLVMTypeConverter converter(context);
  RewritePatternSet patterns(context);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  LLVMConversionTarget target(*context);
  return applyFullConversion(functions, target, std::move(patterns));
}

static LogicalResult checkPlanned(func::FuncOp func) {
  if (func->hasAttr(kArenaBytesAttrName))
    return success();
  return func.emitError("expected '")
         << func.getName()
         << "' to have a memory plan; run mp-plan-memory first";
}

void ConvertProgramToLLVMPass::runOnOperation() {
  ModuleOp module = getOperation();
  HostGlobals globals(module);
  SymbolTable symbols(module);
  SmallVector<func::FuncOp> sources = getProgramFunctions(module);
  SmallVector<Entry> entries;
  for (func::FuncOp func : sources) {
    if (func.isPrivate())
      continue;
    if (failed(checkPlanned(func)))
      return signalPassFailure();
    Entry &entry = entries.emplace_back();
    entry.source = func;
    if (auto name = func->getAttrOfType<FlatSymbolRefAttr>(kPrepareAttrName))
      entry.prepareSource = symbols.lookup<func::FuncOp>(name.getValue());
  }

  int32_t nextCallId = 0;
  SmallVector<Operation *> lowered;
  auto emit = [&](func::FuncOp source, const Twine &name,
                  bool keepsInvariants) {
    HostEmitter emitter(globals, nextCallId, keepsInvariants, &getContext());
    FailureOr<func::FuncOp> result = emitter.emit(source, name.str());
    if (succeeded(result))
      lowered.push_back(*result);
    return result.value_or(func::FuncOp());
  };
  for (Entry &entry : entries) {
    StringRef name = entry.source.getName();
    entry.run = emit(entry.source, "mp.run." + name, /*keepsInvariants=*/true);
    if (entry.prepareSource)
      entry.prepare = emit(entry.prepareSource, "mp.prepare." + name,
                           /*keepsInvariants=*/false);
    if (!entry.run || (entry.prepareSource && !entry.prepare))
      return signalPassFailure();
  }

  Builder builder(&getContext());
  SmallVector<Attribute> descriptions;
  for (const Entry &entry : entries)
    descriptions.push_back(describeFunction(builder, entry));
  module->setAttr(kFunctionsAttrName, builder.getArrayAttr(descriptions));
  for (func::FuncOp source : sources)
    source.erase();
  if (failed(lowerScalars(lowered)))
    return signalPassFailure();
}
