//===- ConvertGemmToKernels.cpp - products become launches ----------------===//
#include "mp/Gemm/Passes.h"

#include "Invariance.h"
#include "ProductConverter.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSwitch.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPCONVERTGEMMTOKERNELSPASS
#include "mp/Gemm/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
class ConvertGemmToKernelsPass
    : public mp::impl::MPConvertGemmToKernelsPassBase<
          ConvertGemmToKernelsPass> {
  using Base::Base;
  void runOnOperation() override;
};
} // namespace

static LogicalResult checkFormats(Operation *op) {
  auto check = [&](Type type, StringRef what) -> LogicalResult {
    Type format = getElementTypeOrSelf(type);
    if (isSupportedFormat(format))
      return success();
    return op->emitOpError()
           << "has " << what << " of format " << format
           << "; expected f64, f32, bf16, f16, f8E4M3FN or f8E5M2";
  };
  for (Type type : op->getOperandTypes())
    if (failed(check(type, "an operand")))
      return failure();
  return check(op->getResult(0).getType(), "a result");
}

void ConvertGemmToKernelsPass::runOnOperation() {
  auto use = llvm::StringSwitch<std::optional<LibraryUse>>(library)
                 .Case("auto", LibraryUse::Auto)
                 .Case("never", LibraryUse::Never)
                 .Case("always", LibraryUse::Always)
                 .Default(std::nullopt);
  if (!use) {
    getOperation().emitError()
        << "library is \"" << library << "\"; expected auto, never or always";
    return signalPassFailure();
  }

  // All that is asked about the program is asked before it changes.
  struct Product {
    Operation *op;
    bool isInvariant;
  };
  SmallVector<Product> products;
  InvarianceAnalysis invariance;
  WalkResult walked = getOperation().walk([&](Operation *op) {
    if (!isa<GemmOp, ConvOp>(op))
      return WalkResult::advance();
    if (failed(checkFormats(op)))
      return WalkResult::interrupt();
    products.push_back({op, invariance.isInvariant(op->getOperand(1))});
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return signalPassFailure();

  ProductConverter converter(getOperation(), classifyCpu(features), *use);
  for (auto [op, isInvariant] : products) {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (type.getNumElements() == 0) {
      OpBuilder builder(op);
      op->replaceAllUsesWith(
          tensor::EmptyOp::create(builder, op->getLoc(), type, ValueRange()));
      op->erase();
    } else if (auto gemm = dyn_cast<GemmOp>(op)) {
      converter.convert(gemm, isInvariant);
    } else {
      converter.convert(cast<ConvOp>(op), isInvariant);
    }
  }
}
