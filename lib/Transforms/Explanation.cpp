#include "Explanation.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/SHA256.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

static std::string toText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static std::string toText(Location loc) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << loc;
  return text;
}

llvm::json::Object Explanation::describe(Operation *op,
                                         const Decision &decision) const {
  llvm::json::Object object{{"id", ids.get(op).str()},
                            {"op", op->getName().getStringRef().str()},
                            {"location", toText(op->getLoc())},
                            {"action", stringify(decision.action).str()},
                            {"rule", decision.rule.str()},
                            {"why", decision.why.str()}};
  if (auto function = op->getParentOfType<FunctionOpInterface>())
    object["function"] = function.getName().str();
  SmallVector<std::string> locationNames;
  collectLocationNames(op->getLoc(), locationNames);
  if (!locationNames.empty())
    object["name"] = locationNames.front();
  if (auto opClass = op->getAttrOfType<StringAttr>(attr::opClass))
    object["class"] = opClass.getValue().str();
  if (auto pattern = op->getAttrOfType<StringAttr>(attr::pattern))
    object["pattern"] = pattern.getValue().str();
  if (auto precision = op->getAttrOfType<PrecisionAttr>(attr::precision)) {
    object["compute"] = toText(precision.getCompute());
    object["accumulate"] = toText(precision.getAccumulate());
    object["result"] = toText(precision.getResult());
  }
  if (decision.line) {
    object["policy"] = decision.policy.str();
    object["file"] = decision.file.str();
    object["line"] = decision.line;
    object["column"] = decision.column;
  }
  if (!decision.inheritedFrom.empty())
    object["inherited_from"] = decision.inheritedFrom.str();
  return object;
}

Explanation::Explanation(Operation *root, bool hasFile) : ids(root) {
  if (auto attr = root->getAttrOfType<StringAttr>(attr::policy))
    policy = attr.getValue();
  if (auto figures = root->getAttrOfType<DictionaryAttr>(attr::placement))
    for (NamedAttribute figure : figures)
      if (auto number = dyn_cast<IntegerAttr>(figure.getValue()))
        placement[figure.getName().getValue()] = number.getInt();
  llvm::SHA256 chosen;
  llvm::StringMap<unsigned> indexOfId;
  walkDecidedOps(root, [&](Operation *op) {
    std::optional<Decision> decision = getDecision(op);
    if (!decision)
      return;
    std::string text = "as written";
    if (auto precision = op->getAttrOfType<PrecisionAttr>(attr::precision)) {
      text = toText(precision.getCompute());
      if (!precision.getCompute().isF32())
        ++lowOps;
    }
    text += ", rule '" + decision->rule.str() + "': " + decision->why.str();
    indexOfId[ids.get(op)] = entries.size();
    chosen.update(ids.get(op));
    if (auto formats = op->getAttrOfType<ArrayAttr>(attr::formats))
      for (Type format : formats.getAsValueRange<TypeAttr>())
        chosen.update(toText(format));
    entries.push_back({op->getLoc(),
                       hasFile ? llvm::json::Value(describe(op, *decision))
                               : llvm::json::Value(nullptr),
                       std::move(text), decision->rule,
                       decision->inheritedFrom});
  });
  assignment = llvm::toHex(chosen.final(), /*LowerCase=*/true);
  for (Entry &entry : entries)
    addChain(entry, indexOfId);
}

/// The way on which an op inherited its width, up to the op whose rule asks
/// for it.
void Explanation::addChain(Entry &entry,
                           const llvm::StringMap<unsigned> &indexOfId) {
  constexpr unsigned longest = 16;
  llvm::json::Array chain;
  std::string text;
  StringRef rule;
  StringRef from = entry.inheritedFrom;
  while (!from.empty()) {
    auto it = indexOfId.find(from);
    if (it == indexOfId.end())
      break;
    const Entry &origin = entries[it->second];
    rule = origin.rule;
    if (chain.size() == longest) {
      text += " <- ...";
      break;
    }
    chain.push_back(from.str());
    text += (text.empty() ? "" : " <- ") + from.str();
    from = origin.inheritedFrom;
  }
  if (chain.empty())
    return;
  entry.text += " (wide because of " + text + ", rule '" + rule.str() + "')";
  if (llvm::json::Object *object = entry.object.getAsObject())
    (*object)["chain"] = std::move(chain);
}

ConstantLoss ConstantLoss::measure(ElementsAttr constant, FloatType to) {
  ConstantLoss loss;
  auto dense = dyn_cast<DenseFPElementsAttr>(constant);
  if (!dense)
    return loss;
  const llvm::fltSemantics &semantics = to.getFloatSemantics();
  // Half of the digits: an error of more than this part of the value.
  double part =
      std::ldexp(1.0, -int(APFloat::semanticsPrecision(semantics)) / 2);
  auto add = [&](APFloat value, int64_t times) {
    loss.elements += times;
    APFloat rounded = value;
    bool losesInfo;
    rounded.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
    if (!losesInfo || !value.isFinite() || value.isZero())
      return;
    if (!rounded.isFinite()) {
      loss.overflowed += times;
    } else if (rounded.isZero()) {
      loss.flushed += times;
    } else {
      double exact = value.convertToDouble();
      double kept = rounded.convertToDouble();
      if (std::abs(kept - exact) > std::abs(exact) * part)
        loss.coarse += times;
    }
  };
  if (dense.isSplat())
    add(dense.getSplatValue<APFloat>(), dense.getNumElements());
  else
    for (APFloat value : dense.getValues<APFloat>())
      add(value, 1);
  return loss;
}

void Explanation::addConstant(Location loc, StringRef value, Type to,
                              const ConstantLoss &loss) {
  std::string text;
  llvm::raw_string_ostream(text)
      << "of " << loss.elements << " elements of " << value << ", in " << to
      << " " << loss.overflowed << " overflow, " << loss.flushed
      << " become zero and " << loss.coarse
      << " lose more than half of their digits";
  constants.push_back({loc,
                       llvm::json::Object{{"value", value.str()},
                                          {"location", toText(loc)},
                                          {"to", toText(to)},
                                          {"elements", loss.elements},
                                          {"overflowed", loss.overflowed},
                                          {"flushed", loss.flushed},
                                          {"coarse", loss.coarse}},
                       std::move(text)});
}

static StringRef getWord(PlacedCast::Kind kind) {
  switch (kind) {
  case PlacedCast::Kind::EachCall:
    return "each-call";
  case PlacedCast::Kind::OneTime:
    return "one-time";
  case PlacedCast::Kind::Folded:
    return "folded";
  case PlacedCast::Kind::WithOp:
    return "with-op";
  }
  return "";
}

void Explanation::emitRemarks() const {
  for (const Entry &entry : entries)
    remark::analysis(entry.loc,
                     remark::RemarkOpts::name("decision").category("mp"))
        << remark::reason("{0}", entry.text);
  for (const Entry &entry : constants)
    remark::missed(entry.loc,
                   remark::RemarkOpts::name("constant").category("mp"))
        << remark::reason("{0}", entry.text);
  for (const PlacedCast &cast : casts)
    remark::passed(cast.loc, remark::RemarkOpts::name("cast").category("mp"))
        << remark::reason("{0} of {1} from {2} to {3}", getWord(cast.kind),
                          cast.value, toText(cast.from), toText(cast.to));
}

/// Keys in alphabetic order, as within each entry.
void Explanation::print(raw_ostream &os) const {
  int64_t count[4] = {}, bytes = 0;
  llvm::json::OStream json(os, /*IndentSize=*/2);
  auto printEntries = [&](StringRef key, ArrayRef<Entry> list) {
    json.attributeArray(key, [&] {
      for (const Entry &entry : list)
        json.value(entry.object);
    });
  };
  json.objectBegin();
  json.attribute("assignment", assignment);
  json.attributeArray("casts", [&] {
    for (const PlacedCast &cast : casts) {
      ++count[unsigned(cast.kind)];
      if (cast.kind == PlacedCast::Kind::EachCall)
        bytes += cast.bytes;
      json.value(llvm::json::Object{{"value", cast.value},
                                    {"location", toText(cast.loc)},
                                    {"from", toText(cast.from)},
                                    {"to", toText(cast.to)},
                                    {"bytes", cast.bytes},
                                    {"when", getWord(cast.kind)}});
    }
  });
  printEntries("constants", constants);
  printEntries("ops", entries);
  json.attribute("placement", llvm::json::Object(placement));
  json.attribute("policy", policy);
  json.attribute(
      "totals",
      llvm::json::Object{
          {"ops", int64_t(entries.size())},
          {"low_ops", lowOps},
          {"casts", count[unsigned(PlacedCast::Kind::EachCall)]},
          {"cast_bytes", bytes},
          {"one_time_casts", count[unsigned(PlacedCast::Kind::OneTime)]},
          {"folded_constants", count[unsigned(PlacedCast::Kind::Folded)]}});
  json.attribute("version", 1);
  json.objectEnd();
  os << "\n";
}

llvm::Error Explanation::write(StringRef path) const {
  return llvm::writeToOutput(path, [&](raw_ostream &os) {
    print(os);
    return llvm::Error::success();
  });
}
