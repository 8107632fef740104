//===- Formats.cpp - widening and rounding in registers -------------------===//
//
// Both directions are written in integers where the hardware or LLVM has no
// vector form: LLVM turns a vector `fptrunc` to bfloat into one library call
// for each element on CPUs without AVX512-BF16, and knows no 8-bit floats.
//
//===----------------------------------------------------------------------===//
#include "KernelBuilder.h"

#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace mlir::mp;

bool mp::isSupportedFormat(Type type) {
  return isa<Float64Type, Float32Type, BFloat16Type, Float16Type,
             Float8E4M3FNType, Float8E5M2Type>(type);
}

static int64_t countOf(Value value) {
  return cast<VectorType>(value.getType()).getDimSize(0);
}

//===----------------------------------------------------------------------===//
// Widening
//===----------------------------------------------------------------------===//

Value KernelBuilder::widenF16(Value value) {
  int64_t n = countOf(value);
  VectorType f32 = vector(getF32Type(), n), i32 = vector(getI32Type(), n);
  if (cpu.hasF16c)
    return arith::ExtFOp::create(*this, f32, value);
  auto constant = [&](int64_t c) { return splatInt(c, 32, n); };
  Value bits = arith::BitcastOp::create(*this, vector(getI16Type(), n), value);
  bits = arith::ExtUIOp::create(*this, i32, bits);
  Value sign = arith::ShLIOp::create(
      *this, arith::AndIOp::create(*this, bits, constant(0x8000)),
      constant(16));
  Value magnitude = arith::ShLIOp::create(
      *this, arith::AndIOp::create(*this, bits, constant(0x7fff)),
      constant(13));
  // Times 2^112 moves the exponent's bias, and makes subnormals normal.
  Value scale = arith::BitcastOp::create(*this, f32, constant(0x77800000));
  Value finite = arith::MulFOp::create(
      *this, arith::BitcastOp::create(*this, f32, magnitude), scale);
  finite = arith::BitcastOp::create(*this, i32, finite);
  Value special = arith::OrIOp::create(*this, magnitude, constant(0x7f800000));
  Value isSpecial = arith::CmpIOp::create(*this, arith::CmpIPredicate::uge,
                                          magnitude, constant(0x7c00 << 13));
  Value result = arith::SelectOp::create(*this, isSpecial, special, finite);
  return arith::BitcastOp::create(*this, f32,
                                  arith::OrIOp::create(*this, result, sign));
}

Value KernelBuilder::widen(Value value) {
  int64_t n = countOf(value);
  Type format = cast<VectorType>(value.getType()).getElementType();
  if (format == accumulator)
    return value;
  VectorType i16 = vector(getI16Type(), n), f16 = vector(getF16Type(), n);
  VectorType i8 = vector(getI8Type(), n), f32 = vector(getF32Type(), n);

  Value wide;
  if (isa<Float32Type>(format)) {
    wide = value;
  } else if (isa<BFloat16Type>(format)) {
    Value bits = arith::BitcastOp::create(*this, i16, value);
    bits = arith::ExtUIOp::create(*this, vector(getI32Type(), n), bits);
    bits = arith::ShLIOp::create(*this, bits, splatInt(16, 32, n));
    wide = arith::BitcastOp::create(*this, f32, bits);
  } else if (isa<Float16Type>(format)) {
    wide = widenF16(value);
  } else {
    // f8E5M2 is the high byte of an f16.
    Value bits = arith::BitcastOp::create(*this, i8, value);
    Value half = arith::ExtUIOp::create(*this, i16, bits);
    half = arith::ShLIOp::create(*this, half, splatInt(8, 16, n));
    bool e4m3 = isa<Float8E4M3FNType>(format);
    if (e4m3) {
      // s.eeee.mmm read as the f16 s.0eeee.mmm0000000 is the value times 2^-8.
      half = arith::ShRSIOp::create(*this, half, splatInt(1, 16, n));
      half = arith::AndIOp::create(*this, half, splatInt(0xBF80, 16, n));
    }
    wide = widenF16(arith::BitcastOp::create(*this, f16, half));
    if (e4m3) {
      auto constant = [&](float c) -> Value {
        return arith::ConstantOp::create(
            *this, f32, DenseElementsAttr::get(f32, APFloat(c)));
      };
      wide = arith::MulFOp::create(*this, wide, constant(256.0f));
      Value magnitude =
          arith::AndIOp::create(*this, bits, splatInt(0x7f, 8, n));
      Value isNan = arith::CmpIOp::create(*this, arith::CmpIPredicate::eq,
                                          magnitude, splatInt(0x7f, 8, n));
      Value nan = arith::ConstantOp::create(
          *this, f32,
          DenseElementsAttr::get(f32, APFloat::getQNaN(APFloat::IEEEsingle())));
      wide = arith::SelectOp::create(*this, isNan, nan, wide);
    }
  }
  if (accumulator.isF64())
    wide = arith::ExtFOp::create(*this, vector(accumulator, n), wide);
  return wide;
}

Value KernelBuilder::widenSecondBf16(Value pairs) {
  int64_t n = countOf(pairs) / 2;
  Value words =
      vector::BitCastOp::create(*this, vector(getI32Type(), n), pairs);
  words = arith::AndIOp::create(*this, words, splatInt(~0xffff, 32, n));
  return widen(arith::BitcastOp::create(*this, vector(getF32Type(), n), words));
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

/// f64 to f32 so that a later rounding to a narrower format is the only one:
/// an inexact result gets an odd last bit.
Value KernelBuilder::roundToOdd(Value value) {
  int64_t n = countOf(value);
  VectorType i32 = vector(getI32Type(), n), f64 = vector(getF64Type(), n);
  Value nearest =
      arith::TruncFOp::create(*this, vector(getF32Type(), n), value);
  Value back = arith::ExtFOp::create(*this, f64, nearest);
  auto magnitude = [&](Value v) -> Value {
    Value bits = arith::BitcastOp::create(*this, vector(getI64Type(), n), v);
    return arith::AndIOp::create(
        *this, bits, splatInt(std::numeric_limits<int64_t>::max(), 64, n));
  };
  Value tooLarge = arith::CmpIOp::create(*this, arith::CmpIPredicate::ugt,
                                         magnitude(back), magnitude(value));
  // Ordered: NaN is left as it is.
  Value inexact =
      arith::CmpFOp::create(*this, arith::CmpFPredicate::ONE, back, value);
  Value bits = arith::BitcastOp::create(*this, i32, nearest);
  Value one = splatInt(1, 32, n);
  Value odd = arith::SelectOp::create(
      *this, tooLarge, arith::SubIOp::create(*this, bits, one), bits);
  odd = arith::OrIOp::create(*this, odd, one);
  bits = arith::SelectOp::create(*this, inexact, odd, bits);
  return arith::BitcastOp::create(*this, vector(getF32Type(), n), bits);
}

Value KernelBuilder::narrowToBf16(Value value) {
  int64_t n = countOf(value);
  VectorType i32 = vector(getI32Type(), n);
  auto constant = [&](int64_t c) { return splatInt(c, 32, n); };
  Value bits = arith::BitcastOp::create(*this, i32, value);
  Value high = arith::ShRUIOp::create(*this, bits, constant(16));
  Value even = arith::AndIOp::create(*this, high, constant(1));
  Value rounded = arith::AddIOp::create(
      *this, arith::AddIOp::create(*this, bits, constant(0x7fff)), even);
  rounded = arith::ShRUIOp::create(*this, rounded, constant(16));
  Value isNan =
      arith::CmpFOp::create(*this, arith::CmpFPredicate::UNO, value, value);
  Value quiet = arith::OrIOp::create(*this, high, constant(0x40));
  rounded = arith::SelectOp::create(*this, isNan, quiet, rounded);
  return arith::TruncIOp::create(*this, vector(getI16Type(), n), rounded);
}

/// f32 to a format of at most 16 bits with fewer exponent bits. The result is
/// a vector of integers of the format's width.
Value KernelBuilder::narrowToSmall(Value value, FloatType format) {
  int64_t n = countOf(value);
  VectorType i32 = vector(getI32Type(), n), f32 = vector(getF32Type(), n);
  const llvm::fltSemantics &semantics = format.getFloatSemantics();
  int64_t fraction = APFloat::semanticsPrecision(semantics) - 1;
  int64_t minExponent = APFloat::semanticsMinExponent(semantics);
  auto code = [&](const APFloat &special) -> int64_t {
    return special.bitcastToAPInt().getZExtValue();
  };
  // f8E4M3FN has no infinity: getInf gives its NaN, as the contract wants.
  int64_t infinity =
      isa<Float8E4M3FNType>(format) ? 0x7f : code(APFloat::getInf(semantics));
  int64_t nan =
      isa<Float8E4M3FNType>(format) ? 0x7f : code(APFloat::getQNaN(semantics));
  auto constant = [&](int64_t c) { return splatInt(c, 32, n); };

  Value bits = arith::BitcastOp::create(*this, i32, value);
  Value magnitude = arith::AndIOp::create(*this, bits, constant(0x7fffffff));
  Value sign = arith::ShRUIOp::create(*this, bits, constant(31));
  sign = arith::ShLIOp::create(*this, sign, constant(format.getWidth() - 1));

  // Normal results: round at the last kept bit, then move the bias.
  int64_t dropped = 23 - fraction;
  Value even = arith::AndIOp::create(
      *this, arith::ShRUIOp::create(*this, magnitude, constant(dropped)),
      constant(1));
  Value normal = arith::AddIOp::create(
      *this, arith::AddIOp::create(*this, magnitude, even),
      constant((int64_t(1) << (dropped - 1)) - 1));
  normal = arith::ShRUIOp::create(*this, normal, constant(dropped));
  normal = arith::SubIOp::create(*this, normal,
                                 constant((127 + minExponent - 1) << fraction));
  // Subnormal results: adding a number whose last bit is worth one unit of
  // them lets the adder round.
  int64_t magic = (127 + minExponent - fraction + 23) << 23;
  Value shifted = arith::AddFOp::create(
      *this, arith::BitcastOp::create(*this, f32, magnitude),
      arith::BitcastOp::create(*this, f32, constant(magic)));
  Value subnormal = arith::SubIOp::create(
      *this, arith::BitcastOp::create(*this, i32, shifted), constant(magic));

  Value isSmall =
      arith::CmpIOp::create(*this, arith::CmpIPredicate::ult, magnitude,
                            constant((127 + minExponent) << 23));
  Value result = arith::SelectOp::create(*this, isSmall, subnormal, normal);
  result = arith::MinSIOp::create(*this, result, constant(infinity));
  Value isNan = arith::CmpIOp::create(*this, arith::CmpIPredicate::ugt,
                                      magnitude, constant(0x7f800000));
  result = arith::SelectOp::create(*this, isNan, constant(nan), result);
  result = arith::OrIOp::create(*this, result, sign);
  return arith::TruncIOp::create(
      *this, vector(getIntegerType(format.getWidth()), n), result);
}

Value KernelBuilder::narrow(Value value, FloatType format) {
  int64_t n = countOf(value);
  VectorType result = vector(format, n);
  if (format == accumulator)
    return value;
  if (accumulator.isF64()) {
    if (format.isF32())
      return arith::TruncFOp::create(*this, result, value);
    value = roundToOdd(value);
  }
  if (format.isF16() && cpu.hasF16c)
    return arith::TruncFOp::create(*this, result, value);
  Value bits =
      format.isBF16() ? narrowToBf16(value) : narrowToSmall(value, format);
  return arith::BitcastOp::create(*this, result, bits);
}
