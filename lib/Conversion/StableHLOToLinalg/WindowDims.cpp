#include "WindowDims.h"

using namespace mlir;
using namespace mlir::mp;

SmallVector<WindowDim>
mp::getWindowDims(RankedTensorType input, ArrayRef<int64_t> resultShape,
                  std::optional<ArrayRef<int64_t>> window,
                  std::optional<ArrayRef<int64_t>> strides,
                  std::optional<ArrayRef<int64_t>> dilations,
                  std::optional<ArrayRef<int64_t>> baseDilations,
                  std::optional<DenseIntElementsAttr> padding) {
  SmallVector<int64_t> pads(2 * input.getRank(), 0);
  if (padding)
    pads = llvm::to_vector(padding->getValues<int64_t>());
  SmallVector<WindowDim> dims;
  for (int64_t d = 0; d < input.getRank(); ++d)
    dims.push_back({input.getDimSize(d), resultShape[d],
                    window ? (*window)[d] : 1, strides ? (*strides)[d] : 1,
                    dilations ? (*dilations)[d] : 1,
                    baseDilations ? (*baseDilations)[d] : 1, pads[2 * d]});
  return dims;
}

SmallVector<WindowDim> mp::mergeIdentityDims(ArrayRef<WindowDim> dims) {
  SmallVector<WindowDim> merged;
  for (const WindowDim &dim : dims) {
    if (!merged.empty() && merged.back().isIdentity() && dim.isIdentity()) {
      merged.back().inputSize *= dim.inputSize;
      merged.back().resultSize *= dim.resultSize;
      continue;
    }
    merged.push_back(dim);
  }
  if (merged.empty())
    merged.push_back({1, 1, 1, 1, 1, 1, 0});
  return merged;
}

SmallVector<int64_t> mp::getInputShape(ArrayRef<WindowDim> dims) {
  return llvm::map_to_vector(dims,
                             [](const WindowDim &d) { return d.inputSize; });
}
SmallVector<int64_t> mp::getResultShape(ArrayRef<WindowDim> dims) {
  return llvm::map_to_vector(dims,
                             [](const WindowDim &d) { return d.resultSize; });
}
