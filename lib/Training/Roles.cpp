#include "mp/Training/Roles.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::mp;

static StringRef getString(DictionaryAttr attrs, StringRef name) {
  auto attr = attrs ? attrs.getAs<StringAttr>(name) : StringAttr();
  return attr ? attr.getValue() : StringRef();
}

StringRef mp::getArgRole(func::FuncOp function, unsigned index) {
  return getString(function.getArgAttrDict(index), kRoleAttrName);
}
StringRef mp::getArgName(func::FuncOp function, unsigned index) {
  return getString(function.getArgAttrDict(index), kNameAttrName);
}
StringRef mp::getResultRole(func::FuncOp function, unsigned index) {
  return getString(function.getResultAttrDict(index), kRoleAttrName);
}
StringRef mp::getResultName(func::FuncOp function, unsigned index) {
  return getString(function.getResultAttrDict(index), kNameAttrName);
}

LogicalResult mp::verifyRoles(func::FuncOp function) {
  auto verify = [&](StringRef kind, unsigned index, DictionaryAttr attrs) {
    for (StringRef name : {kRoleAttrName, kNameAttrName})
      if (Attribute attr = attrs ? attrs.get(name) : Attribute();
          attr && !isa<StringAttr>(attr))
        return LogicalResult(function.emitError()
                             << "expected '" << name << "' of " << kind << " "
                             << index << " of '" << function.getName()
                             << "' to be a string, but got " << attr);
    return success();
  };
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (failed(verify("argument", i, function.getArgAttrDict(i))))
      return failure();
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (failed(verify("result", i, function.getResultAttrDict(i))))
      return failure();
  return success();
}

/// The element type that the sidecar's numpy-style name means; null if unknown.
static Type parseDtype(MLIRContext *context, StringRef name) {
  auto integer = [&](unsigned width, bool isUnsigned) -> Type {
    return IntegerType::get(context, width,
                            isUnsigned ? IntegerType::Unsigned
                                       : IntegerType::Signless);
  };
  Builder b(context);
  return llvm::StringSwitch<Type>(name)
      .Case("float64", b.getF64Type())
      .Case("float32", b.getF32Type())
      .Case("float16", b.getF16Type())
      .Case("bfloat16", b.getBF16Type())
      .Case("float8_e4m3fn", Float8E4M3FNType::get(context))
      .Case("float8_e5m2", Float8E5M2Type::get(context))
      .Case("complex64", ComplexType::get(b.getF32Type()))
      .Case("complex128", ComplexType::get(b.getF64Type()))
      .Case("bool", b.getI1Type())
      .Case("int4", integer(4, false))
      .Case("int8", integer(8, false))
      .Case("int16", integer(16, false))
      .Case("int32", integer(32, false))
      .Case("int64", integer(64, false))
      .Case("uint4", integer(4, true))
      .Case("uint8", integer(8, true))
      .Case("uint16", integer(16, true))
      .Case("uint32", integer(32, true))
      .Case("uint64", integer(64, true))
      .Default(Type());
}

namespace {

/// What the sidecar says of one argument or result.
struct Entry {
  unsigned index;
  std::string name, role;
};

/// Reads one sidecar against one module.
class SidecarReader {
public:
  SidecarReader(ModuleOp module, StringRef path)
      : module(module),
        location(FileLineColLoc::get(module.getContext(), path, 0, 0)) {}

  LogicalResult readFunction(StringRef name, const llvm::json::Object &entry);
  void apply();

  InFlightDiagnostic error() { return emitError(location); }

private:
  LogicalResult readList(func::FuncOp function, const llvm::json::Object &entry,
                         StringRef key, TypeRange types,
                         SmallVector<Entry> &entries);
  LogicalResult readEntry(func::FuncOp function, const llvm::json::Value &value,
                          StringRef key, TypeRange types, Entry &out);
  LogicalResult checkKeys(func::FuncOp function,
                          const llvm::json::Object &object, StringRef list,
                          unsigned index);
  LogicalResult checkType(func::FuncOp function,
                          const llvm::json::Object &object, StringRef what,
                          Type type);

  struct Function {
    func::FuncOp op;
    SmallVector<Entry> args, results;
  };
  ModuleOp module;
  Location location;
  SmallVector<Function> functions;
};

} // namespace

LogicalResult SidecarReader::readFunction(StringRef name,
                                          const llvm::json::Object &entry) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function)
    return error() << "roles are given for function '" << name
                   << "', which the module does not have";
  functions.push_back({function, {}, {}});
  if (failed(readList(function, entry, "args", function.getArgumentTypes(),
                      functions.back().args)))
    return failure();
  return readList(function, entry, "results", function.getResultTypes(),
                  functions.back().results);
}

LogicalResult SidecarReader::readList(func::FuncOp function,
                                      const llvm::json::Object &entry,
                                      StringRef key, TypeRange types,
                                      SmallVector<Entry> &entries) {
  const llvm::json::Value *value = entry.get(key);
  if (!value)
    return success();
  const llvm::json::Array *list = value->getAsArray();
  if (!list)
    return error() << "expected '" << key << "' of function '"
                   << function.getName() << "' to be a list";
  llvm::SmallDenseSet<unsigned> seen;
  llvm::StringMap<unsigned> names;
  for (auto [position, item] : llvm::enumerate(*list)) {
    Entry parsed;
    parsed.index = position;
    if (failed(readEntry(function, item, key, types, parsed)))
      return failure();
    if (!seen.insert(parsed.index).second)
      return error() << "'" << key << "' of function '" << function.getName()
                     << "' gives index " << parsed.index << " twice";
    if (auto [known, isNew] = names.try_emplace(parsed.name, parsed.index);
        !isNew && !parsed.name.empty())
      return error() << "'" << key << "' of function '" << function.getName()
                     << "' gives the name '" << parsed.name << "' twice, to "
                     << known->second << " and " << parsed.index;
    entries.push_back(std::move(parsed));
  }
  return success();
}

LogicalResult SidecarReader::readEntry(func::FuncOp function,
                                       const llvm::json::Value &value,
                                       StringRef key, TypeRange types,
                                       Entry &out) {
  const llvm::json::Object *object = value.getAsObject();
  std::optional<int64_t> index = out.index;
  if (object && object->get("index"))
    index = object->getInteger("index");
  if (!object || !index)
    return error() << "expected each of '" << key << "' of function '"
                   << function.getName()
                   << "' to be an object, its 'index' an integer";
  if (*index < 0 || *index >= int64_t(types.size()))
    return error() << "'" << key << "' of function '" << function.getName()
                   << "' speaks of index " << *index
                   << ", but the function has " << types.size();
  for (StringRef text : {"name", "role", "dtype"})
    if (object->get(text) && !object->getString(text))
      return error() << "expected '" << text << "' of '" << key << "' "
                     << *index << " of function '" << function.getName()
                     << "' to be a string";
  if (failed(checkKeys(function, *object, key, *index)))
    return failure();
  out.index = *index;
  out.name = object->getString("name").value_or("").str();
  StringRef role = object->getString("role").value_or("");
  role.consume_front("new_");
  out.role = role.str();
  std::string what = (key.drop_back() + " " + Twine(*index)).str();
  return checkType(function, *object, what, types[*index]);
}

/// Exporters may add keys of their own, but not one that is a slip of the pen.
LogicalResult SidecarReader::checkKeys(func::FuncOp function,
                                       const llvm::json::Object &object,
                                       StringRef list, unsigned index) {
  static constexpr StringLiteral known[] = {"index", "name", "role", "shape",
                                            "dtype"};
  for (const auto &[key, _] : object) {
    StringRef word = key;
    if (llvm::is_contained(known, word))
      continue;
    for (StringRef right : known)
      if (word.size() > 2 && word.edit_distance_insensitive(right) <= 2)
        return error() << "unknown key '" << word << "' of '" << list << "' "
                       << index << " of function '" << function.getName()
                       << "'; expected '" << right << "'?";
  }
  return success();
}

LogicalResult SidecarReader::checkType(func::FuncOp function,
                                       const llvm::json::Object &object,
                                       StringRef what, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return success();
  const llvm::json::Array *shape = object.getArray("shape");
  if (object.get("shape") && !shape)
    return error() << "expected 'shape' of " << what << " of function '"
                   << function.getName() << "' to be a list of sizes";
  if (shape) {
    SmallVector<int64_t> sizes;
    for (const llvm::json::Value &size : *shape)
      sizes.push_back(size.getAsInteger().value_or(-1));
    if (ArrayRef<int64_t>(sizes) != tensor.getShape()) {
      auto diagnostic = function.emitError()
                        << what << " of function '" << function.getName()
                        << "' is " << type
                        << ", but the roles give it the shape [";
      llvm::interleaveComma(sizes, diagnostic);
      return diagnostic << "]";
    }
  }
  if (std::optional<StringRef> dtype = object.getString("dtype")) {
    Type expected = parseDtype(module.getContext(), *dtype);
    if (!expected)
      return error() << "unknown dtype '" << *dtype << "' of " << what
                     << " of function '" << function.getName() << "'";
    if (expected != tensor.getElementType())
      return function.emitError()
             << what << " of function '" << function.getName() << "' is "
             << type << ", but the roles give it the type " << *dtype;
  }
  return success();
}

void SidecarReader::apply() {
  Builder b(module.getContext());
  for (Function &function : functions) {
    for (const Entry &arg : function.args) {
      if (!arg.name.empty())
        function.op.setArgAttr(arg.index, kNameAttrName,
                               b.getStringAttr(arg.name));
      if (!arg.role.empty())
        function.op.setArgAttr(arg.index, kRoleAttrName,
                               b.getStringAttr(arg.role));
    }
    for (const Entry &result : function.results) {
      if (!result.name.empty())
        function.op.setResultAttr(result.index, kNameAttrName,
                                  b.getStringAttr(result.name));
      if (!result.role.empty())
        function.op.setResultAttr(result.index, kRoleAttrName,
                                  b.getStringAttr(result.role));
    }
  }
}

LogicalResult mp::assignRoles(ModuleOp module, StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return SidecarReader(module, path).error()
           << "cannot read the roles: " << buffer.getError().message();
  return assignRoles(module, path, (*buffer)->getBuffer());
}

LogicalResult mp::assignRoles(ModuleOp module, StringRef path, StringRef text) {
  SidecarReader reader(module, path);
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json)
    return reader.error() << "the roles are not JSON: "
                          << llvm::toString(json.takeError());
  const llvm::json::Object *top = json->getAsObject();
  if (!top)
    return reader.error() << "expected the roles to be a JSON object";

  if (!top->get("entries") && !top->get("args") && !top->get("results"))
    return reader.error()
           << "expected 'args', 'results' or 'entries' in the roles";
  if (top->get("entries") && (top->get("args") || top->get("results")))
    return reader.error() << "expected 'entries', or 'args' and 'results' of "
                             "one function, but got both";
  if (const llvm::json::Value *entries = top->get("entries")) {
    const llvm::json::Object *object = entries->getAsObject();
    if (!object)
      return reader.error() << "expected 'entries' to be an object";
    for (const auto &[name, value] : *object) {
      const llvm::json::Object *entry = value.getAsObject();
      if (!entry)
        return reader.error() << "expected the entry of function '"
                              << StringRef(name) << "' to be an object";
      if (failed(reader.readFunction(name, *entry)))
        return failure();
    }
  } else if (failed(reader.readFunction(
                 top->getString("entry").value_or("main"), *top))) {
    return failure();
  }
  reader.apply();
  return success();
}
