//===- SpecialFunctions.h - functions math has no op for --------*- C++ -*-===//
//
// Straight-line code without branches, so that it vectorises. Error bounds
// are given in the .cpp file. All but `erfInv` are written for f64 and are
// used for every type: their f32 results are rounded from f64.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_SPECIALFUNCTIONS_H
#define MP_CONVERSION_SPECIALFUNCTIONS_H

#include "Num.h"

namespace mlir::mp {

/// The inverse of the error function, for f32 or f64.
Num erfInv(Num x);

/// log |gamma(x)|; infinity at the poles.
Num logGamma(Num x);

/// The logarithmic derivative of gamma; NaN at the poles.
Num digamma(Num x);

/// The Hurwitz zeta function: the sum of (q + k)^-x over k >= 0. NaN for
/// x < 1, infinity for x = 1.
Num zeta(Num x, Num q);

/// The derivative of order `n` of digamma at `x`; NaN unless n is a natural
/// number.
Num polygamma(Num n, Num x);

/// exp(-|x|) times the modified Bessel function of the first kind, order 1.
Num besselI1e(Num x);

} // namespace mlir::mp

#endif // MP_CONVERSION_SPECIALFUNCTIONS_H
