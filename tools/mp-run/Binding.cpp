#include "mp-run/Binding.h"

#include "mp-run/Run.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>
#include <set>

using namespace mp::run;
namespace io = mp::io;
using mp::io::DType;
using mp::io::SafetensorsFile;
using mp::io::Tensor;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Buffer::Buffer(size_t size)
    : bytes(static_cast<uint8_t *>(
          std::aligned_alloc(64, (std::max<size_t>(size, 1) + 63) / 64 * 64))) {
  if (!bytes)
    throw std::bad_alloc();
}

void Buffer::Free::operator()(uint8_t *p) const { std::free(p); }

uint64_t Value::elements() const {
  uint64_t count = 1;
  for (int64_t size : shape)
    count *= static_cast<uint64_t>(size);
  return count;
}

namespace {
struct TypeRow {
  uint8_t code, bits;
  DType file;
  const char *text;
};
} // namespace

static constexpr TypeRow types[] = {
    {MP_RT_DL_FLOAT, 64, DType::F64, "f64"},
    {MP_RT_DL_FLOAT, 32, DType::F32, "f32"},
    {MP_RT_DL_FLOAT, 16, DType::F16, "f16"},
    {MP_RT_DL_BFLOAT, 16, DType::BF16, "bf16"},
    {MP_RT_DL_FLOAT8_E4M3FN, 8, DType::F8_E4M3, "f8E4M3FN"},
    {MP_RT_DL_FLOAT8_E5M2, 8, DType::F8_E5M2, "f8E5M2"},
    {MP_RT_DL_COMPLEX, 64, DType::F32, "complex<f32>"},
    {MP_RT_DL_COMPLEX, 128, DType::F64, "complex<f64>"},
    {MP_RT_DL_INT, 64, DType::I64, "i64"},
    {MP_RT_DL_INT, 32, DType::I32, "i32"},
    {MP_RT_DL_INT, 16, DType::I16, "i16"},
    {MP_RT_DL_INT, 8, DType::I8, "i8"},
    {MP_RT_DL_UINT, 64, DType::U64, "ui64"},
    {MP_RT_DL_UINT, 32, DType::U32, "ui32"},
    {MP_RT_DL_UINT, 16, DType::U16, "ui16"},
    {MP_RT_DL_UINT, 8, DType::U8, "ui8"},
    // Narrower integers take one byte each.
    {MP_RT_DL_INT, 4, DType::I8, "i4"},
    {MP_RT_DL_INT, 2, DType::I8, "i2"},
    {MP_RT_DL_UINT, 4, DType::U8, "ui4"},
    {MP_RT_DL_UINT, 2, DType::U8, "ui2"},
    {MP_RT_DL_BOOL, 8, DType::Bool, "i1"}};

static const TypeRow *findType(DLDataType type) {
  for (const TypeRow &row : types) {
    if (row.code == type.code && row.bits == type.bits)
      return &row;
  }
  return nullptr;
}

bool mp::run::fileType(DLDataType type, DType &out) {
  const TypeRow *row = findType(type);
  if (row)
    out = row->file;
  return row != nullptr;
}

std::string mp::run::typeText(const Value &value) {
  std::string text;
  for (int64_t size : value.shape)
    text += std::to_string(size) + "x";
  const TypeRow *row = findType(value.type);
  return text + (row ? row->text : "?");
}

static std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

//===----------------------------------------------------------------------===//
// Function
//===----------------------------------------------------------------------===//

static void check(mp_rt_status status) {
  if (status != MP_RT_OK)
    throw Error(mp_rt_last_error());
}

static Value readValue(const mp_rt_value_info &info, const char *prefix,
                       int32_t index) {
  Value value;
  value.name = info.name;
  value.positional = prefix + std::to_string(index);
  value.role = info.role;
  value.type = info.dtype;
  value.shape.assign(info.shape, info.shape + info.ndim);
  value.bytes = info.bytes;
  return value;
}

/// Takes names from a roles file: {"args": [{"index", "name"}...]}, perhaps
/// under "entries", for values that are known by position only.
static void readNames(const std::string &path, Function &function) {
  std::ifstream file(path);
  if (!file)
    throw Error("cannot open roles '" + path + "'");
  nlohmann::json root = nlohmann::json::parse(file, nullptr, false);
  if (root.is_discarded() || !root.is_object())
    throw Error("expected roles '" + path + "' to be a JSON object");
  if (auto entries = root.find("entries");
      entries != root.end() && entries->is_object()) {
    auto entry = entries->find(function.name);
    if (entry == entries->end() || !entry->is_object())
      return;
    root = nlohmann::json(*entry);
  }
  auto take = [&](const char *key, std::vector<Value> &values) {
    auto list = root.find(key);
    if (list == root.end() || !list->is_array())
      return;
    for (const nlohmann::json &item : *list) {
      if (!item.is_object())
        continue;
      auto index = item.find("index"), name = item.find("name");
      if (index == item.end() || !index->is_number_unsigned() ||
          name == item.end() || !name->is_string())
        continue;
      auto position = index->get<uint64_t>();
      if (position < values.size() &&
          values[position].name == values[position].positional)
        values[position].name = name->get<std::string>();
    }
  };
  take("args", function.args);
  take("results", function.results);
}

static int32_t functionIndex(const mp_rt_model *model,
                             const std::string &name) {
  int32_t index = 0;
  if (!name.empty()) {
    check(mp_rt_model_find_function(model, name.c_str(), &index));
    return index;
  }
  mp_rt_model_info info = {};
  info.struct_size = sizeof(info);
  check(mp_rt_model_query(model, &info));
  std::string known;
  for (int32_t i = 0; i < info.num_functions; ++i) {
    mp_rt_function_info function = {};
    function.struct_size = sizeof(function);
    check(mp_rt_function_query(model, i, &function));
    if (std::string(function.name) == "main")
      return i;
    known += (known.empty() ? "'" : ", '") + std::string(function.name) + "'";
  }
  if (info.num_functions == 1)
    return 0;
  if (info.num_functions == 0)
    throw Error("the model has no function");
  throw Error("the model has no function 'main': expected --function to be one "
              "of " +
              known);
}

Function mp::run::findFunction(const mp_rt_model *model,
                               const std::string &name,
                               const std::string &rolesFile) {
  Function function;
  function.index = functionIndex(model, name);
  function.info.struct_size = sizeof(function.info);
  check(mp_rt_function_query(model, function.index, &function.info));
  function.name = function.info.name;
  mp_rt_value_info info = {};
  info.struct_size = sizeof(info);
  for (int32_t i = 0; i < function.info.num_args; ++i) {
    check(mp_rt_function_arg(model, function.index, i, &info));
    function.args.push_back(readValue(info, "arg", i));
  }
  for (int32_t i = 0; i < function.info.num_results; ++i) {
    check(mp_rt_function_result(model, function.index, i, &info));
    function.results.push_back(readValue(info, "result", i));
  }
  if (!rolesFile.empty())
    readNames(rolesFile, function);
  return function;
}

static void makeTensor(Value &value, void *data) {
  value.tensor.data = data;
  value.tensor.device = {kDLCPU, 0};
  value.tensor.ndim = static_cast<int32_t>(value.shape.size());
  value.tensor.dtype = value.type;
  value.tensor.shape = value.shape.data();
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

namespace {
/// Finds what belongs to one argument, and remembers what was read.
class Inputs {
public:
  Inputs(const SafetensorsFile *file, const std::string &path)
      : file(file), path(path) {}

  void bind(Value &value);
  void warnUnused() const;

private:
  const Tensor *find(const Value &value, const std::string &suffix);
  [[noreturn]] void missing(const Value &value) const;
  void expect(const Value &value, const Tensor &tensor, DType type) const;
  void join(Value &value, const Tensor &re, const Tensor &im);

  const SafetensorsFile *file;
  const std::string &path;
  std::set<std::string> used;
};
} // namespace

const Tensor *Inputs::find(const Value &value, const std::string &suffix) {
  if (!file)
    return nullptr;
  for (const std::string &name : {value.name, value.positional}) {
    if (const Tensor *tensor = file->find(name + suffix)) {
      used.insert(tensor->name);
      return tensor;
    }
  }
  return nullptr;
}

void Inputs::missing(const Value &value) const {
  std::string names = "'" + value.positional + "'";
  if (value.name != value.positional)
    names += " or '" + value.name + "'";
  if (value.isComplex())
    names += " (as a pair of keys ending in _re and _im)";
  if (!file)
    throw Error("no --inputs given: expected a file with " + names +
                " of type " + typeText(value));
  throw Error("'" + path + "' has no tensor " + names +
              ": expected one of "
              "type " +
              typeText(value));
}

void Inputs::expect(const Value &value, const Tensor &tensor,
                    DType type) const {
  if (tensor.type == type && tensor.shape == value.shape)
    return;
  throw Error("'" + path + "': tensor '" + tensor.name + "': expected " +
              io::name(type) + " " + shapeText(value.shape) + ", but got " +
              io::name(tensor.type) + " " + shapeText(tensor.shape));
}

/// Interleaves the two parts.
void Inputs::join(Value &value, const Tensor &re, const Tensor &im) {
  size_t part = io::bytes(re.type);
  value.storage = Buffer(value.bytes);
  for (uint64_t i = 0, n = value.elements(); i < n; ++i) {
    uint8_t *to = value.storage.data() + 2 * i * part;
    std::memcpy(to, re.data + i * part, part);
    std::memcpy(to + part, im.data + i * part, part);
  }
  makeTensor(value, value.storage.data());
}

void Inputs::bind(Value &value) {
  DType type;
  if (!fileType(value.type, type))
    throw Error("argument '" + value.name + "' has the type " +
                typeText(value) + ", which files cannot hold");
  const Tensor *tensor = find(value, "");
  if (value.isComplex() && !tensor) {
    const Tensor *re = find(value, "_re"), *im = find(value, "_im");
    if (!re || !im)
      missing(value);
    expect(value, *re, type);
    expect(value, *im, type);
    return join(value, *re, *im);
  }
  if (!tensor)
    missing(value);
  // The format has one complex type of its own.
  if (value.isComplex())
    type = DType::C64;
  expect(value, *tensor, type);
  if (tensor->size != value.bytes)
    throw Error("'" + path + "': tensor '" + tensor->name + "': expected " +
                std::to_string(value.bytes) + " bytes, but got " +
                std::to_string(tensor->size));
  // Parameters are read once, and may be large; what is read in every run is
  // worth a copy that begins on a cache line.
  size_t alignment = value.role == "param" ? io::bytes(type) : 64;
  if (reinterpret_cast<uintptr_t>(tensor->data) % alignment == 0)
    return makeTensor(value, const_cast<uint8_t *>(tensor->data));
  value.storage = Buffer(tensor->size);
  std::memcpy(value.storage.data(), tensor->data, tensor->size);
  makeTensor(value, value.storage.data());
}

void Inputs::warnUnused() const {
  if (!file)
    return;
  for (const Tensor &tensor : file->tensors()) {
    if (!used.count(tensor.name))
      warn("'" + path + "': no argument is called '" + tensor.name + "'");
  }
}

void mp::run::bindArguments(Function &function, const SafetensorsFile *file,
                            const std::string &path) {
  Inputs inputs(file, path);
  for (Value &value : function.args)
    inputs.bind(value);
  inputs.warnUnused();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void mp::run::allocateResults(Function &function) {
  for (Value &value : function.results) {
    value.storage = Buffer(value.bytes);
    // Never-written elements would otherwise differ from run to run.
    std::memset(value.storage.data(), 0, value.bytes);
    makeTensor(value, value.storage.data());
  }
}

std::vector<Tensor> mp::run::resultTensors(const Function &function,
                                           std::vector<Buffer> &storage) {
  std::vector<Tensor> tensors;
  for (const Value &value : function.results) {
    Tensor tensor;
    if (!fileType(value.type, tensor.type))
      throw Error("result '" + value.name + "' has the type " +
                  typeText(value) + ", which files cannot hold");
    tensor.name = value.positional;
    tensor.shape = value.shape;
    tensor.data = value.storage.data();
    tensor.size = value.bytes;
    if (!value.isComplex()) {
      tensors.push_back(std::move(tensor));
      continue;
    }
    size_t part = io::bytes(tensor.type);
    tensor.size = value.bytes / 2;
    for (int which = 0; which < 2; ++which) {
      storage.emplace_back(tensor.size);
      uint8_t *to = storage.back().data();
      for (uint64_t i = 0, n = value.elements(); i < n; ++i)
        std::memcpy(to + i * part,
                    value.storage.data() + (2 * i + which) * part, part);
      tensor.name = value.positional + (which ? "_im" : "_re");
      tensor.data = to;
      tensors.push_back(tensor);
    }
  }
  return tensors;
}
