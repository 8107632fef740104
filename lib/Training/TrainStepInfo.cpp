#include "mp/Training/TrainStepInfo.h"

#include "mp/Training/Roles.h"

using namespace mlir;
using namespace mlir::mp;

static llvm::json::Value toJson(Attribute attr) {
  if (auto text = dyn_cast<StringAttr>(attr))
    return text.getValue();
  if (auto number = dyn_cast<FloatAttr>(attr))
    return number.getValueAsDouble();
  if (auto number = dyn_cast<IntegerAttr>(attr))
    return number.getValue().getSExtValue();
  if (auto list = dyn_cast<ArrayAttr>(attr)) {
    llvm::json::Array elements;
    for (Attribute element : list)
      elements.push_back(toJson(element));
    return elements;
  }
  llvm::json::Object object;
  if (auto dictionary = dyn_cast<DictionaryAttr>(attr))
    for (NamedAttribute member : dictionary)
      object[member.getName().getValue()] = toJson(member.getValue());
  return object;
}

llvm::json::Value mp::describeTrainStep(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    auto info = function->getAttrOfType<DictionaryAttr>(kTrainStepAttrName);
    if (!info)
      continue;
    llvm::json::Value json = toJson(info);
    llvm::json::Object initial;
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (Attribute value = function.getArgAttr(i, kInitialAttrName))
        initial[getArgName(function, i)] = toJson(value);
    json.getAsObject()->insert({"initial", std::move(initial)});
    return json;
  }
  return nullptr;
}
