//===- OrientProducts.cpp - products laid out as they are read ------------===//

#include "mp/IR/MPOps.h"
#include "mp/Kernels/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPORIENTPRODUCTSPASS
#include "mp/Kernels/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {
/// The order in which a reader goes through the rows and columns of a matrix.
enum class Orientation { Plain, Transposed, Any };
} // namespace

/// How the reader's results lie, compared with the matrix that it reads.
static Orientation getOrientation(linalg::GenericOp reader, AffineMap map) {
  unsigned rank = map.getNumResults();
  AffineExpr row = map.getResult(rank - 2), column = map.getResult(rank - 1);
  for (AffineMap result : llvm::drop_begin(reader.getIndexingMapsArray(),
                                           reader.getNumDpsInputs())) {
    auto rowPlace = result.getResultPosition(row);
    auto columnPlace = result.getResultPosition(column);
    if (rowPlace && columnPlace)
      return *rowPlace < *columnPlace ? Orientation::Plain
                                      : Orientation::Transposed;
  }
  return Orientation::Any;
}

/// Whether all readers can take the matrix in either orientation, and those
/// that care want it transposed.
static bool isReadTransposed(GemmOp gemm) {
  bool wanted = false;
  for (OpOperand &use : gemm.getResult().getUses()) {
    auto reader = dyn_cast<linalg::GenericOp>(use.getOwner());
    if (!reader || !reader.isDpsInput(&use))
      return false;
    AffineMap map = reader.getMatchingIndexingMap(&use);
    if (!map.isProjectedPermutation())
      return false;
    Orientation orientation = getOrientation(reader, map);
    if (orientation == Orientation::Plain)
      return false;
    wanted |= orientation == Orientation::Transposed;
  }
  return wanted;
}

/// (A B)^T = B^T A^T: the same sums at other places.
static void transposeProduct(GemmOp gemm) {
  OpBuilder builder(gemm);
  auto type = gemm.getResult().getType();
  SmallVector<int64_t> shape(type.getShape());
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  auto swapped = GemmOp::create(
      builder, gemm.getLoc(), type.clone(shape), gemm.getB(), gemm.getA(),
      /*bias=*/Value(), /*residual=*/Value(), !gemm.getTransposeB(),
      !gemm.getTransposeA(), gemm.getEpilogue(), gemm.getAccumulator());
  for (OpOperand &use :
       llvm::make_early_inc_range(gemm.getResult().getUses())) {
    auto reader = cast<linalg::GenericOp>(use.getOwner());
    SmallVector<AffineMap> maps = reader.getIndexingMapsArray();
    AffineMap &map = maps[use.getOperandNumber()];
    SmallVector<AffineExpr> exprs(map.getResults());
    std::swap(exprs[exprs.size() - 1], exprs[exprs.size() - 2]);
    map = AffineMap::get(map.getNumDims(), 0, exprs, map.getContext());
    reader.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
    use.set(swapped.getResult());
  }
  gemm.erase();
}

namespace {
class OrientProductsPass
    : public mp::impl::MPOrientProductsPassBase<OrientProductsPass> {
  using Base::Base;
  void runOnOperation() override {
    SmallVector<GemmOp> products;
    getOperation()->walk([&](GemmOp gemm) {
      if (!gemm.getBias() && !gemm.getResidual() && isReadTransposed(gemm))
        products.push_back(gemm);
    });
    for (GemmOp gemm : products)
      transposeProduct(gemm);
  }
};
} // namespace
