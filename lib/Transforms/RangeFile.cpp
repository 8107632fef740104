#include "RangeFile.h"

#include "Decision.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::mp;

SmallVector<Value> mp::findArguments(Operation *root, StringRef name) {
  SmallVector<Value> found;
  root->walk([&](FunctionOpInterface function) {
    for (BlockArgument argument : function.getArguments()) {
      unsigned index = argument.getArgNumber();
      std::string number = std::to_string(index);
      auto given = function.getArgAttrOfType<StringAttr>(index, "mp.name");
      if ((given && given.getValue() == name) || name == "arg" + number ||
          name == function.getName().str() + "/argument#" + number)
        found.push_back(argument);
    }
  });
  return found;
}

/// One entry of the file, or nothing where it is malformed. A value without
/// elements has a range that is empty.
static std::optional<FloatRange> readRange(const llvm::json::Object &entry) {
  FloatRange range;
  std::optional<double> low = entry.getNumber("min"),
                        high = entry.getNumber("max");
  double smallest = entry.getNumber("absmin_nonzero").value_or(0);
  if (low.has_value() != high.has_value() || (low && !(*low <= *high)) ||
      smallest < 0 ||
      (low && smallest > std::max(std::abs(*low), std::abs(*high))))
    return std::nullopt;
  if (low)
    range = FloatRange::between(*low, *high, smallest);
  range.nan = entry.getNumber("nan").value_or(0) > 0;
  range.posInf = range.negInf = entry.getNumber("inf").value_or(0) > 0;
  return range;
}

FailureOr<RangeAssumptions> mp::readRecordedRanges(StringRef path,
                                                   Operation *root) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return emitError(FileLineColLoc::get(root->getContext(), path, 1, 1))
           << "cannot read the ranges: " << buffer.getError().message();
  return parseRecordedRanges((*buffer)->getBuffer(), path, root);
}

FailureOr<RangeAssumptions>
mp::parseRecordedRanges(StringRef text, StringRef path, Operation *root) {
  MLIRContext *context = root->getContext();
  auto fail = [&](const Twine &message) {
    return emitError(FileLineColLoc::get(context, path, 1, 1)) << message;
  };
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json)
    return fail("ranges are not JSON: " + llvm::toString(json.takeError()));
  const llvm::json::Object *file = json->getAsObject();
  if (!file || file->getString("format") != StringRef("mp-ranges"))
    return fail("expected ranges, an object with '\"format\": \"mp-ranges\"'");
  if (file->getInteger("version") != 1)
    return fail("expected ranges of version 1");
  const llvm::json::Array *values = file->getArray("values");
  if (!values)
    return fail("expected a list 'values' in the ranges");

  OpIds ids(root);
  llvm::StringMap<Operation *> ops;
  walkDecidedOps(root, [&](Operation *op) { ops[ids.get(op)] = op; });
  RangeAssumptions found;
  unsigned missing = 0;
  std::string example;
  for (auto [index, value] : llvm::enumerate(*values)) {
    const llvm::json::Object *entry = value.getAsObject();
    std::optional<StringRef> id, name;
    if (entry) {
      id = entry->getString("id");
      name = entry->getString("name");
    }
    std::optional<FloatRange> range;
    if (id || name)
      range = readRange(*entry);
    if (!range)
      return fail(
          "value " + Twine(index) +
          " of the ranges has no 'id' or 'name', no 'max' for its 'min', "
          "or an 'absmin_nonzero' that is not between them");
    SmallVector<Value> targets;
    if (id) {
      Operation *op = ops.lookup(*id);
      int64_t result = entry->getInteger("result").value_or(0);
      if (op && result >= 0 && result < op->getNumResults())
        targets.push_back(op->getResult(result));
    }
    if (targets.empty() && id)
      targets = findArguments(root, *id);
    if (targets.empty() && name)
      targets = findArguments(root, *name);
    if (targets.empty() && !missing++)
      example = (id ? *id : *name).str();
    for (Value target : targets) {
      FloatRange &known = found[target];
      known = FloatRange::join(known, *range);
    }
  }
  if (found.empty())
    return fail("the ranges are of another model: it has no value '" + example +
                "'");
  if (missing)
    emitWarning(FileLineColLoc::get(context, path, 1, 1))
        << missing << " recorded values are not in the model, the first is '"
        << example << "'";
  return found;
}
