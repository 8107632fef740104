//===- RunRandomProgram.cpp - random programs as text and as values -------===//
#include "RandomProgram.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir::mp;

static constexpr int n = RandomProgram::size;
using Tensor = RandomProgram::Tensor;
static const std::string type = "tensor<3x3xf32>";

std::string RandomProgram::print() const {
  std::string text = "func.func @main(";
  for (size_t i = 0; i != arguments.size(); ++i) {
    text += (i ? ", " : "") + name(i) + ": " + type;
    if (!arguments[i].isDeclared)
      continue;
    char range[96];
    std::snprintf(range, sizeof(range), " {mp.range = [%.17e, %.17e]}",
                  arguments[i].low, arguments[i].high);
    text += range;
  }
  text += ") -> (";
  for (unsigned i = 0; i != values; ++i)
    text += (i ? ", " : "") + type;
  text += ") {\n";
  std::string results, types;
  for (size_t i = 0; i != nodes.size(); ++i) {
    // The last op of a node starts a line with "=", or is its only one.
    std::string node = nodes[i].text;
    std::string result = name(arguments.size() + i) + " ";
    size_t at = node.rfind("\n    = ");
    size_t inLine = node.rfind("    = ");
    if (at != std::string::npos)
      node.insert(at + 5, result);
    else if (inLine != std::string::npos)
      node.insert(inLine + 4, result);
    else
      node = result + "= " + node;
    text += "    " + node + "\n";
  }
  for (unsigned i = 0; i != values; ++i) {
    results += (i ? ", " : "") + name(i);
    types += (i ? ", " : "") + type;
  }
  return text + "    return " + results + " : " + types + "\n}\n";
}

/// Subnormal numbers become zeros of their sign.
static void flush(Tensor &data) {
  for (float &value : data)
    if (std::abs(value) < std::numeric_limits<float>::min())
      value = std::copysign(0.f, value);
}

std::vector<Tensor> RandomProgram::run(unsigned number) const {
  std::mt19937 random(seed * 64 + number);
  bool flushes = number % 2;
  std::vector<Tensor> values;
  for (const Argument &argument : arguments) {
    Tensor data(n * n);
    for (float &element : data) {
      double unit = random() / 4294967296.0;
      double low = argument.low, high = argument.high;
      switch (random() % 6) {
      case 0:
        element = low;
        break;
      case 1:
        element = high;
        break;
      case 2: // Close to zero, where that is inside.
        element = std::clamp((unit - 0.5) * 1e-38, low, high);
        break;
      default:
        element = low + (high - low) * unit;
      }
      element = std::clamp(element, float(low), float(high));
      if (argument.isDeclared)
        continue;
      static const float special[] = {INFINITY, -INFINITY, NAN,   3.4e38f,
                                      -3.4e38f, 1e-45f,    1e25f, -0.f};
      if (random() % 2)
        element = special[random() % std::size(special)];
    }
    values.push_back(data);
    if (flushes)
      flush(values.back());
  }
  for (const Node &node : nodes) {
    values.push_back(node.evaluate(values));
    if (flushes)
      flush(values.back());
  }
  return values;
}
