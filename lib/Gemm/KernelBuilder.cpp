#include "KernelBuilder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace mlir::mp;

KernelBuilder::KernelBuilder(func::FuncOp func, const CpuClass &cpu,
                             FloatType accumulator)
    : ImplicitLocOpBuilder(func.getLoc(),
                           func.getBody().front().getTerminator()),
      cpu(cpu), accumulator(accumulator),
      lanes(cpu.lanes(accumulator.getWidth())) {}

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

Value KernelBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value KernelBuilder::add(Value lhs, Value rhs) {
  return createOrFold<arith::AddIOp>(lhs, rhs);
}
Value KernelBuilder::sub(Value lhs, Value rhs) {
  return createOrFold<arith::SubIOp>(lhs, rhs);
}
Value KernelBuilder::mul(Value lhs, int64_t rhs) {
  return createOrFold<arith::MulIOp>(lhs, index(rhs));
}
Value KernelBuilder::div(Value lhs, int64_t rhs) {
  return createOrFold<arith::DivUIOp>(lhs, index(rhs));
}
Value KernelBuilder::rem(Value lhs, int64_t rhs) {
  return createOrFold<arith::RemUIOp>(lhs, index(rhs));
}
Value KernelBuilder::min(Value lhs, Value rhs) {
  return createOrFold<arith::MinUIOp>(lhs, rhs);
}
Value KernelBuilder::max(Value lhs, Value rhs) {
  return createOrFold<arith::MaxUIOp>(lhs, rhs);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void KernelBuilder::forEach(Value from, Value to, int64_t step,
                            llvm::function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(*this, from, to, index(step));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value> KernelBuilder::accumulate(
    Value from, Value to, int64_t step, ValueRange init,
    llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(*this, from, to, index(step), init);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(*this,
                       body(loop.getInductionVar(), loop.getRegionIterArgs()));
  return SmallVector<Value>(loop.getResults());
}

void KernelBuilder::forEachVector(
    Value from, Value to, int64_t width,
    llvm::function_ref<void(Value, int64_t)> body) {
  Value middle = add(from, roundDown(sub(to, from), width));
  forEach(from, middle, width, [&](Value i) { body(i, width); });
  forEach(middle, to, 1, [&](Value i) { body(i, 1); });
}

void KernelBuilder::ifThen(Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  body();
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value KernelBuilder::splat(double value, int64_t count) {
  auto type = vector(accumulator, count);
  return arith::ConstantOp::create(
      *this, type,
      DenseElementsAttr::get(type, getFloatAttr(accumulator, value)));
}

Value KernelBuilder::splatInt(int64_t value, unsigned bits, int64_t count) {
  auto type = vector(getIntegerType(bits), count);
  APInt constant(bits, static_cast<uint64_t>(value), /*isSigned=*/true,
                 /*implicitTrunc=*/true);
  return arith::ConstantOp::create(*this, type,
                                   DenseElementsAttr::get(type, constant));
}

Value KernelBuilder::fma(Value a, Value b, Value c) {
  if (cpu.hasFma)
    return vector::FMAOp::create(*this, a, b, c);
  return arith::AddFOp::create(*this, arith::MulFOp::create(*this, a, b), c);
}

Value KernelBuilder::sumLanes(Value value) {
  for (int64_t n = cast<VectorType>(value.getType()).getDimSize(0); n > 1;
       n /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < n / 2; ++i) {
      low.push_back(i);
      high.push_back(i + n / 2);
    }
    value = arith::AddFOp::create(
        *this, vector::ShuffleOp::create(*this, value, value, low),
        vector::ShuffleOp::create(*this, value, value, high));
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value KernelBuilder::view(Value scratch, int64_t offset,
                          ArrayRef<int64_t> shape, Type element) {
  return memref::ViewOp::create(*this, MemRefType::get(shape, element), scratch,
                                index(offset), ValueRange());
}

Value KernelBuilder::loadSplat(Value memref, ValueRange indices,
                               int64_t count) {
  if (count == 1)
    return load(memref, indices, 1);
  Value one;
  if (cast<MemRefType>(memref.getType()).getElementType() == accumulator)
    one = memref::LoadOp::create(*this, memref, indices);
  else
    one = vector::ExtractOp::create(*this, load(memref, indices, 1), 0);
  return vector::BroadcastOp::create(*this, vector(accumulator, count), one);
}

Value KernelBuilder::load(Value memref, ValueRange indices, int64_t count) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  return widen(
      vector::LoadOp::create(*this, vector(element, count), memref, indices));
}

void KernelBuilder::store(Value value, Value memref, ValueRange indices) {
  auto format =
      cast<FloatType>(cast<MemRefType>(memref.getType()).getElementType());
  vector::StoreOp::create(*this, narrow(value, format), memref, indices);
}

void KernelBuilder::prefetch(Value memref, ValueRange indices,
                             unsigned locality) {
  memref::PrefetchOp::create(*this, memref, indices, /*isWrite=*/false,
                             locality,
                             /*isDataCache=*/true);
}
