#include "ComplexFunctions.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;
using llvm::numbers::ln2;
using llvm::numbers::pi;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// a * b + c * d with the error of one rounding of each product removed
/// (Kahan's algorithm; relative error at most 1.5 ulp).
static Num sumOfProducts(Num a, Num b, Num c, Num d) {
  Num second = c * d;
  Num error = fma(c, d, -second);
  return fma(a, b, second) + error;
}

/// A power of two that brings numbers as large as `magnitude` to where their
/// squares neither overflow nor vanish.
static Num squareScale(Num magnitude) {
  Num one = magnitude.constant(1.0);
  return select(magnitude > 0x1p500, one.constant(0x1p-600),
                select(magnitude < 0x1p-450, one.constant(0x1p600), one));
}

Complex Complex::operator*(Complex z) const {
  return {sumOfProducts(re, z.re, -im, z.im),
          sumOfProducts(re, z.im, im, z.re)};
}

Complex Complex::operator/(Complex z) const {
  Num scale = squareScale(max(mp::abs(z.re), mp::abs(z.im)));
  Complex w = {z.re * scale, z.im * scale};
  Num denominator = sumOfProducts(w.re, w.re, w.im, w.im);
  // The quotient is (*this conj(w)) / |w|^2 * scale; scaling after the
  // division keeps the product from overflowing before it.
  Complex v = {re / denominator, im / denominator};
  Complex quotient = v * mp::conj(w);
  return {quotient.re * scale, quotient.im * scale};
}

Complex mp::conj(Complex z) { return {z.re, -z.im}; }

Num mp::abs(Complex z) {
  Num x = abs(z.re), y = abs(z.im);
  Num scale = squareScale(max(x, y));
  Num a = x * scale, b = y * scale;
  Num length = sqrt(fma(a, a, b * b)) / scale;
  Cond isInfinite = (x == x.inf()) | (y == y.inf());
  return select(isInfinite, x.inf(), length);
}

Complex mp::sign(Complex z) {
  Num scale = squareScale(max(abs(z.re), abs(z.im)));
  Complex scaled = {z.re * scale, z.im * scale};
  Num length = abs(scaled);
  Cond isZero = length == 0.0;
  return {select(isZero, z.re, scaled.re / length),
          select(isZero, z.im, scaled.im / length)};
}

//===----------------------------------------------------------------------===//
// Exponential and logarithm
//===----------------------------------------------------------------------===//

/// exp(x) * factor, also where exp(x) overflows and the product does not.
static Num expTimes(Num x, Num factor) {
  Cond large = x > 709.0;
  Num part = select(large, x - 700.0, x);
  Num product = exp(part) * factor;
  product = select(large, product * std::exp(700.0), product);
  return select(factor == 0.0, factor, product);
}

Complex mp::exp(Complex z) {
  Num re = expTimes(z.re, cos(z.im)), im = expTimes(z.re, sin(z.im));
  // At -inf the angle does not matter, finite or not.
  Cond vanishes = z.re == -z.re.inf();
  return {select(vanishes, 0.0, re), select(vanishes, 0.0, im)};
}

Complex mp::expm1(Complex z) {
  // exp(x) cos y - 1 = (exp(x) - 1) cos y - 2 sin(y / 2)^2
  Num half = sin(0.5 * z.im);
  Num re = fma(expm1(z.re), cos(z.im), -2.0 * (half * half));
  Complex e = exp(z);
  return {select(z.re > 700.0, e.re, re), e.im};
}

/// log |x + iy|
static Num logAbs(Num x, Num y) {
  x = abs(x);
  y = abs(y);
  Num a = max(x, y), b = min(x, y);
  Num ratio = select(a == b, 1.0, b / a);
  Num far = log(a) + 0.5 * log1p(ratio * ratio);
  // Near the unit circle: log(1 + e) / 2 with e = (a - 1)(a + 1) + b^2.
  Num e = sumOfProducts(a - 1.0, a + 1.0, b, b);
  Num near = 0.5 * log1p(e);
  Num result = select((a > 0.5) & (a < 2.0) & (e > -0.5), near, far);
  return select(a == a.inf(), a, result);
}

Complex mp::log(Complex z) { return {logAbs(z.re, z.im), atan2(z.im, z.re)}; }

/// The rounded sum, and what the rounding lost (Knuth).
static std::pair<Num, Num> twoSum(Num a, Num b) {
  Num sum = a + b;
  Num part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

Complex mp::log1p(Complex z) {
  Num x = z.re, y = z.im;
  // |1 + z|^2 - 1 = 2x + x^2 + y^2, where 2x and the squares may cancel.
  Num xx = x * x, yy = y * y;
  Num lost = fma(x, x, -xx) + fma(y, y, -yy);
  auto [large, lostByLarge] = twoSum(x + x, yy);
  auto [sum, lostBySum] = twoSum(large, xx);
  Num e = sum + (lost + lostByLarge + lostBySum);
  Cond isNear = (e > -0.5) & (e < 3.0);
  return {select(isNear, 0.5 * log1p(e), logAbs(1.0 + x, y)),
          atan2(y, 1.0 + x)};
}

/// W. Kahan, "Branch cuts for complex elementary functions" (1987).
Complex mp::sqrt(Complex z) {
  Num x = abs(z.re), y = abs(z.im);
  Num magnitude = max(x, y);
  // Even powers of two, so that the root can be scaled back exactly.
  Num one = x.constant(1.0);
  Cond large = magnitude > 0x1p1000, small = magnitude < 0x1p-900;
  Num down = select(large, one.constant(0x1p-4),
                    select(small, one.constant(0x1p200), one));
  Num up = select(large, one.constant(0x1p2),
                  select(small, one.constant(0x1p-100), one));
  x = x * down;
  y = y * down;
  Num t = sqrt(0.5 * (x + abs(Complex{x, y})));
  Num other = select(t == 0.0, 0.0, 0.5 * y / t);
  t = t * up;
  other = other * up;
  Cond isRight = z.re >= 0.0;
  Num re = select(isRight, t, other), im = select(isRight, other, t);
  // An infinite imaginary part wins over everything, NaN included.
  Num inf = x.inf();
  Cond imIsInfinite = abs(z.im) == inf;
  re = select(imIsInfinite, inf, select(z.re == -inf, 0.0, re));
  im = select(imIsInfinite, inf, select(z.re == inf, 0.0, im));
  return {re, copysign(im, z.im)};
}

Complex mp::rsqrt(Complex z) {
  Complex root = sqrt(z);
  Num length = abs(z);
  return {root.re / length, -(root.im / length)};
}

Complex mp::pow(Complex z, Complex w) {
  Complex result = exp(w * log(z));
  // log(0) is infinite: 0^w is 1 for w = 0 and 0 in the right half plane.
  Cond isZero = (z.re == 0.0) & (z.im == 0.0);
  Cond isOne = (w.re == 0.0) & (w.im == 0.0);
  Num one = z.re.constant(1.0), zero = z.re.constant(0.0);
  Num ofZero =
      select(w.re > 0.0, zero, select(w.re < 0.0, z.re.inf(), z.re.nan()));
  Num re = select(isZero, ofZero, result.re);
  Num im = select(isZero, 0.0, result.im);
  return {select(isOne, one, re), select(isOne, zero, im)};
}

Complex mp::logistic(Complex z) {
  Complex one = {z.re.constant(1.0), z.re.constant(0.0)};
  Complex e = exp({-abs(z.re), select(z.re < 0.0, z.im, -z.im)});
  // 1 / (1 + exp(-z)) to the right, exp(z) / (1 + exp(z)) to the left.
  Cond isLeft = z.re < 0.0;
  Complex numerator = {select(isLeft, e.re, one.re),
                       select(isLeft, e.im, one.im)};
  return numerator / (one + e);
}

//===----------------------------------------------------------------------===//
// Hyperbolic functions
//===----------------------------------------------------------------------===//

Complex mp::sinh(Complex z) {
  Num x = z.re, sine = sin(z.im), cosine = cos(z.im);
  // From 40 on, sinh |x| and cosh x are exp(|x|) / 2 to the last bit.
  Cond isFar = abs(x) > 40.0;
  Num re = select(isFar,
                  copysign(x.constant(1.0), x) * expTimes(abs(x), 0.5 * cosine),
                  sinh(x) * cosine);
  Num im = select(isFar, expTimes(abs(x), 0.5 * sine), cosh(x) * sine);
  return {select(x == 0.0, x, re), select(z.im == 0.0, z.im, im)};
}

Complex mp::cosh(Complex z) {
  Num x = z.re, sine = sin(z.im), cosine = cos(z.im);
  Cond isFar = abs(x) > 40.0;
  Num re = select(isFar, expTimes(abs(x), 0.5 * cosine), cosh(x) * cosine);
  Num im =
      select(isFar, copysign(x.constant(1.0), x) * expTimes(abs(x), 0.5 * sine),
             sinh(x) * sine);
  return {re, select((x == 0.0) | (z.im == 0.0), x * z.im, im)};
}

/// Kahan, as above.
Complex mp::tanh(Complex z) {
  Num x = z.re, y = z.im;
  Cond isFar = abs(x) > 20.0;
  Num near = select(isFar, 0.0, x);
  Num t = tan(y), beta = 1.0 + t * t, s = sinh(near);
  Num rho = sqrt(1.0 + s * s);
  Num denominator = 1.0 + beta * (s * s);
  // Where tan(y) is infinite only the quotients have limits.
  Cond isPole = abs(t) == t.inf();
  Num re = select(isPole, rho / s, beta * rho * s / denominator);
  Num im = select(isPole, 1.0 / t, t / denominator);
  Num decay = exp(-2.0 * abs(x));
  Num farIm = 4.0 * (sin(y) * cos(y)) * decay;
  farIm = select(abs(x) == x.inf(), copysign(x.constant(0.0), y), farIm);
  return {select(isFar, copysign(x.constant(1.0), x), re),
          select(isFar, farIm, im)};
}

//===----------------------------------------------------------------------===//
// Inverse functions
//===----------------------------------------------------------------------===//

namespace {
/// What asin and acos have in common, for the first quadrant.
struct ArcParts {
  Num asinRe, acosRe, im;
};
} // namespace

/// T. Hull, T. Fairgrieve, P. Tang, "Implementing the complex arcsine and
/// arccosine functions using exception handling" (ACM TOMS 23, 1997).
static ArcParts arcParts(Num x, Num y) {
  Num xp = x + 1.0, xm = x - 1.0;
  Num r = abs(Complex{xp, y}), s = abs(Complex{xm, y});
  Num a = 0.5 * (r + s), b = x / a;
  Cond inside = x <= 1.0;
  Num yy = y * y, apx = a + x;

  // The real part: through b, or where b is near 1 through a tangent.
  Num inner = sqrt(0.5 * apx * (yy / (r + xp) + (s - xm)));
  Num outer = y * sqrt(0.5 * (apx / (r + xp) + apx / (s + xm)));
  Num root = select(inside, inner, outer);
  Cond byB = b <= 0.6417;
  Num asinRe = select(byB, asin(b), atan2(x, root));
  Num acosRe = select(byB, acos(b), atan2(root, x));

  // The imaginary part: log(a + sqrt(a^2 - 1)), with a - 1 not cancelled.
  Num am1 = 0.5 * (yy / (r + xp) + select(inside, yy / (s - xm), s + xm));
  Num near = log1p(am1 + sqrt(am1 * (a + 1.0)));
  Num im = select(a <= 1.5, near, log(a + sqrt(a * a - 1.0)));

  // y so small that its square loses digits or vanishes.
  Cond tiny = y <= 0x1p-500;
  Num tinyInside = y / sqrt((1.0 - x) * xp);
  Num tinyOutside = log1p(xm + sqrt(xm * xp));
  Num tinyIm =
      select(x < 1.0, tinyInside, select(x == 1.0, sqrt(y), tinyOutside));
  im = select(tiny & (x < 0x1p500), tinyIm, im);

  // So large that 1 does not count: log(2 |z|) and the angle of z.
  Num limit = x.constant(0x1p500);
  Cond large = max(x, y) > limit;
  asinRe = select(large, atan2(x, y), asinRe);
  acosRe = select(large, atan2(y, x), acosRe);
  im = select(large, ln2 + logAbs(x, y), im);
  return {asinRe, acosRe, im};
}

Complex mp::asin(Complex z) {
  ArcParts parts = arcParts(abs(z.re), abs(z.im));
  return {copysign(parts.asinRe, z.re), copysign(parts.im, z.im)};
}

Complex mp::acos(Complex z) {
  ArcParts parts = arcParts(abs(z.re), abs(z.im));
  Num re = select(z.re < 0.0, pi - parts.acosRe, parts.acosRe);
  return {re, copysign(parts.im, -z.im)};
}

Complex mp::acosh(Complex z) {
  Complex w = acos(z);
  return {abs(w.im), copysign(w.re, z.im)};
}

Complex mp::atanh(Complex z) {
  Num x = abs(z.re), y = abs(z.im);
  Num xm = 1.0 - x;
  Num re = 0.25 * log1p(4.0 * x / sumOfProducts(xm, xm, y, y));
  Num im = 0.5 * atan2(y + y, sumOfProducts(xm, 1.0 + x, -y, y));
  // For large z: 1 / z, whose real part is x / |z|^2, and a right angle.
  Num magnitude = max(x, y);
  Cond large = magnitude > 0x1p400;
  Num u = x / magnitude, v = y / magnitude;
  Num farRe = u / (u * u + v * v) / magnitude;
  farRe = select(magnitude == magnitude.inf(), 0.0, farRe);
  re = select(large, farRe, re);
  im = select(large, 0.5 * pi, im);
  return {copysign(re, z.re), copysign(im, z.im)};
}
