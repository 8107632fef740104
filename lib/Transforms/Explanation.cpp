#include "Explanation.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/FileUtilities.h"

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

Explanation::Explanation(Operation *root) : ids(root) {
  if (auto attr = root->getAttrOfType<StringAttr>(attr::policy))
    policy = attr.getValue();
  if (auto figures = root->getAttrOfType<DictionaryAttr>(attr::placement))
    for (NamedAttribute figure : figures)
      if (auto number = dyn_cast<IntegerAttr>(figure.getValue()))
        placement[figure.getName().getValue()] = number.getInt();
  walkDecidedOps(root, [&](Operation *op) {
    std::optional<Decision> decision = getDecision(op);
    if (!decision)
      return;
    auto precision = op->getAttrOfType<PrecisionAttr>(attr::precision);
    auto opClass = op->getAttrOfType<StringAttr>(attr::opClass);
    auto pattern = op->getAttrOfType<StringAttr>(attr::pattern);
    auto function = op->getParentOfType<FunctionOpInterface>();
    llvm::json::Object object{{"id", ids.get(op).str()},
                              {"op", op->getName().getStringRef().str()},
                              {"location", toText(op->getLoc())},
                              {"action", stringify(decision->action).str()},
                              {"rule", decision->rule.str()},
                              {"why", decision->why.str()}};
    if (function)
      object["function"] = function.getName().str();
    SmallVector<std::string> locationNames;
    collectLocationNames(op->getLoc(), locationNames);
    if (!locationNames.empty())
      object["name"] = locationNames.front();
    if (opClass)
      object["class"] = opClass.getValue().str();
    if (pattern)
      object["pattern"] = pattern.getValue().str();
    std::string text = "as written";
    if (precision) {
      object["compute"] = toText(precision.getCompute());
      object["accumulate"] = toText(precision.getAccumulate());
      object["result"] = toText(precision.getResult());
      text = toText(precision.getCompute());
      if (!precision.getCompute().isF32())
        ++lowOps;
    }
    if (decision->line) {
      object["policy"] = decision->policy.str();
      object["file"] = decision->file.str();
      object["line"] = decision->line;
      object["column"] = decision->column;
    }
    text += ", rule '" + decision->rule.str() + "': " + decision->why.str();
    if (!decision->inheritedFrom.empty()) {
      object["inherited_from"] = decision->inheritedFrom.str();
      text += " (inherited from " + decision->inheritedFrom.str() + ")";
    }
    entries.push_back({op->getLoc(), std::move(object), std::move(text)});
  });
}

static StringRef getWord(PlacedCast::Kind kind) {
  switch (kind) {
  case PlacedCast::Kind::EachCall:
    return "each-call";
  case PlacedCast::Kind::OneTime:
    return "one-time";
  case PlacedCast::Kind::Folded:
    return "folded";
  }
  return "";
}

void Explanation::emitRemarks() const {
  for (const Entry &entry : entries)
    remark::analysis(entry.loc,
                     remark::RemarkOpts::name("decision").category("mp"))
        << remark::reason("{0}", entry.text);
  for (const PlacedCast &cast : casts)
    remark::passed(cast.loc, remark::RemarkOpts::name("cast").category("mp"))
        << remark::reason("{0} of {1} from {2} to {3}", getWord(cast.kind),
                          cast.value, toText(cast.from), toText(cast.to));
}

llvm::Error Explanation::write(StringRef path) const {
  int64_t count[3] = {}, bytes = 0;
  llvm::json::Array castList;
  for (const PlacedCast &cast : casts) {
    ++count[unsigned(cast.kind)];
    if (cast.kind == PlacedCast::Kind::EachCall)
      bytes += cast.bytes;
    castList.push_back(llvm::json::Object{{"value", cast.value},
                                          {"location", toText(cast.loc)},
                                          {"from", toText(cast.from)},
                                          {"to", toText(cast.to)},
                                          {"bytes", cast.bytes},
                                          {"when", getWord(cast.kind)}});
  }
  llvm::json::Array ops;
  for (const Entry &entry : entries)
    ops.push_back(llvm::json::Object(entry.object));
  llvm::json::Object totals{
      {"ops", int64_t(entries.size())},
      {"low_ops", lowOps},
      {"casts", count[unsigned(PlacedCast::Kind::EachCall)]},
      {"cast_bytes", bytes},
      {"one_time_casts", count[unsigned(PlacedCast::Kind::OneTime)]},
      {"folded_constants", count[unsigned(PlacedCast::Kind::Folded)]}};
  llvm::json::Object file{{"version", 1},
                          {"policy", policy},
                          {"ops", std::move(ops)},
                          {"casts", std::move(castList)},
                          {"placement", llvm::json::Object(placement)},
                          {"totals", std::move(totals)}};
  return llvm::writeToOutput(path, [&](raw_ostream &os) {
    os << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(file)));
    return llvm::Error::success();
  });
}
