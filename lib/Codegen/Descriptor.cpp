#include "Descriptor.h"

#include "mp/Program/ProgramForm.h"
#include "mp_rt/mp_rt_codegen.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/Endian.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace mlir;
using namespace mlir::mp;

// The structs below are written field by field; these say that C agrees.
static_assert(sizeof(mp_rt_value_desc) == 48, "mp_rt_value_desc has changed");
static_assert(sizeof(mp_rt_function_desc) == 80,
              "mp_rt_function_desc has changed");
static_assert(sizeof(mp_rt_model_desc) == 64, "mp_rt_model_desc has changed");

namespace {
class DescriptorWriter {
public:
  DescriptorWriter(llvm::Module &module, Location loc)
      : module(module), context(module.getContext()), loc(loc) {}

  FailureOr<llvm::Constant *>
  addModel(ArrayAttr functions, const CpuTarget &target, StringRef manifest);
  void addEntryPoint(llvm::Constant *model);
  void addNote(StringRef text);

private:
  llvm::Constant *integer(unsigned width, uint64_t value) {
    return llvm::ConstantInt::get(context,
                                  llvm::APInt(width, value, false, true));
  }
  llvm::Constant *text(StringRef string) {
    llvm::Constant *&known = texts[string];
    if (!known)
      known =
          global(llvm::ConstantDataArray::getString(context, string), "text");
    return known;
  }
  llvm::Constant *null() {
    return llvm::ConstantPointerNull::get(llvm::PointerType::get(context, 0));
  }
  llvm::Constant *global(llvm::Constant *value, StringRef name) {
    return new llvm::GlobalVariable(
        module, value->getType(), /*isConstant=*/true,
        llvm::GlobalValue::InternalLinkage, value, "mp.descriptor." + name);
  }
  /// An array of descriptors, or null if there are none.
  llvm::Constant *array(ArrayRef<llvm::Constant *> entries, StringRef name) {
    if (entries.empty())
      return null();
    auto *type =
        llvm::ArrayType::get(entries.front()->getType(), entries.size());
    return global(llvm::ConstantArray::get(type, entries), name);
  }
  llvm::Constant *structure(ArrayRef<llvm::Constant *> fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }
  llvm::Constant *function(DictionaryAttr description, StringRef key);
  FailureOr<llvm::Constant *> value(DictionaryAttr description,
                                    const Twine &name);
  FailureOr<llvm::Constant *> values(ArrayAttr descriptions, StringRef prefix);
  FailureOr<llvm::Constant *> addFunction(DictionaryAttr description);

  llvm::Module &module;
  llvm::LLVMContext &context;
  Location loc;
  llvm::StringMap<llvm::Constant *> texts;
};
} // namespace

static StringRef getText(DictionaryAttr dict, StringRef key) {
  auto attr = dict.getAs<StringAttr>(key);
  return attr ? attr.getValue() : StringRef();
}

static int64_t getNumber(DictionaryAttr dict, StringRef key, int64_t other) {
  auto attr = dict.getAs<IntegerAttr>(key);
  return attr ? attr.getInt() : other;
}

FailureOr<llvm::Constant *> DescriptorWriter::value(DictionaryAttr description,
                                                    const Twine &name) {
  auto typeAttr = description.getAs<TypeAttr>("type");
  auto type = typeAttr ? dyn_cast<RankedTensorType>(typeAttr.getValue())
                       : RankedTensorType();
  if (!type) {
    emitError(loc) << "expected '" << name << "' to have a tensor type";
    return failure();
  }
  FailureOr<int64_t> bytes = getBufferBytes(loc, type);
  if (failed(bytes))
    return failure();
  DataType data = getDataType(type.getElementType());
  StringRef given = getText(description, "name");
  SmallVector<uint64_t> shape(type.getShape());
  llvm::Constant *sizes =
      shape.empty()
          ? null()
          : global(llvm::ConstantDataArray::get(context, shape), "shape");
  return structure({integer(64, sizeof(mp_rt_value_desc)),
                    given.empty() ? text(name.str()) : text(given),
                    text(getText(description, "role")), sizes,
                    integer(32, shape.size()), integer(8, data.code),
                    integer(8, data.bits),
                    integer(16, getNumber(description, "donated_to", -1)),
                    integer(64, *bytes)});
}

FailureOr<llvm::Constant *> DescriptorWriter::values(ArrayAttr descriptions,
                                                     StringRef prefix) {
  SmallVector<llvm::Constant *> entries;
  for (auto [i, description] : llvm::enumerate(descriptions)) {
    auto entry = value(cast<DictionaryAttr>(description), prefix + Twine(i));
    if (failed(entry))
      return failure();
    entries.push_back(*entry);
  }
  return array(entries, prefix);
}

/// A hidden function of another object file.
llvm::Constant *DescriptorWriter::function(DictionaryAttr description,
                                           StringRef key) {
  auto symbol = description.getAs<FlatSymbolRefAttr>(key);
  if (!symbol)
    return null();
  auto *pointer = llvm::PointerType::get(context, 0);
  auto *type = llvm::FunctionType::get(
      llvm::Type::getInt32Ty(context),
      {pointer, pointer, pointer, pointer, pointer}, /*isVarArg=*/false);
  auto *declaration = cast<llvm::Function>(
      module.getOrInsertFunction(symbol.getValue(), type).getCallee());
  declaration->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return declaration;
}

FailureOr<llvm::Constant *>
DescriptorWriter::addFunction(DictionaryAttr description) {
  auto args = description.getAs<ArrayAttr>("args");
  auto results = description.getAs<ArrayAttr>("results");
  if (!args || !results) {
    emitError(loc) << "expected a function with 'args' and 'results', but got "
                   << description;
    return failure();
  }
  auto argDescs = values(args, "arg"), resultDescs = values(results, "result");
  if (failed(argDescs) || failed(resultDescs))
    return failure();
  return structure(
      {integer(64, sizeof(mp_rt_function_desc)),
       text(getText(description, "name")), integer(32, args.size()),
       integer(32, results.size()), *argDescs, *resultDescs,
       integer(64, getNumber(description, "arena_bytes", 0)),
       integer(64, getNumber(description, "persistent_bytes", 0)),
       function(description, "prepare"), function(description, "run"),
       integer(64, getNumber(description, "keeps_prepared", 0))});
}

FailureOr<llvm::Constant *> DescriptorWriter::addModel(ArrayAttr functions,
                                                       const CpuTarget &target,
                                                       StringRef manifest) {
  SmallVector<llvm::Constant *> entries;
  for (Attribute description : functions) {
    auto entry = addFunction(cast<DictionaryAttr>(description));
    if (failed(entry))
      return failure();
    entries.push_back(*entry);
  }
  return global(
      structure({integer(64, sizeof(mp_rt_model_desc)),
                 integer(32, MP_RT_CODEGEN_MAJOR),
                 integer(32, MP_RT_CODEGEN_MINOR),
                 text("mp " MP_VERSION " (LLVM " LLVM_VERSION_STRING ")"),
                 text("cpu"), text(target.getFeatureList()), text(manifest),
                 integer(32, entries.size()), array(entries, "functions")}),
      "model");
}

void DescriptorWriter::addEntryPoint(llvm::Constant *model) {
  auto *type =
      llvm::FunctionType::get(llvm::PointerType::get(context, 0), false);
  auto *entry = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                       MP_RT_MODEL_SYMBOL, module);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", entry));
  builder.CreateRet(model);
}

/// Layout of an ELF note: sizes, type, then name and text padded to 4 bytes.
void DescriptorWriter::addNote(StringRef string) {
  constexpr StringRef owner(MP_RT_NOTE_OWNER, sizeof(MP_RT_NOTE_OWNER));
  std::string bytes;
  auto append = [&](uint32_t number) {
    char buffer[4];
    llvm::support::endian::write32le(buffer, number);
    bytes.append(buffer, 4);
  };
  auto appendPadded = [&](StringRef data) {
    bytes += data;
    bytes.append(-data.size() & 3, '\0');
  };
  append(owner.size());
  append(string.size() + 1);
  append(MP_RT_NOTE_TYPE);
  appendPadded(owner);
  appendPadded(string.str() + '\0');
  auto *note = cast<llvm::GlobalVariable>(global(
      llvm::ConstantDataArray::getString(context, bytes, /*AddNull=*/false),
      "note"));
  note->setSection(".note.mp");
  note->setAlignment(llvm::Align(4));
  llvm::appendToUsed(module, note);
}

LogicalResult mp::addDescriptor(llvm::Module &module, Location loc,
                                ArrayAttr functions, const CpuTarget &target,
                                StringRef manifest) {
  DescriptorWriter writer(module, loc);
  FailureOr<llvm::Constant *> model =
      writer.addModel(functions, target, manifest);
  if (failed(model))
    return failure();
  writer.addEntryPoint(*model);
  writer.addNote((Twine(MP_RT_CODEGEN_MAJOR) + "." +
                  Twine(MP_RT_CODEGEN_MINOR) + ";cpu;" +
                  target.getFeatureList())
                     .str());
  return success();
}
