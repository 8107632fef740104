#include "mp/Tools/Roles.h"

#include "mp/IR/MPOps.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::mp;

namespace json = llvm::json;

/// What NumPy and ml_dtypes call an element type.
static std::string getDtypeName(Type type) {
  std::string name;
  llvm::raw_string_ostream os(name);
  if (type.isInteger(1))
    os << "bool";
  else if (auto integer = dyn_cast<IntegerType>(type))
    os << (integer.isUnsigned() ? "uint" : "int") << integer.getWidth();
  else if (type.isBF16())
    os << "bfloat16";
  else if (isa<Float16Type, Float32Type, Float64Type>(type))
    os << "float" << type.getIntOrFloatBitWidth();
  else if (auto complex = dyn_cast<ComplexType>(type))
    os << "complex" << 2 * complex.getElementType().getIntOrFloatBitWidth();
  else if (isa<FloatType>(type)) {
    // f8E4M3FN is float8_e4m3fn.
    std::string text;
    llvm::raw_string_ostream(text) << type;
    os << "float" << text[1] << '_' << StringRef(text).drop_front(2).lower();
  } else {
    os << type;
  }
  return name;
}

namespace {
/// Checks and applies the entries of one function.
class RoleReader {
public:
  RoleReader(FunctionOpInterface func, StringRef path) : func(func), path(path) {}

  LogicalResult apply(const json::Object &entry) {
    return success(
        succeeded(applyList(entry, "args", /*isResult=*/false)) &&
        succeeded(applyList(entry, "results", /*isResult=*/true)));
  }

private:
  InFlightDiagnostic error() {
    return func.emitError("roles file '")
           << path << "' does not fit function '" << func.getName() << "': ";
  }
  LogicalResult applyList(const json::Object &entry, StringRef key, bool isResult);
  LogicalResult applyValue(const json::Object &value, int64_t index, bool isResult);
  LogicalResult checkType(const json::Object &value, Type type,
                          const Twine &what);

  FunctionOpInterface func;
  StringRef path;
};
} // namespace

LogicalResult RoleReader::checkType(const json::Object &value, Type type,
                                    const Twine &what) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return error() << what << " is " << type << ", which is no tensor";
  if (const json::Array *shape = value.getArray("shape")) {
    SmallVector<int64_t> sizes;
    for (const json::Value &size : *shape)
      sizes.push_back(size.getAsInteger().value_or(-1));
    if (ArrayRef(sizes) != tensor.getShape())
      return error() << what << " has shape [" << sizes
                     << "] in the file, but type " << tensor;
  }
  if (std::optional<StringRef> dtype = value.getString("dtype")) {
    std::string found = getDtypeName(tensor.getElementType());
    // Signless integers may have been either.
    StringRef expected = *dtype;
    bool same = expected == found ||
                (tensor.getElementType().isSignlessInteger() &&
                 expected.ltrim('u') == found);
    if (!same)
      return error() << what << " has dtype " << expected
                     << " in the file, but type " << tensor;
  }
  return success();
}

LogicalResult RoleReader::applyValue(const json::Object &value, int64_t index,
                                     bool isResult) {
  index = value.getInteger("index").value_or(index);
  StringRef kind = isResult ? "result" : "argument";
  int64_t count = isResult ? func.getNumResults() : func.getNumArguments();
  if (index < 0 || index >= count)
    return error() << "it names " << kind << " #" << index << ", but there are "
                   << count;
  Type type = isResult ? func.getResultTypes()[index]
                       : func.getArgumentTypes()[index];
  if (failed(checkType(value, type, kind + " #" + Twine(index))))
    return failure();
  for (auto [key, attr] : {std::make_pair("name", kNameAttrName),
                           std::make_pair("role", kRoleAttrName)}) {
    std::optional<StringRef> text = value.getString(key);
    if (!text)
      continue;
    auto string = StringAttr::get(func.getContext(), *text);
    if (isResult)
      func.setResultAttr(index, attr, string);
    else
      func.setArgAttr(index, attr, string);
  }
  return success();
}

LogicalResult RoleReader::applyList(const json::Object &entry, StringRef key,
                                    bool isResult) {
  const json::Value *list = entry.get(key);
  if (!list)
    return success();
  const json::Array *values = list->getAsArray();
  if (!values)
    return error() << "expected '" << key << "' to be a list";
  for (auto [i, value] : llvm::enumerate(*values)) {
    const json::Object *object = value.getAsObject();
    if (!object)
      return error() << "expected '" << key << "' to be a list of objects";
    if (failed(applyValue(*object, i, isResult)))
      return failure();
  }
  return success();
}

static LogicalResult applyEntry(ModuleOp module, StringRef path, StringRef name,
                                const json::Value &entry) {
  const json::Object *object = entry.getAsObject();
  if (!object)
    return emitError(UnknownLoc::get(module.getContext()))
           << "roles file '" << path << "': expected entry '" << name
           << "' to be an object";
  auto func = dyn_cast_or_null<FunctionOpInterface>(module.lookupSymbol(name));
  if (!func)
    return emitError(UnknownLoc::get(module.getContext()))
           << "roles file '" << path << "' names function '" << name
           << "', which the module does not have";
  return RoleReader(func, path).apply(*object);
}

LogicalResult mp::applyRoles(ModuleOp module, StringRef path) {
  Location loc = UnknownLoc::get(module.getContext());
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return emitError(loc) << "cannot read roles file '" << path
                          << "': " << buffer.getError().message();
  llvm::Expected<json::Value> parsed = json::parse((*buffer)->getBuffer());
  if (!parsed)
    return emitError(loc) << "cannot read roles file '" << path
                          << "': " << llvm::toString(parsed.takeError());
  const json::Object *file = parsed->getAsObject();
  if (!file)
    return emitError(loc) << "roles file '" << path
                          << "': expected a JSON object";
  if (const json::Object *entries = file->getObject("entries")) {
    for (const auto &[name, entry] : *entries)
      if (failed(applyEntry(module, path, name.str(), entry)))
        return failure();
    return success();
  }
  if (!file->get("args") && !file->get("results"))
    return emitError(loc) << "roles file '" << path
                          << "': expected 'args', 'results' or 'entries'";
  return applyEntry(module, path, file->getString("entry").value_or("main"),
                    *parsed);
}
