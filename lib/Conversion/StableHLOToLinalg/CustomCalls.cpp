//===- CustomCalls.cpp - calls out of the program -------------------------===//

#include "StableHLOToLinalg.h"

#include "mp/IR/Locations.h"
#include "mp/IR/MPOps.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// How `mp_rt_check` compares, the first entry of its config.
enum class CheckKind : int64_t { Equal = 0, Close = 1, AlmostEqual = 2 };

std::optional<CheckKind> getCheckKind(StringRef target) {
  if (!target.consume_front("check.expect_"))
    return std::nullopt;
  return llvm::StringSwitch<std::optional<CheckKind>>(target)
      .Case("eq", CheckKind::Equal)
      .Case("close", CheckKind::Close)
      .Case("almost_eq", CheckKind::AlmostEqual)
      .Default(std::nullopt);
}

struct CustomCallLowering : OpConversionPattern<shlo::CustomCallOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::CustomCallOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (std::optional<CheckKind> kind = getCheckKind(op.getCallTargetName()))
      return lowerCheck(op, adaptor, *kind, rewriter);
    if (op.getCallTargetName() == "AllocateBuffer" &&
        op->getNumResults() == 1 &&
        isa<RankedTensorType>(op->getResult(0).getType())) {
      rewriter.replaceOp(op, createEmpty(rewriter, op.getLoc(),
                                         getSignlessType(*getTypeConverter(),
                                                         op->getResult(0))));
      return success();
    }
    return reject(op) << "unknown target \"" << op.getCallTargetName() << "\"";
  }

private:
  LogicalResult lowerCheck(shlo::CustomCallOp op, OpAdaptor adaptor,
                           CheckKind kind,
                           ConversionPatternRewriter &rewriter) const {
    ValueRange inputs = adaptor.getInputs();
    if (inputs.size() != 2 || inputs[0].getType() != inputs[1].getType() ||
        op->getNumResults() != 0)
      return reject(op)
             << "a check takes two tensors of one type and returns nothing";
    // The defaults are those of the check dialect that these calls stand for.
    auto getUlp = [&](StringRef name, int64_t otherwise) {
      auto attr = op->getAttrOfType<IntegerAttr>(name);
      return attr ? attr.getInt() : otherwise;
    };
    rewriter.replaceOpWithNewOp<LibraryCallOp>(
        op, TypeRange(), "mp_rt_check", inputs,
        ArrayRef<int64_t>{static_cast<int64_t>(kind),
                          getUlp("min_ulp_difference", 0),
                          getUlp("max_ulp_difference", 3)},
        getPlace(op.getLoc()), /*pure=*/false);
    return success();
  }
};

} // namespace

void mp::populateCustomCallPatterns(TypeConverter &converter,
                                    RewritePatternSet &patterns) {
  patterns.add<CustomCallLowering>(converter, patterns.getContext());
}
