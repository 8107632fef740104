#include "Decision.h"

#include "mp/Analysis/FitProofs.h"
#include "mp/Transforms/Passes.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPANNOTATERANGESPASS
#include "mp/Transforms/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class AnnotateRangesPass
    : public mp::impl::MPAnnotateRangesPassBase<AnnotateRangesPass> {
  using Base::Base;
  void runOnOperation() override {
    RangeAssumptions declared;
    if (failed(addDeclaredRanges(getOperation(), declared)))
      return signalPassFailure();
    FailureOr<FitProofs> proofs =
        FitProofs::run(getOperation(), declared, RangeAssumptions());
    if (failed(proofs))
      return signalPassFailure();
    Builder builder(&getContext());
    FloatType format = builder.getF16Type();
    walkDecidedOps(getOperation(), [&](Operation *op) {
      SmallVector<Attribute> texts;
      for (Value result : op->getResults()) {
        if (!getFloatElementType(result.getType()))
          continue;
        std::string text;
        llvm::raw_string_ostream(text)
            << proofs->getProved(result) << " "
            << stringify(proofs->judge(result, format)) << ": "
            << proofs->describe(result);
        texts.push_back(builder.getStringAttr(text));
      }
      if (!texts.empty())
        op->setDiscardableAttr("mp.range", texts.size() == 1
                                               ? texts[0]
                                               : builder.getArrayAttr(texts));
    });
  }
};
} // namespace
