//===- Random.cpp - counter-based random bits -----------------------------===//
//
// Every element of the result is a function of the key and of its own
// counter, so random tensors are elementwise kernels like any other.
// J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
//
//===----------------------------------------------------------------------===//
#include "StableHLOToLinalg.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// Unsigned arithmetic on scalars.
class Bits {
public:
  Bits(ImplicitLocOpBuilder &b, Value value) : b(&b), value(value) {}
  operator Value() const { return value; }

  Bits constant(uint64_t bits) const {
    unsigned width = value.getType().getIntOrFloatBitWidth();
    return {*b,
            arith::ConstantOp::create(
                *b, b->getIntegerAttr(value.getType(), APInt(width, bits)))};
  }
  Bits operator+(Bits other) const { return binary<arith::AddIOp>(other); }
  Bits operator*(Bits other) const { return binary<arith::MulIOp>(other); }
  Bits operator^(Bits other) const { return binary<arith::XOrIOp>(other); }
  Bits operator|(Bits other) const { return binary<arith::OrIOp>(other); }
  Bits operator<<(uint64_t n) const {
    return binary<arith::ShLIOp>(constant(n));
  }
  Bits operator>>(uint64_t n) const {
    return binary<arith::ShRUIOp>(constant(n));
  }
  Bits operator+(uint64_t other) const { return *this + constant(other); }
  Bits operator^(uint64_t other) const { return *this ^ constant(other); }
  Bits rotateLeft32(uint64_t n) const { return *this << n | *this >> (32 - n); }
  Bits to(unsigned width) const {
    Type type = b->getIntegerType(width);
    unsigned from = value.getType().getIntOrFloatBitWidth();
    if (from == width)
      return *this;
    return {*b, from < width ? Value(arith::ExtUIOp::create(*b, type, value))
                             : Value(arith::TruncIOp::create(*b, type, value))};
  }
  Bits low() const { return to(32); }
  Bits high() const { return (*this >> 32).to(32); }
  Bits isLess(Bits other) const {
    return {*b, arith::CmpIOp::create(*b, arith::CmpIPredicate::ult, value,
                                      other.value)};
  }
  Bits select(Bits onTrue, Bits onFalse) const {
    return {*b, arith::SelectOp::create(*b, value, onTrue, onFalse)};
  }

private:
  template <typename OpTy>
  Bits binary(Bits other) const {
    return {*b, OpTy::create(*b, value, other.value)};
  }
  ImplicitLocOpBuilder *b;
  Value value;
};

} // namespace

/// ThreeFry 2x32 with 20 rounds.
static std::pair<Bits, Bits> threeFry(Bits key, Bits counter) {
  static constexpr unsigned rotations[2][4] = {{13, 15, 26, 6},
                                               {17, 29, 16, 24}};
  Bits k0 = key.low(), k1 = key.high();
  Bits keys[] = {k0, k1, k0 ^ k1 ^ 0x1BD11BDA};
  Bits x0 = counter.low() + keys[0], x1 = counter.high() + keys[1];
  for (unsigned group = 0; group < 5; ++group) {
    for (unsigned rotation : rotations[group % 2]) {
      x0 = x0 + x1;
      x1 = x1.rotateLeft32(rotation) ^ x0;
    }
    x0 = x0 + keys[(group + 1) % 3];
    x1 = x1 + keys[(group + 2) % 3] + (group + 1);
  }
  return {x0, x1};
}

/// Philox 4x32 with 10 rounds.
static SmallVector<Bits, 4> philox(Bits key, Bits counterLow,
                                   Bits counterHigh) {
  Bits k0 = key.low(), k1 = key.high();
  SmallVector<Bits, 4> x = {counterLow.low(), counterLow.high(),
                            counterHigh.low(), counterHigh.high()};
  for (unsigned round = 0; round < 10; ++round) {
    if (round) {
      k0 = k0 + 0x9E3779B9;
      k1 = k1 + 0xBB67AE85;
    }
    Bits wide0 = x[0].to(64), wide2 = x[2].to(64);
    Bits product0 = wide0 * wide0.constant(0xD2511F53);
    Bits product2 = wide2 * wide2.constant(0xCD9E8D57);
    x = {product2.high() ^ x[1] ^ k0, product2.low(),
         product0.high() ^ x[3] ^ k1, product0.low()};
  }
  return x;
}

namespace {

/// Which counter an element draws its bits from, and which part of what the
/// generator gives for it.
struct Source {
  Bits counter, part;
};

class RngBitGeneratorLowering
    : public OpConversionPattern<shlo::RngBitGeneratorOp> {
public:
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(shlo::RngBitGeneratorOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override;

private:
  static Value advance(ConversionPatternRewriter &rewriter, Location loc,
                       Value state, int64_t counters);
};

} // namespace

/// The dimension whose pairs of neighbours share one ThreeFry counter when 32
/// bits or fewer of an element are wanted: the first of even size, else the
/// largest.
static int64_t getPairedDim(ArrayRef<int64_t> shape) {
  for (auto [dim, size] : llvm::enumerate(shape))
    if (size % 2 == 0)
      return dim;
  return llvm::max_element(shape) - shape.begin();
}

/// The state with `counters` added to its counter, which is all but the first
/// element, least significant first.
Value RngBitGeneratorLowering::advance(ConversionPatternRewriter &rewriter,
                                       Location loc, Value state,
                                       int64_t counters) {
  auto type = cast<RankedTensorType>(state.getType());
  MLIRContext *context = rewriter.getContext();
  SmallVector<AffineMap> maps = {
      rewriter.getMultiDimIdentityMap(1),
      AffineMap::get(1, 0, rewriter.getAffineConstantExpr(1), context)};
  return createParallelGeneric(
      rewriter, loc, type, {state, state}, maps,
      [&](OpBuilder &builder, Location loc, ValueRange args) -> Value {
        ImplicitLocOpBuilder b(loc, builder);
        Value index = linalg::IndexOp::create(b, 0);
        Bits i(b, arith::IndexCastOp::create(b, b.getI64Type(), index));
        Bits word(b, args[0]), low(b, args[1]);
        Bits sum = low + counters;
        Bits carry = sum.isLess(low).to(64);
        Bits isKey = i.isLess(i.constant(1)), isLow = i.isLess(i.constant(2));
        return isKey.select(word, isLow.select(sum, word + carry));
      });
}

LogicalResult RngBitGeneratorLowering::matchAndRewrite(
    shlo::RngBitGeneratorOp op, OpAdaptor adaptor,
    ConversionPatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  Value state = adaptor.getInitialState();
  auto stateType = cast<RankedTensorType>(state.getType());
  RankedTensorType type = getSignlessType(*getTypeConverter(), op.getOutput());
  auto element = dyn_cast<IntegerType>(type.getElementType());
  bool isThreeFry = op.getRngAlgorithm() == shlo::RngAlgorithm::THREE_FRY;
  int64_t words = stateType.getRank() == 1 ? stateType.getDimSize(0) : 0;
  if (!stateType.getElementType().isInteger(64) || words < 2 ||
      words > (isThreeFry ? 2 : 3))
    return rewriter.notifyMatchFailure(
        op, isThreeFry ? "expected a state of type tensor<2xui64>"
                       : "expected a state of type tensor<2xui64> or "
                         "tensor<3xui64>");
  if (!element || element.getWidth() > 64)
    return rewriter.notifyMatchFailure(op,
                                       "expected integers of up to 64 bits");

  // Counters that one element needs, or elements that share one.
  bool isWide = element.getWidth() > 32;
  int64_t count = type.getNumElements(), counters = count;
  int64_t pairedDim = -1;
  if (!isThreeFry)
    counters = llvm::divideCeil(count, isWide ? 2 : 4);
  else if (!isWide && type.getRank() > 0) {
    pairedDim = getPairedDim(type.getShape());
    int64_t size = type.getDimSize(pairedDim);
    counters = size ? count / size * llvm::divideCeil(size, 2) : 0;
  }

  auto getSource = [&](ImplicitLocOpBuilder &b) -> Source {
    Bits zero = Bits(b, arith::ConstantOp::create(b, b.getI64IntegerAttr(0)));
    Bits linear = zero, part = zero;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      Value index = linalg::IndexOp::create(b, dim);
      Bits i(b, arith::IndexCastOp::create(b, b.getI64Type(), index));
      int64_t size = type.getDimSize(dim);
      if (dim == pairedDim) {
        part = {b, arith::AndIOp::create(b, i, i.constant(1))};
        i = i >> 1;
        size = llvm::divideCeil(size, 2);
      }
      linear = linear * linear.constant(size) + i;
    }
    if (isThreeFry)
      return {linear, part};
    unsigned shift = isWide ? 1 : 2;
    Bits mask = linear.constant((1 << shift) - 1);
    return {linear >> shift, {b, arith::AndIOp::create(b, linear, mask)}};
  };

  auto body = [&](OpBuilder &builder, Location loc, ValueRange args) -> Value {
    ImplicitLocOpBuilder b(loc, builder);
    Source source = getSource(b);
    Bits key(b, args[0]), start(b, args[1]);
    Bits counter = start + source.counter;
    auto join = [](Bits low, Bits high) {
      return low.to(64) | (high.to(64) << 32);
    };
    Bits zero = source.part.constant(0);
    if (isThreeFry) {
      auto [x0, x1] = threeFry(key, counter);
      if (isWide)
        return join(x0, x1).to(element.getWidth());
      return zero.isLess(source.part).select(x1, x0).to(element.getWidth());
    }
    Bits high = counter.isLess(start).to(64);
    if (words == 3)
      high = high + Bits(b, args[2]);
    SmallVector<Bits, 4> x = philox(key, counter, high);
    auto isPart = [&](uint64_t part) {
      return source.part.isLess(source.part.constant(part + 1));
    };
    if (isWide)
      return isPart(0)
          .select(join(x[0], x[1]), join(x[2], x[3]))
          .to(element.getWidth());
    Bits lower = isPart(0).select(x[0], x[1]);
    Bits upper = isPart(2).select(x[2], x[3]);
    return isPart(1).select(lower, upper).to(element.getWidth());
  };

  SmallVector<Value> inputs(words, state);
  SmallVector<AffineMap> maps;
  for (int64_t word = 0; word < words; ++word)
    maps.push_back(AffineMap::get(type.getRank(), 0,
                                  rewriter.getAffineConstantExpr(word),
                                  rewriter.getContext()));
  Value output = createParallelGeneric(rewriter, loc, type, inputs, maps, body);
  rewriter.replaceOp(op, {advance(rewriter, loc, state, counters), output});
  return success();
}

void mp::populateRandomPatterns(TypeConverter &converter,
                                RewritePatternSet &patterns) {
  patterns.add<RngBitGeneratorLowering>(converter, patterns.getContext());
}
