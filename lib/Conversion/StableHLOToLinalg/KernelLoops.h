//===- KernelLoops.h - loops over memrefs in kernel functions ---*- C++ -*-===//
//
// Kernels see tensors as flat buffers wherever they can: `flatten` and
// `unflatten` are views, and a kernel over [begin, end) of a flat buffer splits
// evenly whatever the shape was.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_KERNELLOOPS_H
#define MP_CONVERSION_KERNELLOOPS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mp/IR/KernelFunction.h"

namespace mlir::mp {

/// Work items of `elementBytes` each that are worth handing to a thread.
int64_t getCopyGrain(Type element);

/// `tensor` as one dimension.
Value flatten(OpBuilder &builder, Location loc, Value tensor);
RankedTensorType flatten(RankedTensorType type);

/// The sizes of a shape's dimensions in elements, innermost 1.
SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape);

int64_t getProduct(ArrayRef<int64_t> shape);

SmallVector<RankedTensorType> getTensorTypes(ValueRange values);

/// A pattern that writes kernels, for which it needs the module's symbols.
template <typename OpTy>
struct KernelPattern : OpConversionPattern<OpTy> {
  KernelPattern(TypeConverter &converter, MLIRContext *context,
                SymbolTable &symbols)
      : OpConversionPattern<OpTy>(converter, context), symbols(symbols) {}
  SymbolTable &symbols;
};

/// Builds index arithmetic and loops inside a kernel.
class KernelLoops : public ImplicitLocOpBuilder {
public:
  /// Inserts before the terminator of the kernel.
  explicit KernelLoops(KernelFunction kernel);
  KernelLoops(Location loc, const OpBuilder &builder)
      : ImplicitLocOpBuilder(loc, builder) {}

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(*this, value);
  }
  Value add(Value a, Value b);
  Value add(Value a, int64_t b) { return add(a, index(b)); }
  Value sub(Value a, Value b) { return arith::SubIOp::create(*this, a, b); }
  Value mul(Value a, int64_t b);
  Value min(Value a, Value b) { return arith::MinSIOp::create(*this, a, b); }
  Value max(Value a, Value b) { return arith::MaxSIOp::create(*this, a, b); }
  /// Of an `a` that is not negative.
  Value floorDiv(Value a, int64_t b);
  /// Rounds up; zero for any negative `a`.
  Value ceilDiv(Value a, int64_t b);
  Value both(Value a, Value b) { return arith::AndIOp::create(*this, a, b); }
  Value less(Value a, Value b) {
    return compare(arith::CmpIPredicate::slt, a, b);
  }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(*this, predicate, a, b);
  }

  /// Coordinates of element `linear` in a row-major `shape`.
  SmallVector<Value> delinearize(Value linear, ArrayRef<int64_t> shape);
  /// The sum of `coordinates[d] * strides[d]`.
  Value linearize(ValueRange coordinates, ArrayRef<int64_t> strides);

  using Body = llvm::function_ref<void(Value)>;
  /// for (i = low; i < high; ++i) body(i)
  void loop(Value low, Value high, Body body);
  /// A nest over [0, shape), outermost first.
  void loopOver(ArrayRef<int64_t> shape,
                llvm::function_ref<void(ValueRange)> body);
  /// if (condition) body()
  void when(Value condition, llvm::function_ref<void()> body);

  /// An element as the region of an op sees it: `element` is its signless
  /// type, which differs from the memref's for i1.
  Value load(Value memref, ValueRange indices, Type element);
  void store(Value value, Value memref, ValueRange indices);

  /// The index held by one element of an integer memref, kept representable
  /// if it is unsigned.
  Value loadIndex(Value memref, ValueRange indices, bool isUnsigned);

  /// target[i + targetShift] = source[i + sourceShift] for i in [low, high),
  /// flat memrefs of one element type.
  void copy(Value source, Value sourceShift, Value target, Value targetShift,
            Value low, Value high);
  /// target[i] = value for i in [low, high), value as stored.
  void fill(Value value, Value target, Value low, Value high);
};

} // namespace mlir::mp

#endif // MP_CONVERSION_KERNELLOOPS_H
