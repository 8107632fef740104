//===- RangeArithmetic.h - functions of ranges ------------------*- C++ -*-===//
//
// The exact range of each function over the reals, computed in double and
// rounded outwards. Rounding to the type that an op computes in comes after,
// by `NumberFormat`.
//
//===----------------------------------------------------------------------===//
#ifndef MP_LIB_ANALYSIS_RANGES_RANGEARITHMETIC_H
#define MP_LIB_ANALYSIS_RANGES_RANGEARITHMETIC_H

#include "mp/Analysis/FloatRange.h"
#include "mp/Analysis/PrecisionOpInterface.h"

namespace mlir::mp::ranges {

FloatRange add(const FloatRange &a, const FloatRange &b);
FloatRange subtract(const FloatRange &a, const FloatRange &b);
FloatRange multiply(const FloatRange &a, const FloatRange &b);
FloatRange divide(const FloatRange &a, const FloatRange &b);
FloatRange remainder(const FloatRange &a, const FloatRange &b);
FloatRange maximum(const FloatRange &a, const FloatRange &b);
FloatRange minimum(const FloatRange &a, const FloatRange &b);
FloatRange negate(const FloatRange &a);
FloatRange absolute(const FloatRange &a);
FloatRange square(const FloatRange &a);

/// The sum of `count` elements of `a`, added in any order and rounded to
/// `format` at each step; zero where there are none.
FloatRange sum(const FloatRange &a, double count, const NumberFormat &format);

/// The product of `count` elements of `a`.
FloatRange product(const FloatRange &a, double count);

/// A function of one float, of library quality. Nothing for meanings that are
/// no such function.
std::optional<FloatRange> applyUnary(Meaning meaning, const FloatRange &a,
                                     const NumberFormat &format);

FloatRange power(const FloatRange &a, const FloatRange &b,
                 const NumberFormat &format);

} // namespace mlir::mp::ranges

#endif // MP_LIB_ANALYSIS_RANGES_RANGEARITHMETIC_H
