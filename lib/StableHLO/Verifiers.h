//===- Verifiers.h - what several verifiers check -------------------------===//
#ifndef MP_STABLEHLO_VERIFIERS_H
#define MP_STABLEHLO_VERIFIERS_H

#include "mp/StableHLO/StableHLO.h"

#include "mlir/IR/TypeUtilities.h"

namespace mlir::mp::shlo {

/// True if two sizes may be equal at run time.
inline bool mayEqual(int64_t a, int64_t b) {
  return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b);
}

/// Checks that every one of `dims` names a dimension of a tensor of rank
/// `rank`, none of them twice.
LogicalResult verifyDimensions(Operation *op, StringRef name,
                               ArrayRef<int64_t> dims, int64_t rank);

/// Checks that `values` has one entry for each of `count` dimensions.
LogicalResult verifyCount(Operation *op, StringRef name, size_t size,
                          int64_t count);

/// Checks a result against the shape that the operands give it.
LogicalResult verifyResult(Operation *op, Value result, ArrayRef<int64_t> shape,
                           Type elementType);

/// Checks that two values have compatible types.
LogicalResult verifyCompatible(Operation *op, StringRef what, Type expected,
                               Type got);

/// Checks a region of one block that ends in `stablehlo.return`.
LogicalResult verifyRegion(Operation *op, Region &region, StringRef name,
                           TypeRange arguments, TypeRange results);

/// Checks a region of scalars that combines `results.size()` pairs of
/// elements, one of whose kind is in each of `inputs` and `results`.
LogicalResult verifyReducer(Operation *op, Region &region, StringRef name,
                            TypeRange inputs, TypeRange results);

/// The rank-0 tensor type of the elements of `tensor`.
RankedTensorType getScalarTensorType(Type tensor);

/// A window in each dimension, with the sizes it slides over.
struct WindowDimension {
  int64_t size = 1;
  int64_t stride = 1;
  int64_t low = 0;
  int64_t high = 0;
  int64_t baseDilation = 1;
  int64_t windowDilation = 1;
};

/// Reads the attributes of a window into one entry for each of `sizes`;
/// missing attributes have their defaults.
FailureOr<SmallVector<WindowDimension>>
getWindow(Operation *op, ArrayRef<int64_t> sizes,
          std::optional<ArrayRef<int64_t>> strides,
          std::optional<DenseIntElementsAttr> padding,
          std::optional<ArrayRef<int64_t>> baseDilations,
          std::optional<ArrayRef<int64_t>> windowDilations);

/// The number of positions of a window in a dimension of size `size`.
int64_t getWindowCount(int64_t size, const WindowDimension &window);

} // namespace mlir::mp::shlo

#endif // MP_STABLEHLO_VERIFIERS_H
