//===- ObserveValues.cpp - lets a model tell what it computes -------------===//
//
// Every tensor of floats is handed to mp_rt_observe right after it was
// computed, with the numbers of the values that its op read. So the runtime
// can tell which op made a number that is not finite of numbers that are,
// without looking at any value twice.
//
//===----------------------------------------------------------------------===//

#include "Decision.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/IR/Locations.h"
#include "mp/IR/MPOps.h"
#include "mp/Transforms/Observation.h"
#include "mp/Transforms/Passes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPOBSERVEVALUESPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// The second entry of the config of mp_rt_observe.
enum class ValueKind : int64_t { Outside = 0, Passed = 1, Op = 2 };

class Observer {
public:
  explicit Observer(Operation *root) : root(root) {}
  void run();

private:
  void visitFunction(FunctionOpInterface function);
  void visitOp(Operation *op);
  void observe(OpBuilder &builder, Value value, const std::string &id,
               StringRef name, ValueKind kind, Operation *op);
  SmallVector<int64_t> getSources(Operation *op);
  bool isFinite(Attribute constant);
  std::string getId(Operation *op);

  Operation *root;
  /// The number of each observed value.
  llvm::DenseMap<Value, int64_t> numbers;
  llvm::DenseMap<Value, std::string> ids;
  llvm::DenseMap<Attribute, bool> finiteConstants;
  llvm::StringMap<unsigned> unnamed;
  SmallVector<Attribute> entries;
};
} // namespace

/// True for types that mp_rt_observe reads.
static bool isObserved(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return false;
  Type element = tensor.getElementType();
  if (auto complex = dyn_cast<ComplexType>(element))
    element = complex.getElementType();
  return isa<Float64Type, Float32Type, Float16Type, BFloat16Type,
             Float8E4M3FNType, Float8E5M2Type>(element);
}

/// A value without elements yet: a place for results.
static bool isUndefined(Operation *op) { return isa<tensor::EmptyOp>(op); }

static bool isFiniteConstant(Attribute constant) {
  if (auto scalar = dyn_cast<FloatAttr>(constant))
    return scalar.getValue().isFinite();
  auto dense = cast<DenseElementsAttr>(constant);
  auto isFinite = [](const APFloat &value) { return value.isFinite(); };
  if (isa<FloatType>(dense.getElementType()))
    return dense.isSplat() ? isFinite(dense.getSplatValue<APFloat>())
                           : llvm::all_of(dense.getValues<APFloat>(), isFinite);
  return llvm::all_of(dense.getValues<std::complex<APFloat>>(),
                      [](const std::complex<APFloat> &value) {
                        return value.real().isFinite() &&
                               value.imag().isFinite();
                      });
}

/// The float constant that `op` is, if its elements are in the file: such a
/// constant needs no look at run time.
static Attribute getKnownConstant(Operation *op) {
  if (!op || !op->hasTrait<OpTrait::ConstantLike>())
    return {};
  Attribute value = op->getAttr("value");
  if (isa_and_nonnull<FloatAttr>(value))
    return value;
  return isa_and_nonnull<DenseElementsAttr>(value) &&
                 isObserved(op->getResult(0).getType())
             ? value
             : Attribute();
}

/// Regions whose ops run one by one, as the ops around them do.
static bool hasProgramRegions(Operation *op) {
  if (op->getNumRegions() == 0)
    return false;
  if (auto precision = dyn_cast<PrecisionOpInterface>(op))
    return !precision.ownsRegions();
  return isa<RegionBranchOpInterface>(op);
}

/// True where each element of the result is made of the elements at its place
/// in the operands.
static bool isElementwise(Operation *op) {
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision || op->getNumRegions() || op->getNumResults() != 1)
    return false;
  switch (precision.getPrecisionClass()) {
  case OpClass::Pointwise:
  case OpClass::Transcendental:
  case OpClass::Bounded:
  case OpClass::Conversion:
    break;
  default:
    return false;
  }
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return type && llvm::all_of(op->getOperands(), [&](Value operand) {
           auto from = dyn_cast<RankedTensorType>(operand.getType());
           return from && from.getShape() == type.getShape();
         });
}

/// Ops that were named before precision was decided carry their id. A cast is
/// called after what it converts; what else came later is counted.
std::string Observer::getId(Operation *op) {
  if (auto id = op->getAttrOfType<StringAttr>(attr::id))
    return id.str();
  std::string id;
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  bool isCast =
      isa<CastOp>(op) ||
      (precision && precision.getPrecisionClass() == OpClass::Conversion);
  if (isCast && op->getNumOperands() == 1 && op->getNumResults() == 1)
    if (auto it = ids.find(op->getOperand(0)); it != ids.end()) {
      llvm::raw_string_ostream(id)
          << it->second << "->"
          << getElementTypeOrSelf(op->getResult(0).getType());
      return id;
    }
  if (auto function = op->getParentOfType<FunctionOpInterface>())
    id = function.getName().str() + "/";
  id += op->getName().stripDialect().str() + "~";
  unsigned number = unnamed[id]++;
  return id + std::to_string(number);
}

SmallVector<int64_t> Observer::getSources(Operation *op) {
  llvm::SetVector<Value> inputs(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), inputs);
  SmallVector<int64_t> sources;
  bool constantsAreFinite = true;
  auto visitConstant = [&](Operation *source) {
    if (Attribute constant = getKnownConstant(source))
      constantsAreFinite &= isFinite(constant);
  };
  for (Value input : inputs) {
    if (auto it = numbers.find(input); it != numbers.end())
      sources.push_back(it->second);
    else
      visitConstant(input.getDefiningOp());
  }
  for (Region &region : op->getRegions())
    region.walk(visitConstant);
  if (!constantsAreFinite)
    sources.push_back(-1);
  return sources;
}

bool Observer::isFinite(Attribute constant) {
  auto [it, isNew] = finiteConstants.try_emplace(constant, true);
  if (isNew)
    it->second = isFiniteConstant(constant);
  return it->second;
}

void Observer::observe(OpBuilder &builder, Value value, const std::string &id,
                       StringRef name, ValueKind kind, Operation *op) {
  int64_t number = entries.size();
  SmallVector<int64_t> config{number, int64_t(kind), 0};
  if (kind == ValueKind::Op) {
    config[2] = isElementwise(op);
    llvm::append_range(config, getSources(op));
  }
  Location loc = op->getLoc();
  if (auto argument = dyn_cast<BlockArgument>(value))
    loc = argument.getLoc();
  std::string place = getPlace(loc);
  LibraryCallOp::create(builder, loc, TypeRange(), "mp_rt_observe", value,
                        config, place.empty() ? id : place + ": " + id,
                        /*pure=*/false);
  numbers[value] = number;
  ids[value] = id;

  std::string text;
  llvm::raw_string_ostream(text) << loc;
  NamedAttrList entry;
  auto add = [&](StringRef key, StringRef text) {
    if (!text.empty())
      entry.append(key, builder.getStringAttr(text));
  };
  add("id", id);
  add("name", name);
  add("location", text);
  add("at", place);
  if (kind == ValueKind::Op)
    add("op", op->getName().getStringRef());
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (function)
    add("argument",
        "arg" + std::to_string(cast<BlockArgument>(value).getArgNumber()));
  else
    function = op->getParentOfType<FunctionOpInterface>();
  add("function", function.getName());
  if (auto result = dyn_cast<OpResult>(value);
      result && result.getOwner() == op)
    if (auto named = op->getAttrOfType<StringAttr>(attr::id)) {
      add("op_id", named.getValue());
      add("result", std::to_string(result.getResultNumber()));
    }
  entries.push_back(entry.getDictionary(builder.getContext()));
}

void Observer::visitOp(Operation *op) {
  bool isConstant = op->hasTrait<OpTrait::ConstantLike>();
  if (op->hasTrait<OpTrait::IsTerminator>() || isUndefined(op) ||
      (isConstant && getKnownConstant(op)))
    return;
  bool isControl = hasProgramRegions(op);
  ValueKind kind = isConstant  ? ValueKind::Outside
                   : isControl ? ValueKind::Passed
                               : ValueKind::Op;
  bool any = isControl || llvm::any_of(op->getResultTypes(), isObserved);
  if (!any)
    return;
  std::string id = getId(op);
  SmallVector<std::string> names;
  collectLocationNames(op->getLoc(), names);
  StringRef name = names.empty() ? StringRef() : StringRef(names.front());
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  for (OpResult result : op->getResults()) {
    unsigned index = result.getResultNumber();
    if (isObserved(result.getType()))
      observe(builder, result, index ? id + ":" + std::to_string(index) : id,
              name, kind, op);
  }
  if (!isControl)
    return;
  for (Region &region : op->getRegions())
    for (Block &block : region) {
      builder.setInsertionPointToStart(&block);
      for (BlockArgument argument : block.getArguments())
        if (isObserved(argument.getType()))
          observe(builder, argument,
                  id + "/argument#" + std::to_string(argument.getArgNumber()),
                  name, ValueKind::Passed, op);
    }
}

void Observer::visitFunction(FunctionOpInterface function) {
  OpBuilder builder(function.getContext());
  builder.setInsertionPointToStart(&function.getFunctionBody().front());
  for (BlockArgument argument : function.getArguments()) {
    if (!isObserved(argument.getType()))
      continue;
    unsigned index = argument.getArgNumber();
    auto name = function.getArgAttrOfType<StringAttr>(index, kNameAttrName);
    observe(builder, argument,
            function.getName().str() + "/argument#" + std::to_string(index),
            name ? name.getValue() : StringRef(), ValueKind::Outside, function);
  }
}

void Observer::run() {
  // In the order of the program, so that what an op reads has its number.
  SmallVector<Operation *> ops;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op == root)
      return WalkResult::advance();
    if (auto function = dyn_cast<FunctionOpInterface>(op);
        function && function.isExternal())
      return WalkResult::skip();
    ops.push_back(op);
    return isa<FunctionOpInterface>(op) || hasProgramRegions(op)
               ? WalkResult::advance()
               : WalkResult::skip();
  });
  for (Operation *op : ops) {
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      visitFunction(function);
    else
      visitOp(op);
  }
  for (Operation *op : ops)
    op->removeDiscardableAttr(attr::id);
  root->setDiscardableAttr(kObservedAttrName,
                           ArrayAttr::get(root->getContext(), entries));
}

namespace {
class ObserveValuesPass
    : public mp::impl::MPObserveValuesPassBase<ObserveValuesPass> {
  using Base::Base;
  void runOnOperation() override { Observer(getOperation()).run(); }
};
} // namespace
