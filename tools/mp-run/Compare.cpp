#include "mp-run/Compare.h"

#include "cpu/Float.h"
#include "mp-run/Run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace mp::run;
namespace io = mp::io;
using mp::io::DType;
using mp::io::Tensor;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static mp::rt::ElementType elementType(DType type) {
  switch (type) {
  case DType::F64:
    return {MP_RT_DL_FLOAT, 64};
  case DType::F32:
    return {MP_RT_DL_FLOAT, 32};
  case DType::F16:
    return {MP_RT_DL_FLOAT, 16};
  case DType::BF16:
    return {MP_RT_DL_BFLOAT, 16};
  case DType::F8_E4M3:
    return {MP_RT_DL_FLOAT8_E4M3FN, 8};
  case DType::F8_E5M2:
    return {MP_RT_DL_FLOAT8_E5M2, 8};
  case DType::C64:
    return {MP_RT_DL_COMPLEX, 64};
  case DType::I64:
    return {MP_RT_DL_INT, 64};
  case DType::I32:
    return {MP_RT_DL_INT, 32};
  case DType::I16:
    return {MP_RT_DL_INT, 16};
  case DType::I8:
    return {MP_RT_DL_INT, 8};
  case DType::U64:
    return {MP_RT_DL_UINT, 64};
  case DType::U32:
    return {MP_RT_DL_UINT, 32};
  case DType::U16:
    return {MP_RT_DL_UINT, 16};
  case DType::U8:
    return {MP_RT_DL_UINT, 8};
  case DType::Bool:
    return {MP_RT_DL_BOOL, 8};
  }
  return {};
}

bool mp::run::isFloat(DType type) {
  mp::rt::FloatFormat format;
  return mp::rt::FloatFormat::of(elementType(type), format);
}

double mp::run::toDouble(DType type, const uint8_t *data, uint64_t index) {
  mp::rt::ElementType element = elementType(type);
  mp::rt::FloatFormat format;
  if (mp::rt::FloatFormat::of(element, format))
    return format.toDouble(format.load(data, index));
  int64_t value = mp::rt::loadInteger(element, data, index);
  return element.code == MP_RT_DL_UINT
             ? static_cast<double>(static_cast<uint64_t>(value))
             : static_cast<double>(value);
}

Summary mp::run::summarise(const Tensor &tensor) {
  Summary summary;
  summary.count = tensor.size / io::bytes(tensor.type);
  double sum = 0, low = std::numeric_limits<double>::infinity(), high = -low;
  uint64_t finite = 0;
  for (uint64_t i = 0; i < summary.count; ++i) {
    double value = toDouble(tensor.type, tensor.data, i);
    if (std::isnan(value)) {
      ++summary.nans;
    } else if (std::isinf(value)) {
      ++summary.infinities;
    } else {
      ++finite;
      sum += value;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (finite) {
    summary.min = low;
    summary.max = high;
    summary.mean = sum / static_cast<double>(finite);
  }
  return summary;
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

static Comparison compareTensors(const Tensor &got, const Tensor &expected,
                                 const Tolerance &tolerance) {
  Comparison result;
  result.maxError = tolerance.maxError;
  result.name = got.name;
  result.count = got.size / io::bytes(got.type);
  mp::rt::ElementType element = elementType(got.type);
  bool exact = !isFloat(got.type);
  double errorSquares = 0, squares = 0;
  bool finite = true;
  for (uint64_t i = 0; i < result.count; ++i) {
    double a = toDouble(got.type, got.data, i);
    double b = toDouble(expected.type, expected.data, i);
    bool good;
    if (std::isfinite(a) && std::isfinite(b)) {
      double error = std::fabs(a - b);
      // Large integers do not fit into a double.
      good = exact
                 ? mp::rt::loadInteger(element, got.data, i) ==
                       mp::rt::loadInteger(element, expected.data, i)
                 : tolerance.maxError >= 0 ||
                       error <= tolerance.atol + tolerance.rtol * std::fabs(b);
      result.maxAbs = std::max(result.maxAbs, error);
      if (b != 0)
        result.maxRel = std::max(result.maxRel, error / std::fabs(b));
      errorSquares += error * error;
      squares += b * b;
    } else {
      good = (std::isnan(a) && std::isnan(b)) || a == b;
      finite &= good;
    }
    if (!good && result.failing++ == 0) {
      result.firstFailing = i;
      result.got = a;
      result.expected = b;
    }
  }
  result.relL2 = !finite       ? std::numeric_limits<double>::infinity()
                 : squares > 0 ? std::sqrt(errorSquares / squares)
                               : std::sqrt(errorSquares);
  return result;
}

std::vector<Comparison> mp::run::compare(const Function &function,
                                         const std::vector<Tensor> &results,
                                         const io::SafetensorsFile &file,
                                         const std::string &path,
                                         const Tolerance &tolerance) {
  std::vector<Comparison> comparisons;
  std::set<std::string> used;
  for (const Tensor &got : results) {
    // A result may be called by its name as well; parts of a pair may not.
    const Tensor *expected = file.find(got.name);
    for (const Value &value : function.results) {
      if (!expected && value.positional == got.name)
        expected = file.find(value.name);
    }
    if (!expected)
      throw Error("'" + path + "' has no tensor '" + got.name +
                  "' to compare with");
    used.insert(expected->name);
    if (expected->type != got.type || expected->shape != got.shape) {
      auto text = [](const Tensor &tensor) {
        std::string shape;
        for (int64_t size : tensor.shape)
          shape += (shape.empty() ? "" : ", ") + std::to_string(size);
        return std::string(io::name(tensor.type)) + " [" + shape + "]";
      };
      throw Error("'" + path + "': tensor '" + expected->name + "': expected " +
                  text(got) + " as the model gives it, but got " +
                  text(*expected));
    }
    comparisons.push_back(compareTensors(got, *expected, tolerance));
  }
  for (const Tensor &tensor : file.tensors()) {
    if (!used.count(tensor.name))
      warn("'" + path + "': no result is called '" + tensor.name + "'");
  }
  return comparisons;
}
