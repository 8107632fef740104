#include "Decision.h"

#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

static constexpr Action actions[] = {
    Action::Allow,   Action::Deny, Action::Infer, Action::Clear,
    Action::Promote, Action::Keep, Action::Error};

void mp::setDecision(Operation *op, const Decision &decision) {
  Builder builder(op->getContext());
  NamedAttrList list;
  auto addText = [&](StringRef name, StringRef value) {
    if (!value.empty())
      list.append(name, builder.getStringAttr(value));
  };
  addText("action", stringify(decision.action));
  addText("rule", decision.rule);
  addText("policy", decision.policy);
  addText("why", decision.why);
  addText("inherited_from", decision.inheritedFrom);
  addText("fit", decision.fit);
  if (decision.line)
    list.append("at", builder.getStringAttr(decision.file + ":" +
                                            Twine(decision.line) + ":" +
                                            Twine(decision.column)));
  if (decision.low)
    list.append("low", TypeAttr::get(decision.low));
  if (decision.accumulate)
    list.append("accumulate", TypeAttr::get(decision.accumulate));
  if (decision.result != ResultChoice::Low)
    addText("result", decision.result == ResultChoice::Free ? "free" : "wide");
  if (!decision.wideOperands.empty())
    list.append("wide_operands",
                builder.getDenseI64ArrayAttr(decision.wideOperands));
  if (decision.unit)
    list.append("unit", builder.getI64IntegerAttr(*decision.unit));
  op->setDiscardableAttr(attr::decision, list.getDictionary(op->getContext()));
}

std::optional<Decision> mp::getDecision(Operation *op) {
  return getDecision(op->getAttrOfType<DictionaryAttr>(attr::decision));
}

std::optional<Decision> mp::getDecision(DictionaryAttr dictionary) {
  if (!dictionary)
    return std::nullopt;
  auto getText = [&](StringRef name) {
    auto text = dictionary.getAs<StringAttr>(name);
    return text ? text.getValue() : StringRef();
  };
  auto getFloat = [&](StringRef name) {
    auto type = dictionary.getAs<TypeAttr>(name);
    return type ? dyn_cast<FloatType>(type.getValue()) : FloatType();
  };
  Decision decision;
  for (Action action : actions)
    if (stringify(action) == getText("action"))
      decision.action = action;
  decision.rule = getText("rule");
  decision.policy = getText("policy");
  decision.why = getText("why");
  decision.inheritedFrom = getText("inherited_from");
  decision.fit = getText("fit");
  // A file name may hold colons, the numbers behind it do not.
  auto [place, column] = getText("at").rsplit(':');
  auto [file, line] = place.rsplit(':');
  decision.file = file;
  if (line.getAsInteger(10, decision.line) ||
      column.getAsInteger(10, decision.column))
    decision.line = decision.column = 0;
  decision.low = getFloat("low");
  decision.accumulate = getFloat("accumulate");
  decision.result = getText("result") == "free"   ? ResultChoice::Free
                    : getText("result") == "wide" ? ResultChoice::Wide
                                                  : ResultChoice::Low;
  if (auto wide = dictionary.getAs<DenseI64ArrayAttr>("wide_operands"))
    llvm::append_range(decision.wideOperands, wide.asArrayRef());
  if (auto unit = dictionary.getAs<IntegerAttr>("unit"))
    decision.unit = unit.getInt();
  // Without a low format there is nothing to decide, whatever is written.
  if (!decision.low && decision.action != Action::Error)
    decision.action = Action::Keep;
  return decision;
}

void mp::setPinnedPrecision(Operation *op, const Decision &decision,
                            bool isLow) {
  auto precision = cast<PrecisionOpInterface>(op);
  SmallVector<TypeGroup> groups;
  precision.getTypeGroups(groups);
  StringRef opClass = stringifyOpClass(precision.getPrecisionClass());
  if (auto given = op->getAttrOfType<StringAttr>(attr::opClass))
    opClass = given.getValue();
  bool sums = groups.size() > 1 || opClass == "reduction" || opClass == "scan";
  FloatType wide = Float32Type::get(op->getContext());
  op->setDiscardableAttr(
      attr::precision,
      PrecisionAttr::get(op->getContext(), isLow ? decision.low : wide,
                         !isLow ? wide
                         : sums ? decision.accumulate
                                : decision.low,
                         isLow && decision.result == ResultChoice::Low &&
                                 !decision.isArithmetic()
                             ? decision.low
                             : wide));
}

bool mp::isDecidedByPolicy(Operation *op, Operation *root) {
  return op != root && !op->hasTrait<OpTrait::IsTerminator>() &&
         !op->hasTrait<OpTrait::SymbolTable>() && !isa<FunctionOpInterface>(op);
}

bool mp::isManaged(const TypeGroup &group) {
  auto isWide = [](Value value) {
    FloatType type = getFloatElementType(value.getType());
    return type && type.isF32();
  };
  return llvm::all_of(group.gives, isWide) &&
         llvm::all_of(group.reads, [&](OpOperand *operand) {
           return isWide(operand->get());
         });
}
