#include "SpecialFunctions.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;
using llvm::numbers::pi;

//===----------------------------------------------------------------------===//
// Inverse error function
//===----------------------------------------------------------------------===//

// M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2011):
// erfinv(x) = x p(w) with w = -log((1 - x)(1 + x)) and one polynomial for each
// range of w. Relative error below 3.5e-7 in f32, 2e-15 in f64.

static constexpr double erfInvSingleCentre[] = {
    2.81022636e-08,  3.43273939e-07, -3.5233877e-06,
    -4.39150654e-06, 0.00021858087,  -0.00125372503,
    -0.00417768164,  0.246640727,    1.50140941};
static constexpr double erfInvSingleTail[] = {
    -0.000200214257, 0.000100950558, 0.00134934322,
    -0.00367342844,  0.00573950773,  -0.0076224613,
    0.00943887047,   1.00167406,     2.83297682};

static constexpr double erfInvDoubleCentre[] = {
    -3.6444120640178196996e-21, -1.685059138182016589e-19,
    1.2858480715256400167e-18,  1.115787767802518096e-17,
    -1.333171662854620906e-16,  2.0972767875968561637e-17,
    6.6376381343583238325e-15,  -4.0545662729752068639e-14,
    -8.1519341976054721522e-14, 2.6335093153082322977e-12,
    -1.2975133253453532498e-11, -5.4154120542946279317e-11,
    1.051212273321532285e-09,   -4.1126339803469836976e-09,
    -2.9070369957882005086e-08, 4.2347877827932403518e-07,
    -1.3654692000834678645e-06, -1.3882523362786468719e-05,
    0.0001867342080340571352,   -0.00074070253416626697512,
    -0.0060336708714301490533,  0.24015818242558961693,
    1.6536545626831027356};
static constexpr double erfInvDoubleMiddle[] = {
    2.2137376921775787049e-09,  9.0756561938885390979e-08,
    -2.7517406297064545428e-07, 1.8239629214389227755e-08,
    1.5027403968909827627e-06,  -4.013867526981545969e-06,
    2.9234449089955446044e-06,  1.2475304481671778723e-05,
    -4.7318229009055733981e-05, 6.8284851459573175448e-05,
    2.4031110387097893999e-05,  -0.0003550375203628474796,
    0.00095328937973738049703,  -0.0016882755560235047313,
    0.0024914420961078508066,   -0.0037512085075692412107,
    0.005370914553590063617,    1.0052589676941592334,
    3.0838856104922207635};
static constexpr double erfInvDoubleTail[] = {
    -2.7109920616438573243e-11, -2.5556418169965252055e-10,
    1.5076572693500548083e-09,  -3.7894654401267369937e-09,
    7.6157012080783393804e-09,  -1.4960026627149240478e-08,
    2.9147953450901080826e-08,  -6.7711997758452339498e-08,
    2.2900482228026654717e-07,  -9.9298272942317002539e-07,
    4.5260625972231537039e-06,  -1.9681778105531670567e-05,
    7.5995277030017761139e-05,  -0.00021503011930044477347,
    -0.00013871931833623122026, 1.0103004648645343977,
    4.8499064014085844221};

Num mp::erfInv(Num x) {
  Num w = -log((1.0 - x) * (1.0 + x));
  Num p = w;
  if (x.getType().isF32()) {
    p = select(w < 5.0, polynomial(w - 2.5, erfInvSingleCentre),
               polynomial(sqrt(w) - 3.0, erfInvSingleTail));
  } else {
    Num tail = select(w < 16.0, polynomial(sqrt(w) - 3.25, erfInvDoubleMiddle),
                      polynomial(sqrt(w) - 5.0, erfInvDoubleTail));
    p = select(w < 6.25, polynomial(w - 3.125, erfInvDoubleCentre), tail);
  }
  return select(abs(x) == 1.0, copysign(x.inf(), x), x * p);
}

//===----------------------------------------------------------------------===//
// Gamma
//===----------------------------------------------------------------------===//

/// The distance from x to the nearest integer, with sign: sin(pi x) and
/// tan(pi x) are computed from it without the error of rounding pi x.
static Num reduceByOne(Num x) { return x - roundeven(x); }

// Lanczos' formula with g = 7 and nine terms (coefficients of P. Godfrey),
// relative error of gamma below 2e-15. The error of the logarithm is
// absolute: near its zeros 1 and 2 it has as many digits less as the result
// is smaller than one, which leaves f32 unharmed.
static constexpr double lanczosG = 7;
static constexpr double lanczos[] = {
    676.520368121885098567009190444019, -1259.13921672240287047156078755283,
    771.3234287776530788486528258894,   -176.61502916214059906584551354,
    12.507343278686904814458936853,     -0.13857109526572011689554707,
    9.984369578019570859563e-6,         1.50563273514931155834e-7};

Num mp::logGamma(Num x) {
  Cond reflect = x < 0.5;
  Num z = select(reflect, -x, x - 1.0);
  Num sum = z.constant(0.99999999999980993227684700473478);
  for (auto [index, coefficient] : llvm::enumerate(lanczos))
    sum = sum + coefficient / (z + static_cast<double>(index + 1));
  // log(t) (z + 1/2) - t, with the large parts cancelled first.
  Num logT = std::log(lanczosG + 0.5) + log1p(z / (lanczosG + 0.5));
  Num t = z + (lanczosG + 0.5);
  Num direct = (z + 0.5 - t / logT) * logT + 0.5 * std::log(2 * pi) + log(sum);

  // log |gamma(x)| = log(pi / |sin(pi x)|) - log |gamma(1 - x)|
  Num sine = abs(sin(pi * reduceByOne(x)));
  Num reflected = std::log(pi) - log(sine) - direct;
  Num result = select(reflect, reflected, direct);
  return select(abs(x) == x.inf(), x.inf(), result);
}

// Abramowitz and Stegun 6.3.5 to shift the argument to 10 or more, 6.3.18
// there (the first term left out is below 5e-17), 6.3.7 to reflect.
static constexpr double digammaSeries[] = {
    -1.0 / 12,  691.0 / 32760, -1.0 / 132, 1.0 / 240,
    -1.0 / 252, 1.0 / 120,     -1.0 / 12,  0.0};

Num mp::digamma(Num x) {
  constexpr int shift = 10;
  Cond reflect = x <= 0.0;
  Num z = select(reflect, 1.0 - x, x);
  Cond isSmall = z < shift;
  Num recurrence = z.constant(0.0);
  for (int k = shift - 1; k >= 0; --k)
    recurrence = recurrence + 1.0 / (z + k);
  Num y = select(isSmall, z + shift, z);
  Num inverse = 1.0 / y;
  Num result =
      log(y) - 0.5 * inverse + polynomial(inverse * inverse, digammaSeries);
  result = result - select(isSmall, recurrence, 0.0);

  Num fraction = reduceByOne(x);
  Num reflected = result - pi / tan(pi * fraction);
  reflected = select(fraction == 0.0, x.nan(), reflected);
  return select(reflect, reflected, result);
}

//===----------------------------------------------------------------------===//
// Zeta
//===----------------------------------------------------------------------===//

// B(2j) / (2j)! for j = 1, 2, ...
static constexpr double eulerMaclaurin[] = {
    0.083333333333333333,    -0.0013888888888888889,  3.3068783068783069e-5,
    -8.2671957671957672e-7,  2.0876756987868099e-8,   -5.2841901386874932e-10,
    1.3382536530684679e-11,  -3.3896802963225829e-13, 8.5860620562778446e-15,
    -2.1748686985580619e-16, 5.5090028283602295e-18,  -1.3954464685812523e-19};

// Euler-Maclaurin summation after ten terms (Abramowitz and Stegun 23.1.30).
// Below -9 the second argument would need more terms; negative arguments only
// occur with integer x.
Num mp::zeta(Num x, Num q) {
  constexpr int terms = 10;
  Num sum = pow(q, -x);
  for (int k = 1; k < terms; ++k)
    sum = sum + pow(q + k, -x);
  Num w = q + terms;
  Num last = pow(w, -x);
  Num tail = last * w / (x - 1.0) + 0.5 * last;
  Num factor = x * last / w;
  for (auto [index, coefficient] : llvm::enumerate(eulerMaclaurin)) {
    tail = tail + coefficient * factor;
    double j = 2.0 * index + 1;
    factor = factor * (x + j) * (x + (j + 1)) / (w * w);
  }
  // The powers of an infinite x have been 0 or 1, the tail is 0 times it.
  Num result = select(x == x.inf(), sum, sum + tail);
  Cond isPole = (q <= 0.0) & (q == floor(q));
  result = select((x == 1.0) | isPole, x.inf(), result);
  return select(x < 1.0, x.nan(), result);
}

// Abramowitz and Stegun 6.4.10.
Num mp::polygamma(Num n, Num x) {
  Num order = n + 1.0;
  Num magnitude = exp(logGamma(order)) * zeta(order, x);
  Cond isEven = reduceByOne(0.5 * n) == 0.0;
  Num result = select(isEven, -magnitude, magnitude);
  result = select(n == 0.0, digamma(x), result);
  Cond isNatural = (n >= 0.0) & (n == floor(n));
  return select(isNatural, result, n.nan());
}

//===----------------------------------------------------------------------===//
// Bessel
//===----------------------------------------------------------------------===//

// Chebyshev interpolants, cut off below 1e-18: of exp(-x) I1(x) / x in
// x / 4 - 1 on [0, 8], and of exp(-x) I1(x) sqrt(x) in 16 / x - 1 beyond.
static constexpr double besselI1Small[] = {
    0.12629359322181683,     -0.17641651835783406,    0.1026436586898471,
    -0.052945981208094991,   0.024726449030626517,    -0.010564084894626198,
    0.0041564229443128882,   -0.0015135724506312531,  0.00051228595616857577,
    -0.00016176081582589675, 4.7815651075500542e-5,   -1.3273163656039436e-5,
    3.4702513081376785e-6,   -8.5687202646954547e-7,  2.0032947535521353e-7,
    -4.4450591287963281e-8,  9.3815373864957718e-9,   -1.8872497517228293e-9,
    3.625590281552117e-10,   -6.6634897235020277e-11, 1.1736186298890902e-11,
    -1.9839743977649437e-12, 3.2237933659455747e-13,  -5.0421855047279117e-14,
    7.6006842947354069e-15,  -1.1055969477353863e-15, 1.5536319577362005e-16,
    -2.1114212143581661e-17, 2.7779141127610464e-18,  -3.5415817725421362e-19};
static constexpr double besselI1Large[] = {
    0.38928811750914006,     -0.0097610974913614684,  -0.00011058893876262372,
    -3.8825648088776904e-6,  -2.5122362378702089e-7,  -2.6314688468895195e-8,
    -3.835380385964237e-9,   -5.5897434621965838e-10, -1.8974958123505412e-11,
    3.2526035830154882e-11,  1.4125807436613781e-11,  2.0356285441470895e-12,
    -7.1985517762459085e-13, -4.0835511110921973e-13, -2.1015418427726643e-14,
    4.2724400167119514e-14,  1.0420276984128803e-14,  -3.8144030724370078e-15,
    -1.8803547755107824e-15, 3.3082023109209283e-16,  2.9626289976459501e-16,
    -3.209525921993424e-17,  -4.6503053684893583e-17, 4.4143483230717079e-18,
    7.5172963108421048e-18,  -9.3141788673268834e-19, -1.242193275194891e-18};

Num mp::besselI1e(Num x) {
  Num magnitude = abs(x);
  Num small = chebyshev(0.25 * magnitude - 1.0, besselI1Small) * magnitude;
  Num large =
      chebyshev(16.0 / magnitude - 1.0, besselI1Large) / sqrt(magnitude);
  return copysign(select(magnitude <= 8.0, small, large), x);
}
