//===- Fft.cpp - Fourier transforms ---------------------------------------===//
//
// One kernel for each transformed dimension; its work items are the lines
// along that dimension. A line is transformed in f64, in the thread's scratch,
// by a self-sorting mixed-radix algorithm (Stockham): a stage of radix p turns
// a transform of length p m into p of length m. Lengths with large prime
// factors are correct but slow: a prime p costs p operations an element.
//
//===----------------------------------------------------------------------===//
#include "ComplexFunctions.h"
#include "KernelLoops.h"
#include "StableHLOToLinalg.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mp/StableHLO/StableHLO.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;

/// Up to this radix a stage's sums are written out.
static constexpr int64_t kUnrolledRadix = 7;

/// cos and sin of 2 pi k / n, with k reduced to the first eighth of the turn so
/// that the symmetries hold exactly.
static std::pair<double, double> getRoot(int64_t k, int64_t n) {
  k %= n;
  if (2 * k > n) {
    auto [c, s] = getRoot(n - k, n);
    return {c, -s};
  }
  if (4 * k > n) {
    // k' / n = 1 / 2 - k / n, in halves so that odd n keep integers.
    auto [c, s] = getRoot(n - 2 * k, 2 * n);
    return {-c, s};
  }
  if (8 * k > n) {
    auto [c, s] = getRoot(n - 4 * k, 4 * n);
    return {s, c};
  }
  long double angle = 2 * 3.14159265358979323846264338327950288L * k / n;
  return {static_cast<double>(std::cos(angle)),
          static_cast<double>(std::sin(angle))};
}

static SmallVector<int64_t> getRadices(int64_t length) {
  SmallVector<int64_t> radices;
  for (int64_t radix = 4; length > 1;) {
    if (length % radix == 0) {
      radices.push_back(radix);
      length /= radix;
    } else if (radix == 4) {
      radix = 2;
    } else {
      radix = radix == 2 ? 3 : radix + 2;
      if (radix * radix > length)
        radix = length;
    }
  }
  return radices;
}

namespace {

/// What happens along one dimension.
struct Line {
  int64_t length;
  bool inverse;
  bool hermitian; // input holds the first length / 2 + 1 of a symmetric line
};

/// A line of complex numbers as two buffers of f64.
struct Buffer {
  Value re, im;
};

/// Writes the kernel for lines of one kind.
class FftKernel {
public:
  FftKernel(KernelLoops &b, const KernelFunction &kernel, Line line)
      : b(b), kernel(kernel), line(line) {}
  void build();

private:
  Buffer takeScratch(int64_t index);
  void load(Value batch, Value inner, Buffer target);
  void store(Buffer source, Value batch, Value inner);
  void stage(Buffer from, Buffer to, int64_t radix, int64_t stride);
  void smallStage(Buffer from, Buffer to, int64_t radix, int64_t stride);
  void largeStage(Buffer from, Buffer to, int64_t radix, int64_t stride);

  Complex read(Buffer buffer, Value index) {
    return {{b, memref::LoadOp::create(b, buffer.re, index)},
            {b, memref::LoadOp::create(b, buffer.im, index)}};
  }
  void write(Complex z, Buffer buffer, Value index) {
    memref::StoreOp::create(b, z.re, buffer.re, index);
    memref::StoreOp::create(b, z.im, buffer.im, index);
  }
  /// The root of unity number `index` of `line.length`, in this direction.
  Complex root(Value index) {
    return read({kernel.inputs[1], kernel.inputs[2]}, index);
  }

  KernelLoops &b;
  const KernelFunction &kernel;
  Line line;
};

} // namespace

Buffer FftKernel::takeScratch(int64_t index) {
  auto type = MemRefType::get({line.length}, b.getF64Type());
  int64_t bytes = line.length * 8;
  auto view = [&](int64_t part) -> Value {
    return memref::ViewOp::create(b, type, kernel.scratch,
                                  b.index((2 * index + part) * bytes),
                                  ValueRange());
  };
  return {view(0), view(1)};
}

void FftKernel::load(Value batch, Value inner, Buffer target) {
  Value input = kernel.inputs[0];
  Type element = cast<MemRefType>(input.getType()).getElementType();
  FloatType f64 = b.getF64Type();
  auto loadAt = [&](Value at) -> Complex {
    Value value =
        memref::LoadOp::create(b, input, ValueRange{batch, at, inner});
    if (!isa<ComplexType>(element)) {
      Num re = convertFloat({b, value}, f64);
      return {re, re.constant(0.0)};
    }
    return {convertFloat({b, complex::ReOp::create(b, value)}, f64),
            convertFloat({b, complex::ImOp::create(b, value)}, f64)};
  };
  int64_t given = line.hermitian ? line.length / 2 + 1 : line.length;
  b.loop(b.index(0), b.index(given),
         [&](Value i) { write(loadAt(i), target, i); });
  if (given < line.length)
    b.loop(b.index(given), b.index(line.length), [&](Value i) {
      write(conj(loadAt(b.sub(b.index(line.length), i))), target, i);
    });
}

void FftKernel::store(Buffer source, Value batch, Value inner) {
  Value output = kernel.outputs[0];
  auto type = cast<MemRefType>(output.getType());
  auto complexType = dyn_cast<ComplexType>(type.getElementType());
  auto part = cast<FloatType>(complexType ? complexType.getElementType()
                                          : type.getElementType());
  b.loop(b.index(0), b.index(type.getDimSize(1)), [&](Value i) {
    Complex z = read(source, i);
    if (line.inverse)
      z = {z.re / line.length, z.im / line.length};
    Value value = convertFloat(z.re, part);
    if (complexType)
      value = complex::CreateOp::create(b, complexType, value,
                                        convertFloat(z.im, part));
    memref::StoreOp::create(b, value, output, ValueRange{batch, i, inner});
  });
}

// A stage with stride s, radix p, m = length / (s p), for r < m, q < s, k < p:
//   to[q + s (p r + k)] = w(r k s) sum_j from[q + s (r + m j)] w(j k length /
//   p)

void FftKernel::smallStage(Buffer from, Buffer to, int64_t radix,
                           int64_t stride) {
  int64_t m = line.length / (stride * radix);
  b.loop(b.index(0), b.index(m), [&](Value r) {
    SmallVector<Complex> twiddles;
    for (int64_t k = 1; k < radix; ++k)
      twiddles.push_back(root(b.mul(r, k * stride)));
    b.loop(b.index(0), b.index(stride), [&](Value q) {
      SmallVector<Complex> inputs;
      Value first = b.add(q, b.mul(r, stride));
      for (int64_t j = 0; j < radix; ++j)
        inputs.push_back(read(from, b.add(first, stride * m * j)));
      Value target = b.add(q, b.mul(r, stride * radix));
      for (int64_t k = 0; k < radix; ++k) {
        Complex sum = inputs[0];
        for (int64_t j = 1; j < radix; ++j) {
          auto [c, s] = getRoot(j * k, radix);
          if (!line.inverse)
            s = -s;
          Complex z = inputs[j];
          if (s == 0)
            sum = c > 0 ? sum + z : sum - z;
          else if (c == 0)
            sum = s > 0 ? sum + z.timesI() : sum - z.timesI();
          else
            sum = sum + Complex{z.re * c - z.im * s, z.re * s + z.im * c};
        }
        if (k && m > 1) {
          Complex w = twiddles[k - 1];
          sum = {sum.re * w.re - sum.im * w.im, sum.re * w.im + sum.im * w.re};
        }
        write(sum, to, b.add(target, stride * k));
      }
    });
  });
}

void FftKernel::largeStage(Buffer from, Buffer to, int64_t radix,
                           int64_t stride) {
  int64_t m = line.length / (stride * radix);
  int64_t step = line.length / radix;
  b.loopOver({m, radix, stride}, [&](ValueRange at) {
    Value r = at[0], k = at[1], q = at[2];
    Value first = b.add(q, b.mul(r, stride));
    Value zero = arith::ConstantOp::create(b, b.getF64FloatAttr(0.0));
    auto sums = scf::ForOp::create(b, b.index(0), b.index(radix), b.index(1),
                                   ValueRange{zero, zero});
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(sums.getBody());
      Value j = sums.getInductionVar();
      Value turn = arith::RemUIOp::create(b, arith::MulIOp::create(b, j, k),
                                          b.index(radix));
      Complex z = read(from, b.add(first, b.mul(j, stride * m)));
      Complex w = root(b.mul(turn, step));
      Num re = {b, sums.getRegionIterArg(0)},
          im = {b, sums.getRegionIterArg(1)};
      re = re + (z.re * w.re - z.im * w.im);
      im = im + (z.re * w.im + z.im * w.re);
      scf::YieldOp::create(b, ValueRange{re, im});
    }
    Complex sum = {{b, sums.getResult(0)}, {b, sums.getResult(1)}};
    Complex w = root(arith::MulIOp::create(b, b.mul(r, stride), k));
    sum = {sum.re * w.re - sum.im * w.im, sum.re * w.im + sum.im * w.re};
    Value target = b.add(q, b.mul(b.add(b.mul(r, radix), k), stride));
    write(sum, to, target);
  });
}

void FftKernel::build() {
  auto type = cast<MemRefType>(kernel.outputs[0].getType());
  b.loop(kernel.begin, kernel.end, [&](Value item) {
    int64_t innerSize = type.getDimSize(2);
    Value batch = b.floorDiv(item, innerSize);
    Value inner = b.sub(item, b.mul(batch, innerSize));
    Buffer from = takeScratch(0), to = takeScratch(1);
    load(batch, inner, from);
    int64_t stride = 1;
    for (int64_t radix : getRadices(line.length)) {
      if (radix <= kUnrolledRadix)
        smallStage(from, to, radix, stride);
      else
        largeStage(from, to, radix, stride);
      std::swap(from, to);
      stride *= radix;
    }
    store(from, batch, inner);
  });
}

namespace {

struct FftLowering : KernelPattern<shlo::FftOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::FftOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override;

private:
  /// Transforms dimension `dim`, which gets the size and element type given.
  Value transform(OpBuilder &builder, Location loc, Value input, int64_t dim,
                  Line line, int64_t size, Type element) const;
};

} // namespace

Value FftLowering::transform(OpBuilder &builder, Location loc, Value input,
                             int64_t dim, Line line, int64_t size,
                             Type element) const {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t batch = getProduct(ArrayRef(shape).take_front(dim));
  int64_t inner = getProduct(ArrayRef(shape).drop_front(dim + 1));
  input = createReshape(builder, loc, input, {batch, shape[dim], inner});

  SmallVector<double> cosines, sines;
  for (int64_t k = 0; k < line.length; ++k) {
    auto [c, s] = getRoot(k, line.length);
    cosines.push_back(c);
    sines.push_back(line.inverse ? s : -s);
  }
  auto tableType = RankedTensorType::get({line.length}, builder.getF64Type());
  auto table = [&](ArrayRef<double> values) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(tableType, values));
  };
  SmallVector<Value> inputs = {input, table(cosines), table(sines)};
  auto outputType = RankedTensorType::get({batch, size, inner}, element);
  KernelFunction kernel = createKernelFunction(
      symbols, loc, "fft", getTensorTypes(inputs), outputType);
  KernelLoops b(kernel);
  FftKernel(b, kernel, line).build();

  constexpr int64_t elementsPerThread = 4096;
  int64_t grain = std::max<int64_t>(1, elementsPerThread / line.length);
  LaunchOp launch = createLaunch(builder, loc, kernel.func, inputs, outputType,
                                 batch * inner, grain, {}, {},
                                 /*scratchBytes=*/line.length * 4 * 8);
  shape[dim] = size;
  return createReshape(builder, loc, launch.getResult(0), shape);
}

LogicalResult
FftLowering::matchAndRewrite(shlo::FftOp op, OpAdaptor adaptor,
                             ConversionPatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  Value value = adaptor.getOperand();
  auto type = cast<RankedTensorType>(value.getType());
  RankedTensorType result =
      getSignlessType(*getTypeConverter(), op.getResult());
  ArrayRef<int64_t> lengths = op.getFftLength();
  int64_t count = lengths.size(), first = type.getRank() - count;
  if (first < 0 || count == 0)
    return rewriter.notifyMatchFailure(op, "expected 1 to rank lengths");
  if (result.getNumElements() == 0 || type.getNumElements() == 0) {
    rewriter.replaceOp(op, createEmpty(rewriter, loc, result));
    return success();
  }

  // Between dimensions values stay in f64.
  Type wide = ComplexType::get(rewriter.getF64Type());
  shlo::FftType kind = op.getFftType();
  bool inverse = kind == shlo::FftType::IFFT || kind == shlo::FftType::IRFFT;
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, count));
  // The halved dimension, the last, comes first on the way to complex numbers
  // and last on the way back.
  if (kind == shlo::FftType::RFFT)
    std::reverse(order.begin(), order.end());
  for (auto [step, i] : llvm::enumerate(order)) {
    bool isLast = step + 1 == order.size();
    int64_t dim = first + i;
    Line line = {lengths[i], inverse,
                 kind == shlo::FftType::IRFFT && i == count - 1};
    value = transform(rewriter, loc, value, dim, line, result.getDimSize(dim),
                      isLast ? result.getElementType() : wide);
  }
  rewriter.replaceOp(op, value);
  return success();
}

void mp::populateFftPatterns(TypeConverter &converter, SymbolTable &symbols,
                             RewritePatternSet &patterns) {
  patterns.add<FftLowering>(converter, patterns.getContext(), symbols);
}
