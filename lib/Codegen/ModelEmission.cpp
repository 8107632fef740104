#include "mp/Codegen/ModelEmission.h"

#include "BFloatStorage.h"
#include "Descriptor.h"
#include "Link.h"
#include "ObjectEmission.h"
#include "Partition.h"
#include "mp/IR/MPOps.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

using namespace mlir;
using namespace mlir::mp;

void mp::registerCodegenDialects(DialectRegistry &registry) {
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

/// The symbols of the host code, by the module's description of its functions.
static FailureOr<SmallVector<StringAttr>> getEntries(ModuleOp module) {
  auto functions = module->getAttrOfType<ArrayAttr>(kFunctionsAttrName);
  if (!functions)
    return module.emitError("expected a module with '")
           << kFunctionsAttrName << "'; run mp-convert-program-to-llvm first";
  SymbolTable symbols(module);
  SmallVector<StringAttr> entries;
  for (Attribute attr : functions) {
    auto description = dyn_cast<DictionaryAttr>(attr);
    for (StringRef key : {"run", "prepare"}) {
      auto symbol = description ? description.getAs<FlatSymbolRefAttr>(key)
                                : FlatSymbolRefAttr();
      if (!symbol)
        continue;
      if (!symbols.lookup<LLVM::LLVMFuncOp>(symbol.getAttr()))
        return module.emitError("expected ")
               << symbol << " to be a function of the module";
      entries.push_back(symbol.getAttr());
    }
  }
  return entries;
}

namespace {
/// Translates and compiles the parts of one model.
class ModelEmitter {
public:
  ModelEmitter(ModuleOp module, const ModelEmissionOptions &options)
      : module(module), options(options) {}

  LogicalResult emit(StringRef path);

private:
  std::unique_ptr<llvm::Module>
  translate(ModuleOp part, llvm::LLVMContext &context, StringRef name);
  llvm::Error compileHost(ModuleOp host, const std::string &path);
  llvm::Error compileKernels(ModuleOp kernels, StringRef name,
                             const std::string &path);
  llvm::Error compileStub(const std::string &path);
  llvm::Error writeObject(llvm::Module &part, Effort effort,
                          const std::string &path);
  std::string makePath(const Twine &name) const;

  ModuleOp module;
  const ModelEmissionOptions &options;
  llvm::StringSet<> kernelNames;
};
} // namespace

std::string ModelEmitter::makePath(const Twine &name) const {
  SmallString<128> path(options.scratchDirectory);
  llvm::sys::path::append(path, name);
  return std::string(path);
}

/// Kernels are named by the model's author: no C library must have the same
/// name.
std::unique_ptr<llvm::Module>
ModelEmitter::translate(ModuleOp part, llvm::LLVMContext &context,
                        StringRef name) {
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(part, context, name);
  if (!result)
    return nullptr;
  result->setSourceFileName(name);
  for (llvm::Function &function : *result)
    if (kernelNames.contains(function.getName()))
      function.setName("mp.kernel." + function.getName());
  return result;
}

llvm::Error ModelEmitter::writeObject(llvm::Module &part, Effort effort,
                                      const std::string &path) {
  SmallVector<char, 0> object;
  if (llvm::Error error = setTarget(part, options.target))
    return error;
  if (llvm::Error error = emitObject(part, options.target, effort, object))
    return error;
  std::error_code code;
  llvm::raw_fd_ostream file(path, code);
  if (!code) {
    file.write(object.data(), object.size());
    file.close();
    code = file.error();
    file.clear_error();
  }
  if (code)
    return llvm::createStringError("cannot write '" + path +
                                   "': " + code.message());
  return llvm::Error::success();
}

llvm::Error ModelEmitter::compileHost(ModuleOp host, const std::string &path) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> part = translate(host, context, "host");
  if (!part)
    return llvm::createStringError("cannot translate the host code to LLVM IR");
  if (failed(addDescriptor(*part, module.getLoc(),
                           module->getAttrOfType<ArrayAttr>(kFunctionsAttrName),
                           options.target, options.manifest)))
    return llvm::createStringError("cannot describe the model's functions");
  addBFloatRoutine(*part);
  return writeObject(*part, Effort::Host, path);
}

llvm::Error ModelEmitter::compileKernels(ModuleOp kernels, StringRef name,
                                         const std::string &path) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> part = translate(kernels, context, name);
  if (!part)
    return llvm::createStringError("cannot translate the kernels to LLVM IR");
  moveBFloatsAsIntegers(*part);
  return writeObject(*part, Effort::Kernels, path);
}

llvm::Error ModelEmitter::compileStub(const std::string &path) {
  llvm::LLVMContext context;
  llvm::Module empty("stub", context);
  return writeObject(empty, Effort::Host, path);
}

LogicalResult ModelEmitter::emit(StringRef path) {
  FailureOr<SmallVector<StringAttr>> entries = getEntries(module);
  if (failed(entries))
    return failure();
  for (auto func : module.getOps<LLVM::LLVMFuncOp>())
    if (func->hasAttr(kKernelAttrName))
      kernelNames.insert(func.getName());
  Partition partition = partitionModule(module, *entries);

  initializeTarget();
  std::vector<std::string> objects;
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(options.threads));
  std::mutex mutex;
  std::string stub = makePath("stub.o");
  llvm::Error errors = compileStub(stub);
  auto start = [&](const Twine &name, auto compile) {
    objects.push_back(makePath(name + ".o"));
    pool.async([&, compile, object = objects.back(), name = name.str()] {
      llvm::Error error = compile(name, object);
      std::lock_guard<std::mutex> lock(mutex);
      errors = llvm::joinErrors(std::move(errors), std::move(error));
    });
  };
  for (auto [i, part] : llvm::enumerate(partition.kernels)) {
    ModuleOp kernels = *part;
    start("kernels" + Twine(i), [=](StringRef name, const std::string &object) {
      return compileKernels(kernels, name, object);
    });
  }
  ModuleOp host = *partition.host;
  start("host", [=](StringRef, const std::string &object) {
    return compileHost(host, object);
  });
  pool.wait();
  if (!errors)
    errors = linkSharedObject(objects, stub, options.scratchDirectory, path);
  if (errors)
    return module.emitError() << llvm::toString(std::move(errors));
  return success();
}

LogicalResult mp::emitModel(ModuleOp module,
                            const ModelEmissionOptions &options,
                            StringRef path) {
  return ModelEmitter(module, options).emit(path);
}

LogicalResult mp::printLLVMIR(ModuleOp module, const CpuTarget &target,
                              raw_ostream &os) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> translated =
      translateModuleToLLVMIR(module, context, "model");
  if (!translated)
    return failure();
  if (llvm::Error error = setTarget(*translated, target))
    return module.emitError() << llvm::toString(std::move(error));
  translated->print(os, nullptr);
  return success();
}
