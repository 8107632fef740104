//===- ComplexFunctions.h - functions of complex numbers --------*- C++ -*-===//
//
// Written for f64 parts, where each part of the result has a small relative
// error and nothing overflows or cancels on the way; complex<f32> is computed
// in f64 and rounded. Without branches.
//
//===----------------------------------------------------------------------===//
#ifndef MP_CONVERSION_COMPLEXFUNCTIONS_H
#define MP_CONVERSION_COMPLEXFUNCTIONS_H

#include "Num.h"

namespace mlir::mp {

struct Complex {
  Num re, im;

  Complex operator+(Complex z) const { return {re + z.re, im + z.im}; }
  Complex operator-(Complex z) const { return {re - z.re, im - z.im}; }
  Complex operator-() const { return {-re, -im}; }
  Complex operator*(Complex z) const;
  Complex operator/(Complex z) const;
  /// The product with i, and with -i.
  Complex timesI() const { return {-im, re}; }
  Complex timesMinusI() const { return {im, -re}; }
};

Num abs(Complex z);
Complex conj(Complex z);
Complex exp(Complex z);
Complex expm1(Complex z);
Complex log(Complex z);
Complex log1p(Complex z);
Complex sqrt(Complex z);
Complex rsqrt(Complex z);
Complex pow(Complex z, Complex w);
Complex sign(Complex z);
Complex logistic(Complex z);
Complex sinh(Complex z);
Complex cosh(Complex z);
Complex tanh(Complex z);
Complex acos(Complex z);
Complex asin(Complex z);
Complex acosh(Complex z);
Complex atanh(Complex z);

} // namespace mlir::mp

#endif // MP_CONVERSION_COMPLEXFUNCTIONS_H
