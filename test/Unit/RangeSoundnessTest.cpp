// Random programs are run on random inputs inside their declared ranges. No
// value may leave the range that the analysis has proved for it: that is all
// that the analysis promises, so it is tested on thousands of programs.
#include "RandomProgram.h"

#include "mp/Analysis/FitProofs.h"
#include "mp/Analysis/PrecisionOpInterface.h"
#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/StableHLO.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace mlir::mp;

namespace {
class RangeSoundness : public testing::Test {
protected:
  RangeSoundness() : context(getRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
  }

  static DialectRegistry getRegistry() {
    DialectRegistry registry;
    registry
        .insert<func::FuncDialect, shlo::StableHLODialect, chlo::CHLODialect>();
    registerStableHLOPrecisionModels(registry);
    return registry;
  }

  /// Runs the programs of `seeds` and returns how many values were bounded
  /// tighter than their type, so that a test can tell that it tests something.
  unsigned check(unsigned firstSeed, unsigned count);

  MLIRContext context;
};
} // namespace

unsigned RangeSoundness::check(unsigned firstSeed, unsigned count) {
  unsigned bounded = 0;
  for (unsigned seed = firstSeed; seed != firstSeed + count; ++seed) {
    RandomProgram program(seed);
    std::string text = program.print();
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(text, ParserConfig(&context));
    EXPECT_TRUE(module) << text;
    if (!module)
      return bounded;
    RangeAssumptions declared;
    EXPECT_TRUE(succeeded(addDeclaredRanges(*module, declared)));
    FailureOr<RangeAnalysis> analysis = RangeAnalysis::run(*module, declared);
    EXPECT_TRUE(succeeded(analysis));
    if (failed(analysis))
      return bounded;
    // The function returns every value, in order.
    auto function = *module->getOps<func::FuncOp>().begin();
    Operation *terminator = function.getBody().front().getTerminator();
    std::vector<FloatRange> ranges;
    for (Value value : terminator->getOperands()) {
      ranges.push_back(analysis->get(value));
      bounded += ranges.back().absMax() < 1e30;
    }
    for (unsigned run = 0; run != 8; ++run) {
      std::vector<RandomProgram::Tensor> values = program.run(run);
      EXPECT_EQ(values.size(), ranges.size());
      for (auto [index, value] : llvm::enumerate(values))
        for (float element : value)
          if (!ranges[index].contains(element)) {
            ADD_FAILURE() << "seed " << seed << ", run " << run << ": value "
                          << index << " is " << element << ", outside of "
                          << ranges[index].str() << " in\n"
                          << text;
            return bounded;
          }
    }
  }
  return bounded;
}

TEST_F(RangeSoundness, NoRunLeavesItsRange) {
  // Most values of such programs are bounded; a range that says nothing would
  // be sound as well.
  EXPECT_GT(check(0, 4000), 10000u);
}

/// A bound that no run needs would be sound, too: these are as tight as the
/// facts behind them.
TEST_F(RangeSoundness, KnownFactsAreFound) {
  const char *text = R"(
    func.func @main(%x: tensor<8x16xf32>, %y: tensor<8x16xf32>) -> tensor<8x16xf32> {
      %t = stablehlo.tanh %x : tensor<8x16xf32>
      %q = stablehlo.multiply %t, %t : tensor<8x16xf32>
      return %q : tensor<8x16xf32>
    })";
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(text, ParserConfig(&context));
  ASSERT_TRUE(module);
  FailureOr<RangeAnalysis> analysis =
      RangeAnalysis::run(*module, RangeAssumptions());
  ASSERT_TRUE(succeeded(analysis));
  auto function = *module->getOps<func::FuncOp>().begin();
  Value result = function.getBody().front().getTerminator()->getOperand(0);
  FloatRange range = analysis->get(result);
  EXPECT_EQ(range.low, 0);
  EXPECT_EQ(range.high, 1);
  EXPECT_TRUE(range.nan);
  EXPECT_FALSE(range.mayBeInf());
}
