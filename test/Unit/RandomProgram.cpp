#include "RandomProgram.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

using namespace mlir::mp;

static constexpr int n = RandomProgram::size;
using Tensor = RandomProgram::Tensor;
static const std::string type = "tensor<3x3xf32>";
static const std::string scalar = "tensor<f32>";
static const std::string row = "tensor<3xf32>";

static std::string toText(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  char text[16];
  std::snprintf(text, sizeof(text), "0x%08X", bits);
  return text;
}

float RandomProgram::pickNumber() {
  static const float special[] = {0,    1,     -1,    0.5f,  2,      -3,
                                  10,   100,   1e-3f, 1e-8f, 1e4f,   7e4f,
                                  1e9f, -1e9f, 1e20f, 1e30f, 1e-30f, -1e-20f};
  if (pick(3))
    return special[pick(std::size(special))];
  return std::ldexp(float(int(random() % 20001) - 10000) / 5000.f,
                    int(pick(20)) - 10);
}

RandomProgram::RandomProgram(unsigned seed) : random(seed), seed(seed) {
  unsigned count = 1 + pick(3);
  for (unsigned i = 0; i != count; ++i) {
    double a = pickNumber(), b = pickNumber();
    arguments.push_back({pick(5) != 0, std::min(a, b), std::max(a, b)});
    ++values;
  }
  unsigned length = 3 + pick(10);
  using Add = void (RandomProgram::*)();
  static const Add adders[] = {
      &RandomProgram::addConstant,     &RandomProgram::addUnary,
      &RandomProgram::addUnary,        &RandomProgram::addUnary,
      &RandomProgram::addBinary,       &RandomProgram::addBinary,
      &RandomProgram::addBinary,       &RandomProgram::addBinary,
      &RandomProgram::addReduction,    &RandomProgram::addProduct,
      &RandomProgram::addMovement,     &RandomProgram::addSelect,
      &RandomProgram::addNarrowing,    &RandomProgram::addLoop,
      &RandomProgram::addBranch,       &RandomProgram::addSoftmax,
      &RandomProgram::addNormalization};
  for (unsigned i = 0; i != length; ++i)
    (this->*adders[pick(std::size(adders))])();
}

void RandomProgram::addNode(std::string text, Evaluate evaluate) {
  nodes.push_back({std::move(text), std::move(evaluate)});
  ++values;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

void RandomProgram::addConstant() {
  Tensor data(n * n);
  bool isSplat = pick(2);
  float first = pickNumber();
  std::string text;
  for (int i = 0; i != n * n; ++i) {
    data[i] = isSplat ? first : pickNumber();
    if (i % n == 0)
      text += i ? "], [" : "[[";
    text += (i % n ? ", " : "") + toText(data[i]);
  }
  addNode("stablehlo.constant dense<" +
              (isSplat ? toText(first) : text + "]]") + "> : " + type,
          [data](const std::vector<Tensor> &) { return data; });
}

template <typename Function>
static Tensor map(const Tensor &a, Function function) {
  Tensor result = a;
  for (float &element : result)
    element = function(element);
  return result;
}

void RandomProgram::addUnary() {
  using Function = float (*)(float);
  static const std::pair<const char *, Function> functions[] = {
      {"stablehlo.abs", [](float x) { return std::abs(x); }},
      {"stablehlo.negate", [](float x) { return -x; }},
      {"stablehlo.exponential", [](float x) { return std::exp(x); }},
      {"stablehlo.exponential_minus_one",
       [](float x) { return std::expm1(x); }},
      {"stablehlo.log", [](float x) { return std::log(x); }},
      {"stablehlo.log_plus_one", [](float x) { return std::log1p(x); }},
      {"stablehlo.tanh", [](float x) { return std::tanh(x); }},
      {"stablehlo.logistic", [](float x) { return 1 / (1 + std::exp(-x)); }},
      {"stablehlo.sqrt", [](float x) { return std::sqrt(x); }},
      {"stablehlo.rsqrt", [](float x) { return 1 / std::sqrt(x); }},
      {"stablehlo.cbrt", [](float x) { return std::cbrt(x); }},
      {"stablehlo.sine", [](float x) { return std::sin(x); }},
      {"stablehlo.cosine", [](float x) { return std::cos(x); }},
      {"stablehlo.tan", [](float x) { return std::tan(x); }},
      {"stablehlo.floor", [](float x) { return std::floor(x); }},
      {"stablehlo.ceil", [](float x) { return std::ceil(x); }},
      {"stablehlo.round_nearest_even", [](float x) { return std::rint(x); }},
      {"stablehlo.round_nearest_afz", [](float x) { return std::round(x); }},
      {"stablehlo.sign",
       [](float x) { return x > 0   ? 1.f
                            : x < 0 ? -1.f
                                    : x; }},
      {"chlo.square", [](float x) { return x * x; }},
      {"chlo.erf", [](float x) { return std::erf(x); }},
      {"chlo.erfc", [](float x) { return std::erfc(x); }}};
  const auto &[name, function] = functions[pick(std::size(functions))];
  unsigned a = pickValue();
  std::string types =
      std::string(name).substr(0, 4) == "chlo" ? type + " -> " + type : type;
  addNode(std::string(name) + " " + this->name(a) + " : " + types,
          [a, function = function](const std::vector<Tensor> &v) {
            return map(v[a], function);
          });
}

template <typename Function>
static Tensor zip(const Tensor &a, const Tensor &b, Function function) {
  Tensor result = a;
  for (size_t i = 0; i != result.size(); ++i)
    result[i] = function(a[i], b[i]);
  return result;
}

void RandomProgram::addBinary() {
  using Function = float (*)(float, float);
  static const std::pair<const char *, Function> functions[] = {
      {"add", [](float x, float y) { return x + y; }},
      {"subtract", [](float x, float y) { return x - y; }},
      {"multiply", [](float x, float y) { return x * y; }},
      {"divide", [](float x, float y) { return x / y; }},
      {"remainder", [](float x, float y) { return std::fmod(x, y); }},
      {"power", [](float x, float y) { return std::pow(x, y); }},
      {"atan2", [](float x, float y) { return std::atan2(x, y); }},
      {"maximum",
       [](float x, float y) {
         return std::isnan(x) || std::isnan(y) ? NAN : std::max(x, y);
       }},
      {"minimum", [](float x, float y) {
         return std::isnan(x) || std::isnan(y) ? NAN : std::min(x, y);
       }}};
  const auto &[name, function] = functions[pick(std::size(functions))];
  unsigned a = pickValue(), b = pick(4) ? pickValue() : a;
  addNode(std::string("stablehlo.") + name + " " + this->name(a) + ", " +
              this->name(b) + " : " + type,
          [a, b, function = function](const std::vector<Tensor> &v) {
            return zip(v[a], v[b], function);
          });
}

/// Sums in an order that depends on the call, since any is allowed.
static float sum(const std::vector<float> &terms) {
  float forward = 0, backward = 0;
  for (size_t i = 0; i != terms.size(); ++i) {
    forward += terms[i];
    backward += terms[terms.size() - 1 - i];
  }
  static bool turn = false;
  turn = !turn;
  return turn ? forward : backward;
}

static float maximum(const std::vector<float> &terms) {
  float result = -INFINITY;
  for (float term : terms)
    result =
        std::isnan(term) || std::isnan(result) ? NAN : std::max(result, term);
  return result;
}

/// The reduction of each row, spread over the row again.
template <typename Function>
static Tensor reduceRows(const Tensor &a, Function function) {
  Tensor result = a;
  for (int i = 0; i != n; ++i) {
    float reduced = function({a.begin() + i * n, a.begin() + (i + 1) * n});
    std::fill_n(result.begin() + i * n, n, reduced);
  }
  return result;
}

/// Text that reduces rows with `body` from `init` and spreads the result.
static std::string printReduction(const std::string &prefix,
                                  const std::string &operand,
                                  const std::string &body,
                                  const std::string &init) {
  return "%" + prefix + "i = stablehlo.constant dense<" + init +
         "> : " + scalar + "\n    %" + prefix + "r = stablehlo.reduce(" +
         operand + " init: %" + prefix + "i) applies stablehlo." + body +
         " across dimensions = [1] : (" + type + ", " + scalar + ") -> " + row +
         "\n    %" + prefix + "b = stablehlo.broadcast_in_dim %" + prefix +
         "r, dims = [0] : (" + row + ") -> " + type + "\n    ";
}

void RandomProgram::addReduction() {
  std::string prefix = "t" + std::to_string(values);
  unsigned a = pickValue();
  bool isSum = pick(2);
  // The text of a node ends with the op that gives its value.
  addNode(printReduction(prefix, name(a), isSum ? "add" : "maximum",
                         isSum ? "0.0" : "0xFF800000") +
              "= stablehlo.reshape %" + prefix + "b : (" + type + ") -> " +
              type,
          [a, isSum](const std::vector<Tensor> &v) {
            return isSum ? reduceRows(v[a], sum) : reduceRows(v[a], maximum);
          });
}

void RandomProgram::addProduct() {
  unsigned a = pickValue(), b = pickValue();
  addNode("stablehlo.dot_general " + name(a) + ", " + name(b) +
              ", contracting_dims = [1] x [0] : (" + type + ", " + type +
              ") -> " + type,
          [a, b](const std::vector<Tensor> &v) {
            Tensor result(n * n);
            for (int i = 0; i != n; ++i)
              for (int j = 0; j != n; ++j) {
                std::vector<float> terms;
                for (int k = 0; k != n; ++k)
                  terms.push_back(v[a][i * n + k] * v[b][k * n + j]);
                result[i * n + j] = sum(terms);
              }
            return result;
          });
}

void RandomProgram::addMovement() {
  unsigned a = pickValue();
  if (pick(2)) {
    addNode("stablehlo.transpose " + name(a) + ", dims = [1, 0] : (" + type +
                ") -> " + type,
            [a](const std::vector<Tensor> &v) {
              Tensor result(n * n);
              for (int i = 0; i != n * n; ++i)
                result[i] = v[a][i % n * n + i / n];
              return result;
            });
    return;
  }
  // Columns shifted by one, zeros first.
  std::string prefix = "t" + std::to_string(values);
  addNode("%" + prefix + "z = stablehlo.constant dense<0.0> : " + scalar +
              "\n    = stablehlo.pad " + name(a) + ", %" + prefix +
              "z, low = [0, 1], high = [0, -1], interior = [0, 0] : (" + type +
              ", " + scalar + ") -> " + type,
          [a](const std::vector<Tensor> &v) {
            Tensor result(n * n);
            for (int i = 0; i != n; ++i)
              for (int j = 1; j < n; ++j)
                result[i * n + j] = v[a][i * n + j - 1];
            return result;
          });
}

void RandomProgram::addSelect() {
  unsigned a = pickValue(), b = pickValue(), c = pick(2) ? a : pickValue(),
           d = pick(2) ? b : pickValue();
  if (pick(3) == 0) {
    addNode("stablehlo.clamp " + name(a) + ", " + name(c) + ", " + name(b) +
                " : " + type,
            [a, b, c](const std::vector<Tensor> &v) {
              Tensor result = v[a];
              for (int i = 0; i != n * n; ++i) {
                float low = v[a][i], x = v[c][i], high = v[b][i];
                result[i] = std::isnan(low) || std::isnan(x) || std::isnan(high)
                                ? NAN
                                : std::min(std::max(x, low), high);
              }
              return result;
            });
    return;
  }
  static const std::pair<const char *, bool (*)(float, float)> tests[] = {
      {"LT", [](float x, float y) { return x < y; }},
      {"LE", [](float x, float y) { return x <= y; }},
      {"GT", [](float x, float y) { return x > y; }},
      {"GE", [](float x, float y) { return x >= y; }},
      {"EQ", [](float x, float y) { return x == y; }},
      {"NE", [](float x, float y) { return x != y; }}};
  const auto &[word, test] = tests[pick(std::size(tests))];
  std::string flag = "%t" + std::to_string(values) + "p";
  addNode(flag + " = stablehlo.compare " + word + ", " + name(a) + ", " +
              name(b) + ", FLOAT : (" + type + ", " + type +
              ") -> tensor<3x3xi1>\n    = stablehlo.select " + flag + ", " +
              name(c) + ", " + name(d) + " : tensor<3x3xi1>, " + type,
          [a, b, c, d, test = test](const std::vector<Tensor> &v) {
            Tensor result(n * n);
            for (int i = 0; i != n * n; ++i)
              result[i] = test(v[a][i], v[b][i]) ? v[c][i] : v[d][i];
            return result;
          });
}

static float toBFloat16(float value) {
  if (std::isnan(value))
    return value;
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  bits += 0x7FFF + ((bits >> 16) & 1);
  bits &= 0xFFFF0000;
  std::memcpy(&value, &bits, 4);
  return value;
}

static float toHalf(float value) {
  if (!std::isfinite(value))
    return value;
  float step = std::ldexp(1.f, std::max(std::ilogb(value), -14) - 10);
  float rounded = value == 0 ? value : std::rint(value / step) * step;
  return std::abs(rounded) > 65504 ? std::copysign(INFINITY, value) : rounded;
}

void RandomProgram::addNarrowing() {
  unsigned a = pickValue();
  bool isHalf = pick(2);
  std::string low = isHalf ? "tensor<3x3xf16>" : "tensor<3x3xbf16>";
  std::string prefix = "%t" + std::to_string(values) + "c";
  addNode(prefix + " = stablehlo.convert " + name(a) + " : (" + type + ") -> " +
              low + "\n    = stablehlo.convert " + prefix + " : (" + low +
              ") -> " + type,
          [a, isHalf](const std::vector<Tensor> &v) {
            return map(v[a], isHalf ? toHalf : toBFloat16);
          });
}

void RandomProgram::addLoop() {
  // A few rounds of x * c + y.
  unsigned a = pickValue(), b = pickValue(), rounds = pick(6);
  float factor = pick(2) ? 0.5f : pickNumber();
  std::string p = "%t" + std::to_string(values);
  std::string text =
      p + "zero = stablehlo.constant dense<0> : tensor<i32>\n    " + p +
      "one = stablehlo.constant dense<1> : tensor<i32>\n    " + p +
      "end = stablehlo.constant dense<" + std::to_string(rounds) +
      "> : tensor<i32>\n    " + p + "c = stablehlo.constant dense<" +
      toText(factor) + "> : " + type + "\n    " + p + "w:2 = stablehlo.while(" +
      p + "k = " + p + "zero, " + p + "x = " + name(a) + ") : tensor<i32>, " +
      type + "\n    cond {\n      " + p + "go = stablehlo.compare LT, " + p +
      "k, " + p +
      "end, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>\n      "
      "stablehlo.return " +
      p + "go : tensor<i1>\n    } do {\n      " + p +
      "m = stablehlo.multiply " + p + "x, " + p + "c : " + type + "\n      " +
      p + "s = stablehlo.add " + p + "m, " + name(b) + " : " + type +
      "\n      " + p + "n = stablehlo.add " + p + "k, " + p +
      "one : tensor<i32>\n      stablehlo.return " + p + "n, " + p +
      "s : tensor<i32>, " + type + "\n    }\n    = stablehlo.negate " + p +
      "w#1 : " + type;
  addNode(text, [a, b, rounds, factor](const std::vector<Tensor> &v) {
    Tensor x = v[a];
    for (unsigned i = 0; i != rounds; ++i)
      x = zip(map(x, [&](float e) { return e * factor; }), v[b],
              [](float e, float f) { return e + f; });
    return map(x, [](float e) { return -e; });
  });
}

void RandomProgram::addBranch() {
  unsigned a = pickValue(), b = pickValue();
  bool isTaken = pick(2);
  std::string p = "%t" + std::to_string(values);
  addNode(p + "p = stablehlo.constant dense<" + (isTaken ? "true" : "false") +
              "> : tensor<i1>\n    " + p + "r = \"stablehlo.if\"(" + p +
              "p) ({\n      " + p + "e = stablehlo.abs " + name(a) + " : " +
              type + "\n      stablehlo.return " + p + "e : " + type +
              "\n    }, {\n      stablehlo.return " + name(b) + " : " + type +
              "\n    }) : (tensor<i1>) -> " + type +
              "\n    = stablehlo.negate " + p + "r : " + type,
          [a, b, isTaken](const std::vector<Tensor> &v) {
            return isTaken ? map(v[a], [](float x) { return -std::abs(x); })
                           : map(v[b], [](float x) { return -x; });
          });
}

void RandomProgram::addSoftmax() {
  unsigned a = pickValue();
  bool isLog = pick(2);
  std::string p = "t" + std::to_string(values);
  std::string text =
      printReduction(p + "m", name(a), "maximum", "0xFF800000") + "%" + p +
      "d = stablehlo.subtract " + name(a) + ", %" + p + "mb : " + type +
      "\n    %" + p + "e = stablehlo.exponential %" + p + "d : " + type +
      "\n    " + printReduction(p + "s", "%" + p + "e", "add", "0.0");
  if (isLog)
    text += "%" + p + "l = stablehlo.log %" + p + "sb : " + type +
            "\n    = stablehlo.subtract %" + p + "d, %" + p + "l : " + type;
  else
    text += "= stablehlo.divide %" + p + "e, %" + p + "sb : " + type;
  addNode(text, [a, isLog](const std::vector<Tensor> &v) {
    auto minus = [](float x, float y) { return x - y; };
    Tensor shifted = zip(v[a], reduceRows(v[a], maximum), minus);
    Tensor powers = map(shifted, [](float x) { return std::exp(x); });
    Tensor sums = reduceRows(powers, sum);
    return isLog ? zip(shifted, map(sums, [](float x) { return std::log(x); }),
                       minus)
                 : zip(powers, sums, [](float x, float y) { return x / y; });
  });
}

void RandomProgram::addNormalization() {
  unsigned a = pickValue();
  bool hasRoot = pick(2);
  float epsilon = pick(4) ? 1e-5f : pickNumber();
  std::string p = "t" + std::to_string(values);
  addNode(
      "%" + p + "q = stablehlo.multiply " + name(a) + ", " + name(a) + " : " +
          type + "\n    " + printReduction(p, "%" + p + "q", "add", "0.0") +
          "%" + p + "n = stablehlo.constant dense<3.0> : " + type + "\n    %" +
          p + "v = stablehlo.divide %" + p + "b, %" + p + "n : " + type +
          "\n    %" + p + "e = stablehlo.constant dense<" + toText(epsilon) +
          "> : " + type + "\n    %" + p + "w = stablehlo.add %" + p + "v, %" +
          p + "e : " + type + "\n    %" + p + "s = stablehlo." +
          (hasRoot ? "sqrt" : "rsqrt") + " %" + p + "w : " + type +
          "\n    = " + (hasRoot ? "stablehlo.divide " : "stablehlo.multiply ") +
          name(a) + ", %" + p + "s : " + type,
      [a, hasRoot, epsilon](const std::vector<Tensor> &v) {
        Tensor squares =
            zip(v[a], v[a], [](float x, float y) { return x * y; });
        Tensor roots = map(reduceRows(squares, sum), [&](float x) {
          float root = std::sqrt(x / 3 + epsilon);
          return hasRoot ? root : 1 / root;
        });
        return zip(v[a], roots,
                   [&](float x, float y) { return hasRoot ? x / y : x * y; });
      });
}
