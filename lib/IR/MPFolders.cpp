#include "mp/IR/MPOps.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mp;

/// True if every value of `from` is a value of `to`.
static bool widensExactly(FloatType from, FloatType to) {
  const llvm::fltSemantics &a = from.getFloatSemantics();
  const llvm::fltSemantics &b = to.getFloatSemantics();
  return llvm::APFloat::isRepresentableBy(a, b);
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  // Widening what was narrowed is never folded: the narrowing rounded. Only
  // narrowing back what was widened exactly gives the same bits.
  auto inner = getInput().getDefiningOp<CastOp>();
  if (!inner || inner.getInput().getType() != getType())
    return {};
  auto source = cast<FloatType>(inner.getInput().getType().getElementType());
  auto middle = cast<FloatType>(getInput().getType().getElementType());
  return widensExactly(source, middle) ? OpFoldResult(inner.getInput())
                                       : OpFoldResult();
}
