//===- LinearAlgebra.cpp - Cholesky factors and triangular systems --------===//
//
// Small dense solvers by the textbook recurrences, one matrix or one column of
// unknowns to a work item. Sums are carried in f64.
//
//===----------------------------------------------------------------------===//
#include "KernelLoops.h"
#include "Num.h"
#include "StableHLOToLinalg.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mp/StableHLO/StableHLO.h"
#include <optional>

using namespace mlir;
using namespace mlir::mp;

namespace {

/// A real or complex number with parts of f64.
struct Number {
  Num re;
  std::optional<Num> im;

  Number operator-(Number z) const {
    if (!im)
      return {re - z.re, {}};
    return {re - z.re, *im - *z.im};
  }
  Number operator*(Number z) const {
    if (!im)
      return {re * z.re, {}};
    return {re * z.re - *im * *z.im, re * *z.im + *im * z.re};
  }
  Number conj() const { return im ? Number{re, -*im} : *this; }
  Number operator/(Number z) const {
    if (!im)
      return {re / z.re, {}};
    Num norm = z.re * z.re + *z.im * *z.im;
    Number product = *this * z.conj();
    return {product.re / norm, *product.im / norm};
  }
};

/// Loops over numbers in memrefs of any float or complex type.
class NumberLoops : public KernelLoops {
public:
  NumberLoops(const KernelFunction &kernel, Type element)
      : KernelLoops(kernel), element(element) {}

  Number load(Value memref, ValueRange indices) {
    Value value = memref::LoadOp::create(*this, memref, indices);
    FloatType f64 = getF64Type();
    if (!isa<ComplexType>(element))
      return {convertFloat({*this, value}, f64), {}};
    return {convertFloat({*this, complex::ReOp::create(*this, value)}, f64),
            convertFloat({*this, complex::ImOp::create(*this, value)}, f64)};
  }
  void store(Number number, Value memref, ValueRange indices) {
    memref::StoreOp::create(*this, toElement(number), memref, indices);
  }
  /// `start` minus the sum of term(k) over [low, high).
  Number subtract(Number start, Value low, Value high,
                  llvm::function_ref<Number(Value)> term);

private:
  Value toElement(Number number) {
    auto complexType = dyn_cast<ComplexType>(element);
    auto part =
        cast<FloatType>(complexType ? complexType.getElementType() : element);
    Value re = convertFloat(number.re, part);
    if (!complexType)
      return re;
    return complex::CreateOp::create(*this, complexType, re,
                                     convertFloat(*number.im, part));
  }

  Type element;
};

} // namespace

Number NumberLoops::subtract(Number start, Value low, Value high,
                             llvm::function_ref<Number(Value)> term) {
  SmallVector<Value> parts = {start.re};
  if (start.im)
    parts.push_back(*start.im);
  auto toNumber = [&](ValueRange values) -> Number {
    Num re = {*this, values[0]};
    if (values.size() == 1)
      return {re, {}};
    return {re, Num(*this, values[1])};
  };
  auto forOp = scf::ForOp::create(*this, low, high, index(1), parts);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(forOp.getBody());
  Number rest =
      toNumber(forOp.getRegionIterArgs()) - term(forOp.getInductionVar());
  parts = {rest.re};
  if (rest.im)
    parts.push_back(*rest.im);
  scf::YieldOp::create(*this, parts);
  return toNumber(forOp.getResults());
}

/// `type` with its leading dimensions made one.
static RankedTensorType getBatchedType(RankedTensorType type) {
  int64_t rank = type.getRank();
  ArrayRef<int64_t> shape = type.getShape();
  return RankedTensorType::get(
      {getProduct(shape.drop_back(2)), shape[rank - 2], shape[rank - 1]},
      type.getElementType());
}

static Value toBatched(OpBuilder &builder, Location loc, Value matrix) {
  auto type = getBatchedType(cast<RankedTensorType>(matrix.getType()));
  return createReshape(builder, loc, matrix, type.getShape());
}

namespace {

/// A = L L^H, or A = U^H U with U = L^H. The other triangle becomes zero.
struct CholeskyLowering : KernelPattern<shlo::CholeskyOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::CholeskyOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override;
};

/// op(A) X = B, or X op(A) = B.
struct TriangularSolveLowering : KernelPattern<shlo::TriangularSolveOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::TriangularSolveOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override;
};

} // namespace

LogicalResult
CholeskyLowering::matchAndRewrite(shlo::CholeskyOp op, OpAdaptor adaptor,
                                  ConversionPatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  auto resultType = cast<RankedTensorType>(adaptor.getA().getType());
  if (resultType.getRank() < 2)
    return rewriter.notifyMatchFailure(op, "expected matrices");
  if (resultType.getNumElements() == 0) {
    rewriter.replaceOp(op, createEmpty(rewriter, loc, resultType));
    return success();
  }
  Value input = toBatched(rewriter, loc, adaptor.getA());
  auto type = cast<RankedTensorType>(input.getType());
  KernelFunction kernel =
      createKernelFunction(symbols, loc, "cholesky", type, type);
  NumberLoops b(kernel, type.getElementType());
  Value a = kernel.inputs[0], factor = kernel.outputs[0];
  Value zero = b.index(0), size = b.index(type.getDimSize(1));
  bool lower = op.getLower();

  b.loop(kernel.begin, kernel.end, [&](Value batch) {
    // Entry (i, j), i >= j, of a lower triangle, stored here or transposed.
    auto at = [&](Value i, Value j) {
      return lower ? SmallVector<Value>{batch, i, j}
                   : SmallVector<Value>{batch, j, i};
    };
    auto load = [&](Value memref, Value i, Value j) {
      Number number = b.load(memref, at(i, j));
      return lower ? number : number.conj();
    };
    auto store = [&](Number number, Value i, Value j) {
      b.store(lower ? number : number.conj(), factor, at(i, j));
    };
    b.loop(zero, size, [&](Value j) {
      auto rest = [&](Value i) {
        return b.subtract(load(a, i, j), zero, j, [&](Value k) {
          return load(factor, i, k) * load(factor, j, k).conj();
        });
      };
      Num pivot = sqrt(rest(j).re);
      Number diagonal = {pivot, {}};
      if (isa<ComplexType>(type.getElementType()))
        diagonal.im = pivot.constant(0.0);
      store(diagonal, j, j);
      b.loop(b.add(j, 1), size, [&](Value i) {
        Number entry = rest(i);
        entry.re = entry.re / pivot;
        if (entry.im)
          entry.im = *entry.im / pivot;
        store(entry, i, j);
        Number none = {pivot.constant(0.0), {}};
        if (entry.im)
          none.im = none.re;
        b.store(none, factor, at(j, i));
      });
    });
  });
  LaunchOp launch = createLaunch(rewriter, loc, kernel.func, input, type,
                                 type.getDimSize(0), /*grain=*/1);
  rewriter.replaceOp(op, createReshape(rewriter, loc, launch.getResult(0),
                                       resultType.getShape()));
  return success();
}

LogicalResult TriangularSolveLowering::matchAndRewrite(
    shlo::TriangularSolveOp op, OpAdaptor adaptor,
    ConversionPatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  auto resultType = cast<RankedTensorType>(adaptor.getB().getType());
  if (resultType.getRank() < 2)
    return rewriter.notifyMatchFailure(op, "expected matrices");
  if (resultType.getNumElements() == 0) {
    rewriter.replaceOp(op, createEmpty(rewriter, loc, resultType));
    return success();
  }
  SmallVector<Value> inputs = {toBatched(rewriter, loc, adaptor.getA()),
                               toBatched(rewriter, loc, adaptor.getB())};
  auto type = cast<RankedTensorType>(inputs[1].getType());
  bool left = op.getLeftSide(), adjoint = false, swapped = !left;
  if (op.getTransposeA() == shlo::Transpose::TRANSPOSE ||
      op.getTransposeA() == shlo::Transpose::ADJOINT) {
    adjoint = op.getTransposeA() == shlo::Transpose::ADJOINT;
    swapped = !swapped;
  }
  // X op(A) = B is op(A)^T X^T = B^T: one system of `size` unknowns for each
  // of `systems` columns or rows of B.
  int64_t size = type.getDimSize(left ? 1 : 2);
  int64_t systems = type.getDimSize(left ? 2 : 1);
  bool forward = op.getLower() != swapped;

  KernelFunction kernel = createKernelFunction(symbols, loc, "triangular_solve",
                                               getTensorTypes(inputs), type);
  NumberLoops b(kernel, type.getElementType());
  Value zero = b.index(0), last = b.index(size - 1);
  b.loop(kernel.begin, kernel.end, [&](Value item) {
    Value batch = b.floorDiv(item, systems);
    Value system = b.sub(item, b.mul(batch, systems));
    auto coefficient = [&](Value i, Value k) {
      Number number =
          b.load(kernel.inputs[0],
                 swapped ? ValueRange{batch, k, i} : ValueRange{batch, i, k});
      return adjoint ? number.conj() : number;
    };
    auto at = [&](Value i) {
      return left ? SmallVector<Value>{batch, i, system}
                  : SmallVector<Value>{batch, system, i};
    };
    auto unknown = [&](Value step) {
      return forward ? step : b.sub(last, step);
    };
    b.loop(zero, b.index(size), [&](Value step) {
      Value i = unknown(step);
      Number x = b.subtract(
          b.load(kernel.inputs[1], at(i)), zero, step, [&](Value solved) {
            Value k = unknown(solved);
            return coefficient(i, k) * b.load(kernel.outputs[0], at(k));
          });
      if (!op.getUnitDiagonal())
        x = x / coefficient(i, i);
      b.store(x, kernel.outputs[0], at(i));
    });
  });
  LaunchOp launch = createLaunch(rewriter, loc, kernel.func, inputs, type,
                                 type.getDimSize(0) * systems, /*grain=*/1);
  rewriter.replaceOp(op, createReshape(rewriter, loc, launch.getResult(0),
                                       resultType.getShape()));
  return success();
}

void mp::populateLinearAlgebraPatterns(TypeConverter &converter,
                                       SymbolTable &symbols,
                                       RewritePatternSet &patterns) {
  patterns.add<CholeskyLowering, TriangularSolveLowering>(
      converter, patterns.getContext(), symbols);
}
