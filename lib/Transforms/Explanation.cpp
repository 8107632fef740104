#include "Explanation.h"

#include "Recomputation.h"

#include "mp/Analysis/OpSubject.h"
#include "mp/Transforms/OutputFile.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
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

Explanation::Explanation(Operation *root, const OpIds &ids, CostModel &costs)
    : ids(ids) {
  if (auto attr = root->getAttrOfType<StringAttr>(attr::policy))
    policy = attr.getValue();
  if (auto figures = root->getAttrOfType<DictionaryAttr>(attr::placement))
    for (NamedAttribute figure : figures)
      if (auto number = dyn_cast<IntegerAttr>(figure.getValue()))
        placement[figure.getName().getValue()] = number.getInt();
  if (std::optional<int64_t> cost = placement.getInteger("cost"))
    placement["optimal"] = cost == placement.getInteger("lower_bound");
  Recomputation again(root);
  llvm::SHA256 chosen;
  llvm::DenseMap<Type, std::string> texts;
  walkDecidedOps(root, [&](Operation *op) {
    auto decision = op->getAttrOfType<DictionaryAttr>(attr::decision);
    if (!decision)
      return;
    auto function = op->getParentOfType<FunctionOpInterface>();
    Entry entry{op->getLoc(),
                op->getName(),
                ids.get(op),
                ids.get(again.getOriginal(op)),
                function ? function.getNameAttr() : StringAttr(),
                op->getAttrOfType<StringAttr>(attr::opClass),
                op->getAttrOfType<StringAttr>(attr::pattern),
                op->getAttrOfType<PrecisionAttr>(attr::precision),
                decision};
    lowOps += entry.precision && !entry.precision.getCompute().isF32();
    chosen.update(entry.id);
    if (auto formats = op->getAttrOfType<ArrayAttr>(attr::formats))
      for (Type format : formats.getAsValueRange<TypeAttr>()) {
        std::string &text = texts[format];
        if (text.empty())
          text = toText(format);
        chosen.update(text);
      }
    addProduct(op, entry.precision, costs);
    addKeptConstants(op);
    entries.push_back(entry);
  });
  assignment = llvm::toHex(chosen.final(), /*LowerCase=*/true);
}

void Explanation::addProduct(Operation *op, PrecisionAttr precision,
                             CostModel &costs) {
  auto product = dyn_cast<PrecisionOpInterface>(op);
  if (!product)
    return;
  OpClass opClass = product.getPrecisionClass();
  if (opClass != OpClass::Contraction && opClass != OpClass::Convolution)
    return;
  Type format = precision ? precision.getCompute()
                          : getElementTypeOrSelf(op->getOperand(0).getType());
  productWork[format] += costs.getProductWork(product);
}

llvm::json::Object Explanation::describe(const Entry &entry) {
  Decision decision = *getDecision(entry.decision);
  llvm::json::Object object{{"id", entry.id},
                            {"op", entry.name.getStringRef()},
                            {"location", toText(entry.loc)},
                            {"class", entry.opClass
                                          ? entry.opClass.getValue()
                                          : stringifyOpClass(OpClass::Opaque)},
                            {"action", stringify(decision.action)},
                            {"rule", decision.rule},
                            {"why", decision.why}};
  if (entry.function)
    object["function"] = entry.function.getValue();
  SmallVector<std::string> locationNames;
  collectLocationNames(entry.loc, locationNames);
  if (!locationNames.empty())
    object["name"] = locationNames.front();
  if (!entry.tiedTo.empty())
    object["tied_to"] = entry.tiedTo;
  if (entry.pattern)
    object["pattern"] = entry.pattern.getValue();
  if (entry.precision) {
    object["compute"] = toText(entry.precision.getCompute());
    object["accumulate"] = toText(entry.precision.getAccumulate());
    object["result"] = toText(entry.precision.getResult());
  }
  if (decision.line) {
    object["policy"] = decision.policy;
    object["file"] = decision.file;
    object["line"] = decision.line;
    object["column"] = decision.column;
  }
  if (!decision.fit.empty())
    object["fit"] = decision.fit;
  if (decision.inheritedFrom.empty())
    return object;
  object["inherited_from"] = decision.inheritedFrom;
  if (Chain chain = getChain(decision); !chain.ids.empty())
    object["chain"] = llvm::json::Array(chain.ids);
  return object;
}

std::string Explanation::getText(const Entry &entry) {
  Decision decision = *getDecision(entry.decision);
  std::string text =
      entry.precision ? toText(entry.precision.getCompute()) : "as written";
  text += ", rule '" + decision.rule.str() + "': " + decision.why.str();
  if (Chain chain = getChain(decision); !chain.ids.empty())
    text += " (wide because of " + llvm::join(chain.ids, " <- ") +
            (chain.isWhole ? "" : " <- ...") + ", rule '" + chain.rule.str() +
            "')";
  if (!entry.tiedTo.empty())
    text += " (computes " + entry.tiedTo.str() + " again)";
  return text;
}

Explanation::Chain Explanation::getChain(const Decision &decision) {
  constexpr unsigned longest = 16;
  Chain chain;
  StringRef from = decision.inheritedFrom;
  if (!from.empty() && indexOfId.empty())
    for (auto [i, entry] : llvm::enumerate(entries))
      indexOfId[entry.id] = i;
  while (!from.empty()) {
    auto it = indexOfId.find(from);
    if (it == indexOfId.end())
      break;
    Decision origin = *getDecision(entries[it->second].decision);
    chain.rule = origin.rule;
    if (chain.ids.size() == longest) {
      chain.isWhole = false;
      break;
    }
    chain.ids.push_back(from);
    from = origin.inheritedFrom;
  }
  return chain;
}

/// "96.5 % f16, 3.5 % f32"; empty where there are no products.
std::string Explanation::getProductText() const {
  double all = 0;
  for (auto [format, work] : productWork)
    all += work;
  std::string text;
  llvm::raw_string_ostream os(text);
  for (auto [format, work] : productWork)
    os << (text.empty() ? "" : ", ")
       << llvm::format("%.1f %% ", all ? 100 * work / all : 0) << format;
  return text;
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
                              const ConstantLoss &loss, bool isKept) {
  constants.push_back({loc, value.str(), to, loss, isKept});
}

/// Where the engine, rather than a rule, made an op wide, what it reads may be
/// constants that would have been lost.
void Explanation::addKeptConstants(Operation *op) {
  if (op->getAttrOfType<DictionaryAttr>(attr::decision).contains("at"))
    return;
  std::optional<Decision> decision = getDecision(op);
  if (decision->action != Action::Deny || !decision->low)
    return;
  for (Value operand : op->getOperands()) {
    // A scalar usually reaches its use through a broadcast.
    while (auto mover = operand.getDefiningOp<PrecisionOpInterface>()) {
      if (mover.getMeaning() != Meaning::Broadcast &&
          mover.getMeaning() != Meaning::Reshape)
        break;
      operand = mover.getMeaningOperands().front();
    }
    ElementsAttr constant = getConstant(operand);
    if (!constant || !keptConstants.insert(operand.getDefiningOp()).second)
      continue;
    ConstantLoss loss = ConstantLoss::measure(constant, decision->low);
    if (loss.overflowed || loss.flushed)
      addConstant(operand.getLoc(), getName(operand.getDefiningOp()),
                  decision->low, loss, /*isKept=*/true);
  }
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

static remark::RemarkOpts getRemarkOptions(StringRef name) {
  return remark::RemarkOpts::name(name).category("mp");
}

Explanation::Remarks::Remarks(Location loc)
    : decisions(remark::analysis(loc, getRemarkOptions("decisions"))),
      casts(remark::passed(loc, getRemarkOptions("products"))),
      constants(remark::missed(loc, getRemarkOptions("constants"))) {}

void Explanation::emit(Remarks remarks) {
  // Whoever does not ask for remarks does not wait for their words.
  for (const Entry &entry : entries)
    if (auto remark = remark::analysis(entry.loc, getRemarkOptions("decision")))
      remark << remark::metric("Id", entry.id)
             << remark::reason("{0}", getText(entry));
  for (const Constant &constant : constants)
    remark::missed(constant.loc, getRemarkOptions("constant"))
        << remark::reason("of {0} elements of {1}, in {2} {3} overflow, {4} "
                          "become zero and {5} lose more than half of their "
                          "digits{6}",
                          constant.loss.elements, constant.value,
                          toText(constant.to), constant.loss.overflowed,
                          constant.loss.flushed, constant.loss.coarse,
                          constant.isKept ? ", so what reads it stays f32"
                                          : "");
  for (const PlacedCast &cast : casts)
    if (auto remark = remark::passed(cast.loc, getRemarkOptions("cast")))
      remark << remark::reason("{0} of {1} from {2} to {3}", getWord(cast.kind),
                               cast.value, toText(cast.from), toText(cast.to));
  for (const Excess &item : excess)
    remark::passed(item.loc, getRemarkOptions("excess")) << remark::reason(
        "read as {0}, and not rounded to {1} as written, since the policy "
        "allows excess precision",
        toText(item.kept), toText(item.skipped));
  remarks.decisions << remark::reason("{0} of {1} ops compute below f32",
                                      lowOps, entries.size());
  remarks.constants << remark::reason("{0} constants lose digits",
                                      constants.size());
  remarks.casts << remark::reason(
      "{0} casts; contraction FLOPs: {1}", casts.size(),
      productWork.empty() ? "none" : getProductText());
}

/// Keys in alphabetic order, as within each entry.
void Explanation::print(raw_ostream &os) {
  int64_t count[4] = {}, bytes = 0;
  llvm::json::OStream json(os, /*IndentSize=*/2);
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
  json.attributeArray("constants", [&] {
    for (const Constant &constant : constants)
      json.value(llvm::json::Object{{"value", constant.value},
                                    {"location", toText(constant.loc)},
                                    {"to", toText(constant.to)},
                                    {"elements", constant.loss.elements},
                                    {"overflowed", constant.loss.overflowed},
                                    {"flushed", constant.loss.flushed},
                                    {"coarse", constant.loss.coarse},
                                    {"kept", constant.isKept}});
  });
  json.attributeArray("excess", [&] {
    for (const Excess &item : excess)
      json.value(llvm::json::Object{{"location", toText(item.loc)},
                                    {"kept", toText(item.kept)},
                                    {"skipped", toText(item.skipped)}});
  });
  json.attributeArray("ops", [&] {
    for (const Entry &entry : entries)
      json.value(describe(entry));
  });
  json.attribute("placement", llvm::json::Object(placement));
  json.attribute("policy", policy);
  llvm::json::Object work;
  for (auto [format, amount] : productWork)
    work[toText(format)] = amount;
  json.attribute(
      "totals",
      llvm::json::Object{
          {"ops", int64_t(entries.size())},
          {"low_ops", lowOps},
          {"casts", count[unsigned(PlacedCast::Kind::EachCall)]},
          {"cast_bytes", bytes},
          {"product_flops", std::move(work)},
          {"one_time_casts", count[unsigned(PlacedCast::Kind::OneTime)]},
          {"folded_constants", count[unsigned(PlacedCast::Kind::Folded)]}});
  json.attribute("version", 1);
  json.objectEnd();
  os << "\n";
}

llvm::Error Explanation::write(StringRef path) {
  return writeOutputFile(path, [&](raw_ostream &os) { print(os); });
}
