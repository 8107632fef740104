#include "KernelLoops.h"
#include "StableHLOToLinalg.h"

using namespace mlir;
using namespace mlir::mp;

int64_t mp::getCopyGrain(Type element) {
  constexpr int64_t bytesPerThread = 1 << 16;
  auto complex = dyn_cast<ComplexType>(element);
  int64_t bits = complex ? 2 * complex.getElementType().getIntOrFloatBitWidth()
                         : element.getIntOrFloatBitWidth();
  return bytesPerThread / std::max<int64_t>(1, bits / 8);
}

RankedTensorType mp::flatten(RankedTensorType type) {
  return RankedTensorType::get({type.getNumElements()}, type.getElementType());
}

Value mp::flatten(OpBuilder &builder, Location loc, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return createReshape(builder, loc, tensor, {type.getNumElements()});
}

SmallVector<int64_t> mp::getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  return strides;
}

int64_t mp::getProduct(ArrayRef<int64_t> shape) {
  return llvm::product_of(shape);
}

SmallVector<RankedTensorType> mp::getTensorTypes(ValueRange values) {
  return llvm::map_to_vector(values, [](Value value) {
    return cast<RankedTensorType>(value.getType());
  });
}

KernelLoops::KernelLoops(KernelFunction kernel)
    : ImplicitLocOpBuilder(
          kernel.func.getLoc(),
          OpBuilder(kernel.func.getBody().front().getTerminator())) {}

Value KernelLoops::add(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b);
}

Value KernelLoops::mul(Value a, int64_t b) {
  return b == 1 ? a : Value(arith::MulIOp::create(*this, a, index(b)));
}

Value KernelLoops::floorDiv(Value a, int64_t b) {
  return b == 1 ? a : Value(arith::DivUIOp::create(*this, a, index(b)));
}

Value KernelLoops::ceilDiv(Value a, int64_t b) {
  a = max(a, index(0));
  return b == 1 ? a
                : Value(arith::DivUIOp::create(*this, add(a, b - 1), index(b)));
}

SmallVector<Value> KernelLoops::delinearize(Value linear,
                                            ArrayRef<int64_t> shape) {
  SmallVector<Value> coordinates(shape.size());
  for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
    if (shape[d] == 1) {
      coordinates[d] = index(0);
      continue;
    }
    // All that is left belongs to the outermost dimension larger than one.
    if (getProduct(shape.take_front(d)) == 1) {
      coordinates[d] = linear;
      linear = index(0);
      continue;
    }
    coordinates[d] = arith::RemUIOp::create(*this, linear, index(shape[d]));
    linear = arith::DivUIOp::create(*this, linear, index(shape[d]));
  }
  return coordinates;
}

Value KernelLoops::linearize(ValueRange coordinates,
                             ArrayRef<int64_t> strides) {
  Value sum;
  for (auto [coordinate, stride] : llvm::zip_equal(coordinates, strides)) {
    Value term = mul(coordinate, stride);
    sum = sum ? add(sum, term) : term;
  }
  return sum ? sum : index(0);
}

void KernelLoops::loop(Value low, Value high, Body body) {
  auto forOp = scf::ForOp::create(*this, low, high, index(1));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(forOp.getBody());
  body(forOp.getInductionVar());
}

void KernelLoops::loopOver(ArrayRef<int64_t> shape,
                           llvm::function_ref<void(ValueRange)> body) {
  SmallVector<Value> coordinates;
  std::function<void()> nest = [&] {
    if (coordinates.size() == shape.size())
      return body(coordinates);
    int64_t size = shape[coordinates.size()];
    auto inner = [&](Value i) {
      coordinates.push_back(i);
      nest();
      coordinates.pop_back();
    };
    if (size == 1)
      inner(index(0));
    else
      loop(index(0), index(size), inner);
  };
  nest();
}

void KernelLoops::when(Value condition, llvm::function_ref<void()> body) {
  auto ifOp = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(ifOp.thenBlock());
  body();
}

Value KernelLoops::load(Value memref, ValueRange indices, Type element) {
  Value value = memref::LoadOp::create(*this, memref, indices);
  if (value.getType() == element)
    return value;
  return arith::TruncIOp::create(*this, element, value);
}

void KernelLoops::store(Value value, Value memref, ValueRange indices) {
  Type stored = cast<MemRefType>(memref.getType()).getElementType();
  if (value.getType() != stored)
    value = arith::ExtUIOp::create(*this, stored, value);
  memref::StoreOp::create(*this, value, memref, indices);
}

Value KernelLoops::loadIndex(Value memref, ValueRange indices,
                             bool isUnsigned) {
  Value value = memref::LoadOp::create(*this, memref, indices);
  if (value.getType().isIndex())
    return value;
  if (!isUnsigned)
    return arith::IndexCastOp::create(*this, getIndexType(), value);
  value = arith::IndexCastUIOp::create(*this, getIndexType(), value);
  // Far beyond any dimension, and yet far from overflow.
  return arith::MinUIOp::create(*this, value, index(int64_t(1) << 62));
}

void KernelLoops::copy(Value source, Value sourceShift, Value target,
                       Value targetShift, Value low, Value high) {
  loop(low, high, [&](Value i) {
    Value value = memref::LoadOp::create(*this, source, add(i, sourceShift));
    memref::StoreOp::create(*this, value, target, add(i, targetShift));
  });
}

void KernelLoops::fill(Value value, Value target, Value low, Value high) {
  loop(low, high,
       [&](Value i) { memref::StoreOp::create(*this, value, target, i); });
}
