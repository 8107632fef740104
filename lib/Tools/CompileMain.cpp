//===- CompileMain.cpp - command line of mp-compile -----------------------===//

#include "mp/Tools/Compile.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace mlir::mp;
namespace cl = llvm::cl;

static int fail(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "mp-compile") << message << "\n";
  return 1;
}

static std::optional<EmitForm> parseForm(llvm::StringRef name) {
  if (name == "stablehlo")
    return EmitForm::StableHLO;
  if (name == "linalg")
    return EmitForm::Linalg;
  if (name == "llvm")
    return EmitForm::LLVM;
  if (name == "so")
    return EmitForm::SharedObject;
  return std::nullopt;
}

int mp::compileMain(int argc, char **argv) {
  cl::OptionCategory category("mp options");
  cl::opt<std::string> input(cl::Positional, cl::desc("<model.mlir>"),
                             cl::cat(category));
  cl::opt<std::string> output("o", cl::desc("File to write"),
                              cl::value_desc("model.so"), cl::cat(category));
  cl::opt<std::string> policy(
      "policy", cl::value_desc("name or path"), cl::cat(category),
      cl::desc("Mixed-precision policy; without it the model is compiled as "
               "written"));
  cl::opt<std::string> target(
      "target", cl::value_desc("cpu"), cl::init("host"), cl::cat(category),
      cl::desc("CPU to generate code for: host (the default), or what LLVM "
               "calls it, such as x86-64-v3 or sapphirerapids"));
  cl::opt<std::string> roles(
      "roles", cl::value_desc("file.json"), cl::cat(category),
      cl::desc("Names and roles of arguments and results"));
  cl::opt<std::string> explain("explain", cl::value_desc("file.json"),
                               cl::cat(category),
                               cl::desc("Write why each op got its precision"));
  cl::opt<std::string> ranges(
      "ranges", cl::value_desc("file.json"), cl::cat(category),
      cl::desc("Ranges that mp-run --record-ranges has recorded, for the "
               "policy to use"));
  cl::opt<std::string> emit(
      "emit", cl::value_desc("form"), cl::init("so"), cl::cat(category),
      cl::desc("Form to write: stablehlo, linalg, llvm or so (the default)"));
  cl::opt<bool> verbose("verbose", cl::cat(category),
                        cl::desc("Print the time that each stage takes"));
  cl::opt<bool> checkFinite(
      "check-finite", cl::cat(category),
      cl::desc("Let every run find the first op whose result is not finite "
               "while what it read is"));
  cl::opt<bool> observe(
      "observe", cl::cat(category),
      cl::desc("Let runs look at the value of every op, as --record-ranges of "
               "mp-run does"));
  cl::opt<bool> train(
      "train", cl::cat(category),
      cl::desc("Make one train step of loss_and_grads and "
               "apply_updates (or compile a whole train step)"));
  cl::opt<std::string> lossScale(
      "loss-scale", cl::value_desc("scale"), cl::cat(category),
      cl::desc("With --train: dynamic, none or a number (default: dynamic for "
               "policies that compute in f16, else none)"));
  cl::opt<std::string> trainStep(
      "train-step", cl::value_desc("options"), cl::cat(category),
      cl::desc("With --train: options of mp-opt --mp-train-step, such as "
               "\"preset=megatron accumulate=4\""));
  cl::opt<std::string> lock("lock", cl::value_desc("file.yaml"),
                            cl::cat(category),
                            cl::desc("Replay the decisions in a lock file"));
  cl::opt<std::string> report(
      "report", cl::value_desc("file.html"), cl::cat(category),
      cl::desc("Write a page with the memory table and plan, the\n"
               "decisions and the casts"));
  cl::HideUnrelatedOptions(category);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "compiles a model into a shared object for mp-run\n",
          &llvm::errs()))
    return 1;

  std::optional<EmitForm> form = parseForm(emit);
  if (!form && emit == "ptx")
    return fail("--emit=ptx is not available in this version");
  if (!form)
    return fail(
        "expected --emit to be stablehlo, linalg, llvm or so, but got '" +
        emit + "'");
  if (input.empty())
    return fail("expected the path of a model; try --help");
  if (output.empty() && form == EmitForm::SharedObject)
    return fail("expected -o and the path of the model file to write");
  if (lossScale.getNumOccurrences() && !train)
    return fail("--loss-scale needs --train");
  if (trainStep.getNumOccurrences() && !train)
    return fail("--train-step needs --train");
  if (report.getNumOccurrences() && form != EmitForm::SharedObject)
    return fail("--report is about a compiled model: it needs --emit=so");
  if (explain.getNumOccurrences() && policy.empty())
    return fail("--explain needs --policy");
  if (!lock.empty() && policy.empty())
    return fail("--lock needs --policy, the one that the lock was made under");
  if (ranges.getNumOccurrences() && policy.empty())
    return fail("--ranges needs --policy");

  CompileOptions options;
  options.input = input;
  options.output = output == "-" ? "" : output.getValue();
  options.policy = policy;
  options.target = target == "cpu" ? "host" : target.getValue();
  options.roles = roles;
  options.explain = explain;
  options.lock = lock;
  options.ranges = ranges;
  options.report = report;
  options.emit = *form;
  options.train = train;
  options.lossScale = lossScale;
  options.observe = observe;
  options.checkFinite = checkFinite;
  options.trainStep = trainStep;
  options.verbose = verbose;
  return compileInChild(options);
}
