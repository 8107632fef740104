//===- ProductsToStableHLO.h - mp.gemm and mp.conv as StableHLO -*- C++ -*-===//
#ifndef MP_LIB_TRAINING_PRODUCTSTOSTABLEHLO_H
#define MP_LIB_TRAINING_PRODUCTSTOSTABLEHLO_H

namespace mlir {
class RewritePatternSet;
namespace mp {
void populateProductsToStableHLOPatterns(RewritePatternSet &patterns);
} // namespace mp
} // namespace mlir

#endif // MP_LIB_TRAINING_PRODUCTSTOSTABLEHLO_H
