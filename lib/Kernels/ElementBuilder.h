//===- ElementBuilder.h - arithmetic on scalars and vectors alike -*- C++
//-*-===//
#ifndef MP_LIB_KERNELS_ELEMENTBUILDER_H
#define MP_LIB_KERNELS_ELEMENTBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::mp {

/// Every value has the shape of `like`; constants are splats where that is a
/// vector.
class ElementBuilder {
public:
  ElementBuilder(OpBuilder &base, Location loc, Type like)
      : builder(loc, base), like(like) {}

  Type type(Type element) {
    if (auto vector = dyn_cast<VectorType>(like))
      return vector.clone(element);
    return element;
  }
  Type integer(unsigned width) { return type(builder.getIntegerType(width)); }
  Type f32() { return type(builder.getF32Type()); }

  Value constant(uint64_t bits, unsigned width = 32) {
    TypedAttr attr =
        builder.getIntegerAttr(builder.getIntegerType(width),
                               llvm::APInt(width, bits, /*isSigned=*/false,
                                           /*implicitTrunc=*/true));
    if (auto vector = dyn_cast<VectorType>(integer(width)))
      attr = SplatElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(builder, attr);
  }
  Value floatConstant(double value, FloatType element) {
    TypedAttr attr = builder.getFloatAttr(element, value);
    if (auto vector = dyn_cast<VectorType>(type(element)))
      attr = SplatElementsAttr::get(vector, attr);
    return arith::ConstantOp::create(builder, attr);
  }
  Value constantF32(double value) {
    return floatConstant(value, builder.getF32Type());
  }

  Value add(Value a, Value b) { return arith::AddIOp::create(builder, a, b); }
  Value sub(Value a, Value b) { return arith::SubIOp::create(builder, a, b); }
  Value andBits(Value a, Value b) {
    return arith::AndIOp::create(builder, a, b);
  }
  Value orBits(Value a, Value b) { return arith::OrIOp::create(builder, a, b); }
  Value shl(Value a, unsigned by) {
    return by ? Value(arith::ShLIOp::create(builder, a, constant(by))) : a;
  }
  Value shr(Value a, unsigned by) {
    return by ? Value(arith::ShRUIOp::create(builder, a, constant(by))) : a;
  }
  Value shrSigned(Value a, unsigned by) {
    return arith::ShRSIOp::create(builder, a, constant(by));
  }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return arith::CmpIOp::create(builder, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, condition, a, b);
  }
  Value bitcast(Type element, Value a) {
    return arith::BitcastOp::create(builder, type(element), a);
  }
  Value bits(Value a) { return bitcast(builder.getI32Type(), a); }
  Value fromBits(Value a) { return bitcast(builder.getF32Type(), a); }

  /// Float arithmetic that may be contracted into fused multiply-adds, which
  /// only makes it more accurate where it is used.
  Value addF(Value a, Value b) {
    return arith::AddFOp::create(builder, a, b, arith::FastMathFlags::contract);
  }
  Value subF(Value a, Value b) {
    return arith::SubFOp::create(builder, a, b, arith::FastMathFlags::contract);
  }
  Value mulF(Value a, Value b) {
    return arith::MulFOp::create(builder, a, b, arith::FastMathFlags::contract);
  }
  Value divF(Value a, Value b) { return arith::DivFOp::create(builder, a, b); }
  Value compareF(arith::CmpFPredicate predicate, Value a, Value b) {
    return arith::CmpFOp::create(builder, predicate, a, b);
  }
  /// The bounds for anything outside them; NaN stays NaN.
  Value clamp(Value a, double low, double high) {
    Value lowest = constantF32(low), highest = constantF32(high);
    a = select(compareF(arith::CmpFPredicate::OLT, a, lowest), lowest, a);
    return select(compareF(arith::CmpFPredicate::OGT, a, highest), highest, a);
  }
  /// c0 + x * (c1 + x * (...)).
  Value polynomial(Value x, ArrayRef<double> coefs) {
    Value result = constantF32(coefs.back());
    for (double coef : llvm::reverse(coefs.drop_back()))
      result = addF(mulF(result, x), constantF32(coef));
    return result;
  }

  ImplicitLocOpBuilder builder;

private:
  Type like;
};

} // namespace mlir::mp

#endif // MP_LIB_KERNELS_ELEMENTBUILDER_H
