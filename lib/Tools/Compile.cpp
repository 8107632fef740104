//===- Compile.cpp - from a model's text to a file ------------------------===//

#include "mp/Tools/Compile.h"

#include "mp/Codegen/ModelEmission.h"
#include "mp/InitAll.h"
#include "mp/Pipelines/Pipelines.h"
#include "mp/Pipelines/TrainStep.h"
#include "mp/Program/MemoryReport.h"
#include "mp/Program/ProgramForm.h"
#include "mp/Tools/InputGuard.h"
#include "mp/Tools/Report.h"
#include "mp/Training/Roles.h"
#include "mp/Transforms/Observation.h"
#include "mp/Transforms/OutputFile.h"
#include "mp/Training/TrainStepInfo.h"

#include "mlir/IR/AsmState.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/thread.h"
#include <chrono>

using namespace mlir;
using namespace mlir::mp;

namespace {
class Compilation {
public:
  Compilation(const CompileOptions &options, MLIRContext &context,
              CpuTarget target)
      : options(options), context(context), target(std::move(target)) {}

  LogicalResult run(llvm::SourceMgr &sources, StringRef path,
                    StringRef scratch);

private:
  LogicalResult runStage(CompileStage stage, StringRef name);
  LogicalResult readTrainStep();
  StringRef policyName() const;
  LogicalResult printModule(StringRef path);
  LogicalResult printLLVM(StringRef path);
  LogicalResult writeText(StringRef path,
                          function_ref<LogicalResult(raw_ostream &)> print);
  std::string makeManifest();
  LogicalResult plan(llvm::SourceMgr &sources);
  LogicalResult planBaseline(llvm::SourceMgr &sources);
  LogicalResult writeReport();
  void reportTime(StringRef stage);

  const CompileOptions &options;
  MLIRContext &context;
  CpuTarget target;
  OwningOpRef<ModuleOp> module;
  std::optional<TrainStepOptions> trainStep;
  llvm::json::Value trainStepInfo = nullptr;
  std::vector<MemoryReport> memory, baseline;
  /// Where the decisions are explained; empty if nobody asks.
  std::string explain;
  std::string scratch;
  /// Compile without a policy, whatever the options say.
  bool asWritten = false;
  std::chrono::steady_clock::time_point started =
      std::chrono::steady_clock::now();
};
} // namespace

static LogicalResult fail(const Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mp-compile") << message << "\n";
  return failure();
}

void Compilation::reportTime(StringRef stage) {
  auto now = std::chrono::steady_clock::now();
  double seconds = std::chrono::duration<double>(now - started).count();
  started = now;
  if (options.verbose)
    llvm::errs() << llvm::formatv("mp-compile: {0,-10} {1:f3} s\n", stage,
                                  seconds);
}

LogicalResult Compilation::runStage(CompileStage stage, StringRef name) {
  PassManager pm(&context);
  pm.enableVerifier(true);
  CompilePipelineOptions pipeline;
  pipeline.policy = policyName();
  pipeline.ranges = options.ranges;
  pipeline.explain = explain;
  pipeline.lock = options.lock;
  if (trainStep)
    trainStep->explain = explain;
  pipeline.trainStep = trainStep ? &*trainStep : nullptr;
  pipeline.target = target;
  pipeline.observe = options.observe || options.checkFinite;
  addCompileStage(pm, stage, pipeline);
  LogicalResult result = pm.run(*module);
  reportTime(name);
  return result;
}

/// The options of the train step: what --train-step says, and what has a flag
/// of its own. Without a format or policy the step is compiled as written.
LogicalResult Compilation::readTrainStep() {
  if (!options.train)
    return success();
  trainStep.emplace();
  if (failed(trainStep->parseFromString(options.trainStep)))
    return failure();
  const std::tuple<StringRef, const std::string &,
                   TrainStepOptions::Option<std::string> &>
      flags[] = {{"policy", options.policy, trainStep->policy},
                 {"explain", options.explain, trainStep->explain},
                 {"ranges", options.ranges, trainStep->ranges},
                 {"lock", options.lock, trainStep->lock},
                 {"loss-scale", options.lossScale, trainStep->lossScale}};
  for (auto &[name, flag, option] : flags) {
    if (flag.empty())
      continue;
    if (!option.empty())
      return fail(name +
                  " is given twice: by its own flag and in --train-step");
    option = flag;
  }
  bool plain = trainStep->compute.empty() && trainStep->policy.empty();
  if (plain || asWritten) {
    trainStep->compute = "f32";
    trainStep->policy = "";
  }
  if (asWritten) {
    // In f32 there is neither a policy nor a loss scale.
    for (TrainStepOptions::Option<std::string> *option :
         {&trainStep->explain, &trainStep->target, &trainStep->ranges,
          &trainStep->lock, &trainStep->writeLock, &trainStep->lossScale,
          &trainStep->preset, &trainStep->initScale, &trainStep->growth,
          &trainStep->backoff, &trainStep->interval, &trainStep->minimum,
          &trainStep->maximum, &trainStep->hysteresis})
      *option = "";
    trainStep->consecutiveHysteresis = false;
    trainStep->perLoss = false;
  }
  return resolveTrainStep(*trainStep,
                          [](const Twine &message) { return fail(message); });
}

StringRef Compilation::policyName() const {
  return trainStep ? StringRef(trainStep->policy.getValue())
                   : StringRef(options.policy);
}

LogicalResult
Compilation::writeText(StringRef path,
                       function_ref<LogicalResult(raw_ostream &)> print) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (code)
    return fail("cannot write '" + path + "': " + code.message());
  LogicalResult printed = print(os);
  os.close();
  if (os.has_error()) {
    code = os.error();
    os.clear_error();
    return fail("cannot write '" + path + "': " + code.message());
  }
  return printed;
}

LogicalResult Compilation::printModule(StringRef path) {
  return writeText(path, [&](raw_ostream &os) {
    module->print(os);
    return success();
  });
}

LogicalResult Compilation::printLLVM(StringRef path) {
  return writeText(
      path, [&](raw_ostream &os) { return printLLVMIR(*module, target, os); });
}

/// The values that the model reports, as the manifest lists them.
static llvm::json::Array describeObserved(ArrayAttr values) {
  llvm::json::Array list;
  for (auto value : values.getAsRange<DictionaryAttr>()) {
    llvm::json::Object object;
    for (NamedAttribute entry : value)
      object.try_emplace(entry.getName().str(),
                         cast<StringAttr>(entry.getValue()).str());
    list.push_back(std::move(object));
  }
  return list;
}

/// The whole way to a planned program.
LogicalResult Compilation::plan(llvm::SourceMgr &sources) {
  module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return failure();
  if (!options.roles.empty() && failed(assignRoles(*module, options.roles)))
    return failure();
  if (failed(readTrainStep()))
    return failure();
  reportTime("parse");
  explain = trainStep ? trainStep->explain.getValue() : options.explain;
  if (asWritten)
    explain.clear();
  else if (explain.empty() && !options.report.empty() && !policyName().empty())
    explain = scratch + "/explain.json";
  if (failed(runStage(CompileStage::StableHLO, "import")))
    return failure();
  trainStepInfo = describeTrainStep(*module);
  if (options.emit == EmitForm::StableHLO)
    return success();
  if (failed(runStage(CompileStage::Linalg, "tensors")))
    return failure();
  if (options.emit == EmitForm::Linalg)
    return success();
  if (failed(runStage(CompileStage::Program, "kernels")))
    return failure();
  for (func::FuncOp func : getProgramFunctions(*module))
    if (!func.isPrivate())
      memory.push_back(reportMemory(func));
  return success();
}

/// What the model's memory would hold without a policy, where somebody may want
/// to compare: to be measured, not guessed from the mixed one.
LogicalResult Compilation::planBaseline(llvm::SourceMgr &sources) {
  if (policyName().empty() || (!options.train && options.report.empty()))
    return success();
  CompileOptions plain = options;
  plain.policy.clear();
  plain.lock.clear();
  Compilation compilation(plain, context, target);
  compilation.asWritten = true;
  if (failed(compilation.plan(sources)))
    return failure();
  baseline = std::move(compilation.memory);
  reportTime("baseline");
  return success();
}

LogicalResult Compilation::writeReport() {
  Report report;
  report.model = options.input;
  report.policy = policyName().str();
  report.target = target.name;
  report.memory = std::move(memory);
  report.baseline = std::move(baseline);
  if (!explain.empty())
    if (auto text = llvm::MemoryBuffer::getFile(explain)) {
      auto json = llvm::json::parse((*text)->getBuffer());
      if (!json)
        return fail(llvm::toString(json.takeError()));
      report.explanation = std::move(*json);
    }
  if (llvm::Error error = writeOutputFile(options.report, [&](raw_ostream &os) {
        mp::writeReport(report, os);
      }))
    return fail("cannot write " + llvm::toString(std::move(error)));
  return success();
}

static llvm::json::Array toJSON(ArrayRef<MemoryReport> reports) {
  llvm::json::Array list;
  for (const MemoryReport &report : reports)
    list.push_back(report.toJSON());
  return list;
}

/// What a reader of the model file may want to know of its making.
std::string Compilation::makeManifest() {
  llvm::json::Array functions;
  if (auto descriptions =
          (*module)->getAttrOfType<ArrayAttr>(kFunctionsAttrName))
    for (auto description : descriptions.getAsRange<DictionaryAttr>()) {
      auto number = [&](StringRef key) {
        return description.getAs<IntegerAttr>(key).getInt();
      };
      functions.push_back(llvm::json::Object{
          {"name", description.getAs<StringAttr>("name").getValue()},
          {"arena_bytes", number("arena_bytes")},
          {"persistent_bytes", number("persistent_bytes")}});
    }
  StringRef policy = policyName();
  llvm::json::Object manifest{
      {"policy",
       policy.empty() ? llvm::json::Value(nullptr) : llvm::json::Value(policy)},
      {"loss_scale", trainStep
                         ? llvm::json::Value(trainStep->lossScale.getValue())
                         : llvm::json::Value(nullptr)},
      {"target", target.name},
      {"cpu_features", target.getFeatureList()},
      {"functions", std::move(functions)},
      {"memory", toJSON(memory)},
      {"memory_as_written", toJSON(baseline)},
      {"train_step", trainStepInfo}};
  if (auto values = (*module)->getAttrOfType<ArrayAttr>(kObservedAttrName)) {
    manifest["observed"] = describeObserved(values);
    manifest["check_finite"] = options.checkFinite;
  }
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(manifest));
  return text;
}

LogicalResult Compilation::run(llvm::SourceMgr &sources, StringRef path,
                               StringRef scratch) {
  this->scratch = scratch.str();
  if (failed(plan(sources)))
    return failure();
  if (options.emit == EmitForm::StableHLO || options.emit == EmitForm::Linalg)
    return printModule(path);
  if (failed(planBaseline(sources)))
    return failure();
  if (failed(runStage(CompileStage::LLVM, "lowering")))
    return failure();
  if (options.emit == EmitForm::LLVM)
    return printLLVM(path);

  ModelEmissionOptions emission;
  emission.target = target;
  emission.manifest = makeManifest();
  emission.scratchDirectory = scratch.str();
  LogicalResult result = emitModel(*module, emission, path);
  reportTime("codegen");
  if (succeeded(result) && !options.report.empty())
    return writeReport();
  return result;
}

static bool compile(const CompileOptions &options, StringRef path,
                    StringRef scratch) {
  llvm::Expected<CpuTarget> target = CpuTarget::get(options.target);
  if (!target)
    return succeeded(fail(llvm::toString(target.takeError())));
  std::unique_ptr<llvm::MemoryBuffer> input =
      readInput(options.input, llvm::errs());
  if (!input)
    return false;

  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry);
  // Exporters leave attributes of their own on functions and ops.
  context.allowUnregisteredDialects();
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(input), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(sources, &context, llvm::errs());
  bool reported = false;
  ScopedDiagnosticHandler watcher(&context, [&](Diagnostic &diagnostic) {
    reported |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return failure();
  });
  Compilation compilation(options, context, std::move(*target));
  if (succeeded(compilation.run(sources, path, scratch)))
    return true;
  if (!reported)
    (void)fail("cannot compile '" + options.input + "'");
  return false;
}

bool mp::compileToFile(const CompileOptions &options, StringRef path,
                       StringRef scratch) {
  bool done = false;
  llvm::thread worker(std::optional<unsigned>(kToolStackBytes),
                      [&] { done = compile(options, path, scratch); });
  worker.join();
  return done;
}
