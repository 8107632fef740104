#include "ConstantData.h"

#include "mp/Program/ProgramForm.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace mlir::mp;

std::string mp::getSplatElementBytes(SplatElementsAttr splat) {
  if (splat.getElementType().isInteger(1))
    return std::string(1, splat.getSplatValue<bool>() ? 1 : 0);
  ArrayRef<char> raw = splat.getRawData();
  size_t size = getElementBytes(splat.getElementType());
  return std::string(raw.data(), std::min(size, raw.size()));
}

static std::string getDenseBytes(DenseElementsAttr dense) {
  int64_t count = dense.getNumElements();
  if (count == 0)
    return {};
  std::string bytes;
  if (auto splat = dyn_cast<SplatElementsAttr>(dense)) {
    std::string element = getSplatElementBytes(splat);
    bytes.reserve(count * element.size());
    for (int64_t i = 0; i < count; ++i)
      bytes += element;
    return bytes;
  }
  if (!dense.getElementType().isInteger(1)) {
    ArrayRef<char> raw = dense.getRawData();
    return std::string(raw.data(), raw.size());
  }
  bytes.reserve(count);
  for (bool value : dense.getValues<bool>())
    bytes.push_back(value ? 1 : 0);
  return bytes;
}

/// Resources hold i1 tensors one bit or one byte an element, by who wrote them.
static std::string unpackBits(ArrayRef<char> packed, int64_t count) {
  std::string bytes(count, 0);
  for (int64_t i = 0; i < count; ++i)
    bytes[i] = (packed[i / 8] >> (i % 8)) & 1;
  return bytes;
}

FailureOr<std::string> mp::getConstantBytes(Location loc, Attribute constant) {
  auto elements = dyn_cast<ElementsAttr>(constant);
  if (!elements) {
    emitError(loc) << "expected a constant tensor, but got " << constant;
    return failure();
  }
  FailureOr<int64_t> size = getBufferBytes(loc, elements.getShapedType());
  if (failed(size))
    return failure();
  std::string bytes;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant)) {
    bytes = getDenseBytes(dense);
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob) {
      emitError(loc) << "expected the data of resource '"
                     << resource.getRawHandle().getKey()
                     << "', but they were left out when the file was printed";
      return failure();
    }
    ArrayRef<char> data = blob->getData();
    int64_t count = elements.getNumElements();
    bool packed = elements.getElementType().isInteger(1) && count > 1 &&
                  int64_t(data.size()) == (count + 7) / 8;
    bytes = packed ? unpackBits(data, count)
                   : std::string(data.data(), data.size());
  } else {
    emitError(loc) << "expected a dense constant, but got " << constant;
    return failure();
  }
  if (int64_t(bytes.size()) != *size) {
    emitError(loc) << "expected a constant of " << *size << " bytes for "
                   << elements.getShapedType() << ", but got " << bytes.size();
    return failure();
  }
  return bytes;
}
