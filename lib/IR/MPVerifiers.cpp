#include "mp/IR/MPOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// Tensor ops
//===----------------------------------------------------------------------===//

LogicalResult CastOp::verify() {
  // cast-c2
  Type elementType = getInput().getType().getElementType();
  if (elementType == getResult().getType().getElementType())
    return emitOpError("expected the element type to change, but got ")
           << elementType << " on both sides";
  return success();
}

/// The accumulator is f32 or f64 and as wide as each operand.
static LogicalResult verifyAccumulator(Operation *op, Type accumulator,
                                       RankedTensorType a, RankedTensorType b) {
  if (!accumulator.isF32() && !accumulator.isF64())
    return op->emitOpError(
               "expected an accumulator of type f32 or f64, but got ")
           << accumulator;
  for (RankedTensorType type : {a, b})
    if (type.getElementTypeBitWidth() > accumulator.getIntOrFloatBitWidth())
      return op->emitOpError("expected an accumulator at least as wide as ")
             << type.getElementType() << ", but got " << accumulator;
  return success();
}

static LogicalResult verifyEpilogueOperands(Operation *op, Value bias,
                                            Value residual,
                                            RankedTensorType result) {
  int64_t channels = result.getDimSize(result.getRank() - 1);
  if (bias) {
    auto type = cast<RankedTensorType>(bias.getType());
    if (type.getRank() != 1 || type.getDimSize(0) != channels)
      return op->emitOpError("expected a bias of shape [")
             << channels << "], but got " << type;
  }
  if (residual) {
    auto type = cast<RankedTensorType>(residual.getType());
    if (type.getShape() != result.getShape())
      return op->emitOpError("expected a residual of the result's shape ")
             << result << ", but got " << type;
  }
  return success();
}

LogicalResult GemmOp::verify() {
  RankedTensorType a = getA().getType(), b = getB().getType(),
                   c = getResult().getType();
  int64_t rank = c.getRank();
  // gemm-c1
  if (rank < 2 || rank > 3 || a.getRank() != rank || b.getRank() != rank)
    return emitOpError(
               "expected A, B and the result of one rank, 2 or 3, but got ")
           << a.getRank() << ", " << b.getRank() << " and " << rank;
  // gemm-c2
  int64_t last = rank - 1, row = rank - 2;
  int64_t m = a.getDimSize(getTransposeA() ? last : row);
  int64_t k = a.getDimSize(getTransposeA() ? row : last);
  int64_t kb = b.getDimSize(getTransposeB() ? last : row);
  int64_t n = b.getDimSize(getTransposeB() ? row : last);
  if (k != kb)
    return emitOpError("expected A and B to agree on K, but got ")
           << k << " and " << kb;
  if (m != c.getDimSize(row) || n != c.getDimSize(last))
    return emitOpError("expected a result of ")
           << m << " by " << n << ", but got " << c;
  if (rank == 3 && (a.getDimSize(0) != c.getDimSize(0) ||
                    b.getDimSize(0) != c.getDimSize(0)))
    return emitOpError("expected one batch size, but got ")
           << a.getDimSize(0) << ", " << b.getDimSize(0) << " and "
           << c.getDimSize(0);
  // gemm-c4, gemm-c5, gemm-c6
  if (failed(verifyEpilogueOperands(*this, getBias(), getResidual(), c)))
    return failure();
  return verifyAccumulator(*this, getAccumulator(), a, b);
}

LogicalResult ConvOp::verify() {
  RankedTensorType x = getInput().getType(), w = getFilter().getType(),
                   y = getResult().getType();
  int64_t rank = x.getRank(), spatial = rank - 2;
  // conv-c1
  if (spatial < 1 || spatial > 3 || w.getRank() != rank || y.getRank() != rank)
    return emitOpError("expected input, filter and result of one rank, 3 to 5, "
                       "but got ")
           << rank << ", " << w.getRank() << " and " << y.getRank();
  // conv-c2
  for (auto [name, list, size, least] :
       {std::make_tuple("strides", getStrides(), spatial, int64_t(1)),
        std::make_tuple("padding", getPadding(), 2 * spatial, INT64_MIN),
        std::make_tuple("lhs_dilation", getLhsDilation(), spatial, int64_t(1)),
        std::make_tuple("rhs_dilation", getRhsDilation(), spatial,
                        int64_t(1))}) {
    if (int64_t(list.size()) != size)
      return emitOpError("expected ")
             << size << " entries in " << name << ", but got " << list.size();
    for (int64_t value : list)
      if (value < least)
        return emitOpError("expected ")
               << name << " of at least " << least << ", but got " << value;
  }
  // conv-c3
  int64_t groups = getGroups(), channels = x.getDimSize(rank - 1),
          outputs = w.getDimSize(rank - 1);
  if (groups < 1 || channels % groups || outputs % groups ||
      w.getDimSize(rank - 2) != channels / groups)
    return emitOpError("expected a filter of ")
           << channels << " / " << groups << " input channels, and " << groups
           << " groups to divide the channels, but got " << w;
  if (y.getDimSize(0) != x.getDimSize(0) || y.getDimSize(rank - 1) != outputs)
    return emitOpError("expected a result with batch ")
           << x.getDimSize(0) << " and " << outputs << " channels, but got "
           << y;
  for (int64_t d = 0; d < spatial; ++d) {
    auto dilate = [](int64_t size, int64_t by) {
      return size == 0 ? 0 : (size - 1) * by + 1;
    };
    int64_t in = dilate(x.getDimSize(d + 1), getLhsDilation()[d]) +
                 getPadding()[2 * d] + getPadding()[2 * d + 1];
    int64_t window = dilate(w.getDimSize(d), getRhsDilation()[d]);
    int64_t out = in < window ? 0 : (in - window) / getStrides()[d] + 1;
    if (y.getDimSize(d + 1) != out)
      return emitOpError("expected size ")
             << out << " in spatial dimension " << d
             << " of the result, but got " << y.getDimSize(d + 1);
  }
  // conv-c4, conv-c5
  if (failed(verifyEpilogueOperands(*this, getBias(), getResidual(), y)))
    return failure();
  return verifyAccumulator(*this, getAccumulator(), x, w);
}

//===----------------------------------------------------------------------===//
// Program ops
//===----------------------------------------------------------------------===//

LogicalResult LaunchOp::verify() {
  // launch-c3
  size_t results = getOutputs().size();
  if (getTiedOperands().size() != results ||
      getReusableOperands().size() != results)
    return emitOpError("expected ")
           << results << " entries in tied and reusable, but got "
           << getTiedOperands().size() << " and "
           << getReusableOperands().size();
  int64_t inputs = getInputs().size();
  for (auto list : {getTiedOperands(), getReusableOperands()})
    for (int64_t i : list)
      if (i < -1 || i >= inputs)
        return emitOpError("expected -1 or the index of an input, but got ")
               << i;
  // launch-c4
  if (getExtent() < 1 || getGrain() < 1)
    return emitOpError("expected extent and grain of at least 1, but got ")
           << getExtent() << " and " << getGrain();
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // launch-c1
  Operation *callee = symbols.lookupNearestSymbolFrom(*this, getCalleeAttr());
  if (!isa_and_nonnull<FunctionOpInterface>(callee) ||
      !callee->hasAttr(kKernelAttrName))
    return emitOpError("expected '")
           << getCallee() << "' to be a kernel function";
  // A kernel that is LLVM code already has the uniform signature.
  auto kernel = dyn_cast<func::FuncOp>(callee);
  if (!kernel)
    return success();
  // launch-c2
  SmallVector<Type> tensors(getInputs().getTypes());
  llvm::append_range(tensors, getOutputs().getTypes());
  auto types = kernel.getArgumentTypes();
  if (types.size() != tensors.size() + 3)
    return emitOpError("expected a kernel with ")
           << tensors.size() + 3 << " arguments, but '" << getCallee()
           << "' has " << types.size();
  for (auto [i, type] : llvm::enumerate(tensors)) {
    auto tensor = cast<RankedTensorType>(type);
    auto memref = dyn_cast<MemRefType>(types[i]);
    Type stored = tensor.getElementType().isInteger(1)
                      ? IntegerType::get(getContext(), 8)
                      : tensor.getElementType();
    if (!memref || memref.getShape() != tensor.getShape() ||
        memref.getElementType() != stored)
      return emitOpError("argument ")
             << i << " of kernel '" << getCallee() << "' is " << types[i]
             << ", which does not hold " << tensor;
  }
  return success();
}
