//===- WindowDims.h - the geometry of sliding windows -----------*- C++ -*-===//
#ifndef MP_CONVERSION_WINDOWDIMS_H
#define MP_CONVERSION_WINDOWDIMS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::mp {

/// One dimension of a sliding window. Position `x` of the result and `w` of the
/// window meet the input at (x * stride + w * dilation - low) / base, if that
/// is whole and inside [0, inputSize).
struct WindowDim {
  int64_t inputSize, resultSize, window, stride, dilation, base, low;

  /// Result and input go hand in hand.
  bool isIdentity() const {
    return window == 1 && stride == 1 && base == 1 && low == 0 &&
           inputSize == resultSize;
  }
};

SmallVector<WindowDim>
getWindowDims(RankedTensorType input, ArrayRef<int64_t> resultShape,
              std::optional<ArrayRef<int64_t>> window,
              std::optional<ArrayRef<int64_t>> strides,
              std::optional<ArrayRef<int64_t>> dilations,
              std::optional<ArrayRef<int64_t>> baseDilations,
              std::optional<DenseIntElementsAttr> padding);

/// Merges dimensions where the window does not move into the one outside them,
/// if that is of the same kind.
SmallVector<WindowDim> mergeIdentityDims(ArrayRef<WindowDim> dims);

SmallVector<int64_t> getInputShape(ArrayRef<WindowDim> dims);
SmallVector<int64_t> getResultShape(ArrayRef<WindowDim> dims);

} // namespace mlir::mp

#endif // MP_CONVERSION_WINDOWDIMS_H
