#include "RangeTransfer.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Collects elements one by one.
struct RangeBuilder {
  FloatRange range;
  double smallest = std::numeric_limits<double>::infinity();

  void add(double value) {
    if (std::isnan(value)) {
      range.nan = true;
    } else if (std::isinf(value)) {
      (value > 0 ? range.posInf : range.negInf) = true;
    } else {
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
      if (value != 0)
        smallest = std::min(smallest, std::abs(value));
    }
  }

  FloatRange finish() {
    if (std::isfinite(smallest))
      range.smallest = smallest;
    // An empty constant has no element; zero stands for it.
    return range.isBottom() ? FloatRange::point(0) : range;
  }
};
} // namespace

/// Elements of four bytes, which nearly all large constants have.
static FloatRange readSingles(ArrayRef<char> data) {
  RangeBuilder builder;
  for (size_t i = 0; i + 4 <= data.size(); i += 4) {
    float value;
    std::memcpy(&value, data.data() + i, 4);
    builder.add(value);
  }
  return builder.finish();
}

FloatRange ranges::getConstantRange(ElementsAttr elements) {
  Type type = elements.getElementType();
  RangeBuilder builder;
  if (auto dense = dyn_cast<DenseFPElementsAttr>(elements)) {
    if (dense.isSplat())
      builder.add(toDouble(dense.getSplatValue<APFloat>()));
    else if (type.isF32())
      return readSingles(dense.getRawData());
    else
      for (APFloat value : dense.getValues<APFloat>())
        builder.add(toDouble(value));
    return builder.finish();
  }
  if (auto dense = dyn_cast<DenseIntElementsAttr>(elements)) {
    bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
    auto add = [&](const APInt &value) {
      builder.add(value.roundToDouble(!isUnsigned));
    };
    if (dense.isSplat())
      add(dense.getSplatValue<APInt>());
    else
      for (const APInt &value : dense.getValues<APInt>())
        add(value);
    return builder.finish();
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob();
        blob && type.isF32())
      return readSingles(blob->getData());
  return getTop(elements.getShapedType());
}
