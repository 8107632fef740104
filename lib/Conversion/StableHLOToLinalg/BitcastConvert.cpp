//===- BitcastConvert.cpp - bitcast_convert between widths ----------------===//
//
// The narrow side has one dimension more, whose element 0 holds the lowest
// bits. Where widths are equal the op is elementwise.
//
//===----------------------------------------------------------------------===//

#include "ScalarOps.h"
#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

static Value toBits(OpBuilder &b, Location loc, Value value) {
  if (isa<IntegerType>(value.getType()))
    return value;
  Type bits = b.getIntegerType(value.getType().getIntOrFloatBitWidth());
  return arith::BitcastOp::create(b, loc, bits, value);
}

static Value fromBits(OpBuilder &b, Location loc, Value bits, Type type) {
  if (isa<IntegerType>(type))
    return bits;
  return arith::BitcastOp::create(b, loc, type, bits);
}

static Value createShift(OpBuilder &b, Location loc, Type type,
                         int64_t amount) {
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, amount));
}

namespace {

struct BitcastConvertLowering : OpConversionPattern<shlo::BitcastConvertOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(shlo::BitcastConvertOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value input = adaptor.getOperand();
    auto from = cast<RankedTensorType>(input.getType());
    RankedTensorType to = getSignlessType(*getTypeConverter(), op);
    if (from.getRank() == to.getRank() ||
        !from.getElementType().isIntOrFloat() ||
        !to.getElementType().isIntOrFloat())
      return failure();
    unsigned fromWidth = from.getElementTypeBitWidth();
    unsigned toWidth = to.getElementTypeBitWidth();
    rewriter.replaceOp(op, fromWidth > toWidth
                               ? split(rewriter, loc, input, to, toWidth)
                               : merge(rewriter, loc, input, to, fromWidth));
    return success();
  }

private:
  static Value split(OpBuilder &builder, Location loc, Value input,
                     RankedTensorType to, unsigned width) {
    int64_t rank = to.getRank();
    auto map = AffineMap::getMultiDimIdentityMap(rank, builder.getContext())
                   .getMajorSubMap(rank - 1);
    return createParallelGeneric(
        builder, loc, to, input, map,
        [&](OpBuilder &b, Location l, ValueRange args) {
          Value bits = toBits(b, l, args[0]);
          Value part = linalg::IndexOp::create(b, l, rank - 1);
          part = arith::IndexCastOp::create(b, l, bits.getType(), part);
          Value shift = arith::MulIOp::create(
              b, l, part, createShift(b, l, bits.getType(), width));
          bits = arith::ShRUIOp::create(b, l, bits, shift);
          bits = arith::TruncIOp::create(b, l, b.getIntegerType(width), bits);
          return fromBits(b, l, bits, to.getElementType());
        });
  }

  /// Every part is an operand of its own, so that the op stays elementwise.
  static Value merge(OpBuilder &builder, Location loc, Value input,
                     RankedTensorType to, unsigned width) {
    int64_t parts = cast<ShapedType>(input.getType()).getShape().back();
    SmallVector<AffineMap> maps;
    for (int64_t part = 0; part < parts; ++part) {
      auto map = builder.getMultiDimIdentityMap(to.getRank());
      maps.push_back(
          map.insertResult(builder.getAffineConstantExpr(part), to.getRank()));
    }
    SmallVector<Value> inputs(parts, input);
    return createParallelGeneric(
        builder, loc, to, inputs, maps,
        [&](OpBuilder &b, Location l, ValueRange args) {
          Type wide = b.getIntegerType(to.getElementTypeBitWidth());
          Value all;
          for (auto [part, arg] : llvm::enumerate(args)) {
            Value bits = arith::ExtUIOp::create(b, l, wide, toBits(b, l, arg));
            if (part != 0)
              bits = arith::ShLIOp::create(
                  b, l, bits, createShift(b, l, wide, part * width));
            all = all ? Value(arith::OrIOp::create(b, l, all, bits)) : bits;
          }
          return fromBits(b, l, all, to.getElementType());
        });
  }
};

} // namespace

void mp::populateBitcastConvertPatterns(TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  patterns.add<BitcastConvertLowering>(converter, patterns.getContext());
}
