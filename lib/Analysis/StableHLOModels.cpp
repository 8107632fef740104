#include "StableHLOTable.h"

#include "mlir/AsmParser/AsmParser.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::stablehlo_table;

//===----------------------------------------------------------------------===//
// Reading attributes without their C++ classes
//===----------------------------------------------------------------------===//

std::string stablehlo_table::getText(Operation *op, StringRef name) {
  std::string text;
  if (Attribute attr = op->getAttr(name)) {
    llvm::raw_string_ostream os(text);
    attr.print(os);
  }
  return text;
}

/// The list `key = [..]` inside a printed attribute.
static SmallVector<int64_t> getList(StringRef text, StringRef key) {
  SmallVector<int64_t> list;
  size_t at = text.find((key + " = [").str());
  if (at == StringRef::npos)
    return list;
  StringRef inside = text.substr(at + key.size() + 4);
  inside = inside.take_until([](char c) { return c == ']'; });
  SmallVector<StringRef> parts;
  inside.split(parts, ',', -1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    int64_t number;
    if (!part.trim().getAsInteger(10, number))
      list.push_back(number);
  }
  return list;
}

SmallVector<int64_t> stablehlo_table::getIntegers(Operation *op,
                                                  StringRef name) {
  SmallVector<int64_t> list;
  Attribute attr = op->getAttr(name);
  if (auto array = dyn_cast_if_present<DenseI64ArrayAttr>(attr))
    llvm::append_range(list, array.asArrayRef());
  else if (auto elements = dyn_cast_if_present<DenseIntElementsAttr>(attr))
    for (const APInt &value : elements.getValues<APInt>())
      list.push_back(value.getSExtValue());
  return list;
}

static RankedTensorType getOperandType(Operation *op, unsigned index) {
  if (index >= op->getNumOperands())
    return {};
  return dyn_cast<RankedTensorType>(op->getOperand(index).getType());
}

static std::optional<double> product(ArrayRef<int64_t> shape,
                                     ArrayRef<int64_t> dims) {
  double total = 1;
  for (int64_t dim : dims) {
    if (dim < 0 || dim >= int64_t(shape.size()) || shape[dim] < 0)
      return std::nullopt;
    total *= shape[dim];
  }
  return total;
}

/// Sizes of a product: `dot` without dimension numbers contracts the last
/// dimension of its left operand with the first of its right one.
static std::optional<double> getProductSize(Operation *op, Quantity quantity) {
  RankedTensorType lhs = getOperandType(op, 0), rhs = getOperandType(op, 1);
  if (!lhs || !rhs)
    return std::nullopt;
  std::string text = getText(op, "dot_dimension_numbers");
  SmallVector<int64_t> contracted = getList(text, "lhs_contracting_dimensions");
  SmallVector<int64_t> batch = getList(text, "lhs_batching_dimensions");
  if (text.empty() && lhs.getRank() > 0)
    contracted.push_back(lhs.getRank() - 1);
  std::optional<double> k = product(lhs.getShape(), contracted);
  std::optional<double> b = product(lhs.getShape(), batch);
  if (!k || !b || !lhs.hasStaticShape() || !rhs.hasStaticShape())
    return std::nullopt;
  switch (quantity) {
  case Quantity::K:
  case Quantity::ReductionLength:
    return k;
  case Quantity::Batch:
    return b;
  case Quantity::M:
    return *k * *b ? lhs.getNumElements() / (*k * *b) : 0;
  default:
    return *k * *b ? rhs.getNumElements() / (*k * *b) : 0;
  }
}

/// Terms of each sum of a convolution: all of the kernel but its output
/// features, whose place the middle part of the dimension numbers tells.
static std::optional<double> getFanIn(Operation *op) {
  RankedTensorType kernel = getOperandType(op, 1);
  std::string text = getText(op, "dimension_numbers");
  StringRef middle = StringRef(text).split("]x[").second.split(']').first;
  SmallVector<StringRef> parts;
  middle.split(parts, ',');
  for (auto [dim, part] : llvm::enumerate(parts))
    if (part.trim() == "o" && kernel && kernel.hasStaticShape() &&
        dim < size_t(kernel.getRank()) && kernel.getDimSize(dim))
      return double(kernel.getNumElements()) / kernel.getDimSize(dim);
  return std::nullopt;
}

/// The one op that a body applies, without its dialect; empty for others.
static StringRef getBodyName(Operation *op) {
  if (op->getNumRegions() == 0)
    return "";
  Region &region = op->getRegions().back();
  if (!region.hasOneBlock() || region.front().getOperations().size() != 2)
    return "";
  return region.front().front().getName().stripDialect();
}

/// A window as long as its dimension, padded on one side by all but one
/// element, is a prefix sum; everything else is pooling.
static bool isPrefixScan(Operation *op) {
  RankedTensorType input = getOperandType(op, 0);
  SmallVector<int64_t> window = getIntegers(op, "window_dimensions");
  SmallVector<int64_t> padding = getIntegers(op, "padding");
  if (!input || window.size() != size_t(input.getRank()) ||
      padding.size() != 2 * window.size())
    return false;
  bool found = false;
  for (auto [dim, size] : llvm::enumerate(window)) {
    int64_t low = padding[2 * dim], high = padding[2 * dim + 1];
    if (size == 1 && low == 0 && high == 0)
      continue;
    if (found || size != input.getDimSize(dim) || low + high != size - 1 ||
        (low != 0 && high != 0))
      return false;
    found = size > 1;
  }
  return found;
}

static bool isWindow(Operation *op) {
  return bool(op->getAttr("window_dimensions"));
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

static void addFloats(ValueRange values, SmallVectorImpl<Value> &out) {
  for (Value value : values)
    if (getFloatElementType(value.getType()))
      out.push_back(value);
}

static void addFloats(MutableArrayRef<OpOperand> operands, TypeGroup &group) {
  for (OpOperand &operand : operands)
    if (getFloatElementType(operand.get().getType()))
      group.reads.push_back(&operand);
}

namespace {
struct StableHLOModel
    : public PrecisionOpInterface::FallbackModel<StableHLOModel> {
  static Row getRow(Operation *op) {
    return getRows().lookup(op->getName().getStringRef());
  }

  OpClass getPrecisionClass(Operation *op) const {
    OpClass opClass = getRow(op).opClass;
    if (opClass == OpClass::Reduction && isWindow(op) && isPrefixScan(op))
      return OpClass::Scan;
    // A scatter whose body hands on the update only moves data.
    if (opClass == OpClass::Reduction && op->getNumRegions() == 1 &&
        op->getRegion(0).hasOneBlock() &&
        op->getRegion(0).front().getOperations().size() == 1)
      return OpClass::DataMovement;
    auto hasFloat = [](TypeRange types) {
      return llvm::any_of(types, getFloatElementType);
    };
    auto isInteger = [](Type type) {
      return isa<IntegerType, IndexType>(getElementTypeOrSelf(type));
    };
    if (opClass != OpClass::Control && opClass != OpClass::Random &&
        opClass != OpClass::Opaque && !hasFloat(op->getOperandTypes()) &&
        !hasFloat(op->getResultTypes()))
      return llvm::all_of(op->getResultTypes(), isInteger) ? OpClass::Integer
                                                           : opClass;
    return opClass;
  }

  Meaning getMeaning(Operation *op) const {
    return stablehlo_table::getMeaning(op);
  }

  SmallVector<Value> getMeaningOperands(Operation *op) const {
    return SmallVector<Value>(op->getOperands());
  }

  bool getOperandDimensions(Operation *op, unsigned operand,
                            SmallVectorImpl<int64_t> &dimensions) const {
    return stablehlo_table::getOperandDimensions(op, operand, dimensions);
  }

  /// Other integers say in their type whether they have a sign.
  bool readsUnsigned(Operation *op) const {
    return op->getNumOperands() &&
           getElementTypeOrSelf(op->getOperand(0)).isInteger(1);
  }

  bool ownsRegions(Operation *op) const {
    return getRow(op).opClass != OpClass::Control;
  }

  std::optional<int64_t> getTripCount(Operation *op) const {
    return getRow(op).shape == Shape::Loop ? getLoopTripCount(op) : 1;
  }

  bool isUndefined(Operation *op) const { return false; }
  void adaptRegions(Operation *op) const {}

  StringRef getAuthorPin(Operation *op) const {
    if (op->getAttr("algorithm"))
      return "the author named the algorithm of the product";
    if (StringRef(getText(op, "precision_config")).contains("HIGHEST"))
      return "the author asked for the highest precision";
    return "";
  }

  StringRef getArithmeticPin(Operation *op, FloatType format) const {
    if (!llvm::is_contained(
            op->getName().getRegisteredInfo()->getAttributeNames(),
            StringRef("algorithm")))
      return "StableHLO names the algorithm of a dot_general, and of no other "
             "op";
    return getPrecisionWord(op, Word::Precision) == "default"
               ? ""
               : "the author asked for more than the default precision";
  }

  void setArithmetic(Operation *op, FloatType format) const {
    std::string text;
    llvm::raw_string_ostream(text)
        << "#stablehlo.dot_algorithm<lhs_precision_type = " << format
        << ", rhs_precision_type = " << format
        << ", accumulation_type = f32, lhs_component_count = 1, "
           "rhs_component_count = 1, num_primitive_operations = 1, "
           "allow_imprecise_accumulation = false>";
    if (Attribute algorithm = parseAttribute(text, op->getContext()))
      op->setAttr("algorithm", algorithm);
  }

  StringRef getPrecisionWord(Operation *op, Word word) const {
    switch (word) {
    case Word::Body:
      return getBodyName(op);
    case Word::Window:
      if (!isWindow(op))
        return "";
      return isPrefixScan(op) ? "whole-dimension prefix" : "pooling";
    case Word::Precision: {
      std::string text = getText(op, "precision_config");
      StringRef config = text;
      return config.contains("HIGHEST") ? "highest"
             : config.contains("HIGH")  ? "high"
                                        : "default";
    }
    case Word::Algorithm:
      return op->getAttr("algorithm") ? "given" : "";
    case Word::ElementType:
      return ""; // The same for every op: the engine knows.
    }
    return "";
  }

  std::optional<double> getPrecisionNumber(Operation *op,
                                           Quantity quantity) const {
    OpClass opClass = getRow(op).opClass;
    if (opClass == OpClass::Contraction) {
      switch (quantity) {
      case Quantity::K:
      case Quantity::M:
      case Quantity::N:
      case Quantity::Batch:
      case Quantity::ReductionLength:
        return getProductSize(op, quantity);
      default:
        return std::nullopt;
      }
    }
    if (opClass == OpClass::Convolution)
      return quantity == Quantity::FanIn ||
                     quantity == Quantity::ReductionLength
                 ? getFanIn(op)
                 : std::nullopt;
    if (quantity != Quantity::ReductionLength)
      return std::nullopt;
    RankedTensorType input = getOperandType(op, 0);
    if (!input)
      return std::nullopt;
    if (isWindow(op)) {
      double terms = 1;
      for (int64_t size : getIntegers(op, "window_dimensions"))
        terms *= size;
      return terms;
    }
    if (op->getAttr("dimensions") && opClass == OpClass::Reduction)
      return product(input.getShape(), getIntegers(op, "dimensions"));
    return std::nullopt;
  }

  void getTypeGroups(Operation *op, SmallVectorImpl<TypeGroup> &groups) const {
    switch (getRow(op).shape) {
    case Shape::AsWritten:
      return;
    case Shape::Tied:
      addTiedGroup(op, groups);
      return;
    case Shape::Product: {
      addFloats(op->getOpOperands(), groups.emplace_back());
      TypeGroup &result = groups.emplace_back();
      result.kind = GroupKind::Result;
      addFloats(op->getResults(), result.gives);
      break;
    }
    case Shape::Body:
      addBodyGroup(op, groups);
      break;
    case Shape::Loop:
    case Shape::Branches:
      addCarriedGroups(op, groups);
      return;
    }
    llvm::erase_if(groups, [](const TypeGroup &group) {
      return group.reads.empty() && group.gives.empty();
    });
  }

private:
  /// The body is retyped as a whole, and reads what it captures so too.
  static void addBodyGroup(Operation *op, SmallVectorImpl<TypeGroup> &groups) {
    for (Region &region : op->getRegions())
      if (region
              .walk([](Operation *inner) {
                bool known = inner->hasTrait<OpTrait::IsTerminator>() ||
                             inner->hasTrait<OpTrait::ConstantLike>() ||
                             getRow(inner).shape == Shape::Tied;
                return known ? WalkResult::advance() : WalkResult::interrupt();
              })
              .wasInterrupted())
        return;
    TypeGroup &group = groups.emplace_back();
    addFloats(op->getOpOperands(), group);
    addFloats(op->getResults(), group.gives);
    for (Region &region : op->getRegions()) {
      region.walk(
          [&](Block *block) { addFloats(block->getArguments(), group.gives); });
      region.walk([&](Operation *inner) {
        addFloats(inner->getResults(), group.gives);
        addFloats(inner->getOpOperands(), group);
      });
    }
  }

  static void addCarriedGroups(Operation *op,
                               SmallVectorImpl<TypeGroup> &groups) {
    for (OpResult result : op->getResults()) {
      if (!getFloatElementType(result.getType()))
        continue;
      TypeGroup &group = groups.emplace_back();
      group.kind = GroupKind::Carried;
      group.gives.push_back(result);
      unsigned index = result.getResultNumber();
      bool isLoop = getRow(op).shape == Shape::Loop;
      if (isLoop && index < op->getNumOperands())
        group.reads.push_back(&op->getOpOperand(index));
      for (Region &region : op->getRegions()) {
        for (Block &block : region) {
          if (isLoop && index < block.getNumArguments())
            group.gives.push_back(block.getArgument(index));
          // The condition of a loop yields a predicate, not carried values.
          Operation *terminator = block.empty() ? nullptr : &block.back();
          if (terminator &&
              terminator->getNumOperands() == op->getNumResults() &&
              terminator->getOperand(index).getType() == result.getType())
            group.reads.push_back(&terminator->getOpOperand(index));
        }
      }
    }
  }
};

/// Attaches the models when either dialect is loaded, whoever wrote it. An
/// extension that requires no dialect is applied to each one that is loaded.
class StableHLOModels : public DialectExtensionBase {
public:
  StableHLOModels() : DialectExtensionBase({}) {}

  void apply(MLIRContext *context,
             MutableArrayRef<Dialect *> dialects) const override {
    for (Dialect *dialect : dialects) {
      StringRef space = dialect->getNamespace();
      if (space != "stablehlo" && space != "chlo")
        continue;
      for (const auto &entry : getRows()) {
        if (entry.getKey().split('.').first != space)
          continue;
        auto name = RegisteredOperationName::lookup(entry.getKey(), context);
        if (name && !name->hasInterface<PrecisionOpInterface>())
          name->attachInterface<StableHLOModel>();
      }
    }
  }
  std::unique_ptr<DialectExtensionBase> clone() const override {
    return std::make_unique<StableHLOModels>(*this);
  }
};
} // namespace

void mp::registerStableHLOPrecisionModels(DialectRegistry &registry) {
  registry.addExtension(TypeID::get<StableHLOModels>(),
                        std::make_unique<StableHLOModels>());
}
