#include "io/Safetensors.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mp::io;
using nlohmann::json;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

namespace {
struct TypeRow {
  DType type;
  const char *name;
  size_t bytes;
};
} // namespace

static constexpr TypeRow types[] = {
    {DType::F64, "F64", 8},         {DType::F32, "F32", 4},
    {DType::F16, "F16", 2},         {DType::BF16, "BF16", 2},
    {DType::F8_E4M3, "F8_E4M3", 1}, {DType::F8_E5M2, "F8_E5M2", 1},
    {DType::C64, "C64", 8},         {DType::I64, "I64", 8},
    {DType::I32, "I32", 4},         {DType::I16, "I16", 2},
    {DType::I8, "I8", 1},           {DType::U64, "U64", 8},
    {DType::U32, "U32", 4},         {DType::U16, "U16", 2},
    {DType::U8, "U8", 1},           {DType::Bool, "BOOL", 1}};

const char *mp::io::name(DType type) {
  return types[static_cast<size_t>(type)].name;
}

size_t mp::io::bytes(DType type) {
  return types[static_cast<size_t>(type)].bytes;
}

bool mp::io::parse(std::string_view text, DType &type) {
  for (const TypeRow &row : types) {
    if (text == row.name) {
      type = row.type;
      return true;
    }
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Header
//===----------------------------------------------------------------------===//

/// The format's own limit, so that a damaged length is found at once.
static constexpr uint64_t maxHeader = 100'000'000;

/// Parses and refuses what the library would quietly accept: a key twice, and
/// values nested deeper than the format has them.
static bool parseJson(std::string_view text, json &out, std::string &error) {
  std::vector<std::set<std::string>> keys;
  std::string duplicate;
  auto callback = [&](int depth, json::parse_event_t event, json &parsed) {
    if (depth > 3)
      throw std::runtime_error("its values are nested too deeply");
    if (event == json::parse_event_t::object_start)
      keys.emplace_back();
    else if (event == json::parse_event_t::object_end)
      keys.pop_back();
    else if (event == json::parse_event_t::key &&
             !keys.back().insert(parsed.get<std::string>()).second &&
             duplicate.empty())
      duplicate = parsed.get<std::string>();
    return true;
  };
  try {
    out = json::parse(text.begin(), text.end(), callback);
  } catch (const json::exception &e) {
    error = std::string("its header is not valid JSON: ") + e.what();
    return false;
  } catch (const std::runtime_error &e) {
    error = std::string("its header is not valid: ") + e.what();
    return false;
  }
  if (!duplicate.empty()) {
    error = "key '" + duplicate + "' appears twice";
    return false;
  }
  if (!out.is_object()) {
    error = "its header is not a JSON object";
    return false;
  }
  return true;
}

/// Reads {"dtype", "shape", "data_offsets"}; what is wrong, or empty.
static std::string readEntry(const json &value, const uint8_t *data,
                             uint64_t dataSize, Tensor &tensor) {
  if (!value.is_object())
    return "expected an object with dtype, shape and data_offsets";
  for (const auto &[key, unused] : value.items()) {
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      return "unknown field '" + key + "'";
  }
  auto dtype = value.find("dtype"), shape = value.find("shape"),
       offsets = value.find("data_offsets");
  if (dtype == value.end() || !dtype->is_string())
    return "expected a string 'dtype'";
  if (!parse(dtype->get_ref<const std::string &>(), tensor.type))
    return "unsupported dtype '" + dtype->get<std::string>() + "'";
  if (shape == value.end() || !shape->is_array())
    return "expected an array 'shape'";
  uint64_t size = bytes(tensor.type);
  bool empty = std::any_of(shape->begin(), shape->end(), [](const json &dim) {
    return dim.is_number_unsigned() && dim.get<uint64_t>() == 0;
  });
  for (const json &dim : *shape) {
    if (!dim.is_number_unsigned() || dim.get<uint64_t>() > INT64_MAX)
      return "expected sizes that are not negative, but got " + dim.dump();
    tensor.shape.push_back(static_cast<int64_t>(dim.get<uint64_t>()));
    if (!empty && __builtin_mul_overflow(size, dim.get<uint64_t>(), &size))
      return "its shape " + shape->dump() + " is too large";
  }
  if (empty)
    size = 0;
  if (offsets == value.end() || !offsets->is_array() || offsets->size() != 2 ||
      !(*offsets)[0].is_number_unsigned() ||
      !(*offsets)[1].is_number_unsigned())
    return "expected 'data_offsets' of two numbers";
  uint64_t begin = (*offsets)[0].get<uint64_t>();
  uint64_t end = (*offsets)[1].get<uint64_t>();
  if (begin > end || end > dataSize)
    return "its data_offsets " + offsets->dump() + " lie outside the " +
           std::to_string(dataSize) + " bytes of data";
  if (end - begin != size)
    return "expected " + std::to_string(size) + " bytes for shape " +
           shape->dump() + " of " + name(tensor.type) + ", but got " +
           std::to_string(end - begin);
  tensor.data = data + begin;
  tensor.size = size;
  return "";
}

/// Tensors must cover the data without overlap and without holes.
static std::string checkCover(const std::vector<Tensor> &tensors,
                              const uint8_t *data, uint64_t dataSize) {
  std::vector<const Tensor *> order;
  for (const Tensor &tensor : tensors) {
    if (tensor.size)
      order.push_back(&tensor);
  }
  std::sort(order.begin(), order.end(),
            [](const Tensor *a, const Tensor *b) { return a->data < b->data; });
  uint64_t at = 0;
  const Tensor *previous = nullptr;
  for (const Tensor *tensor : order) {
    auto begin = static_cast<uint64_t>(tensor->data - data);
    if (begin < at)
      return "key '" + tensor->name + "': its bytes overlap those of '" +
             previous->name + "'";
    if (begin > at)
      return "key '" + tensor->name + "': " + std::to_string(begin - at) +
             " bytes before it belong to no tensor";
    at = begin + tensor->size;
    previous = tensor;
  }
  if (at != dataSize)
    return std::to_string(dataSize - at) +
           " bytes at its end belong to no tensor";
  return "";
}

bool SafetensorsFile::parseHeader(const std::string &path,
                                  std::string_view header, const uint8_t *data,
                                  uint64_t dataSize, std::string &error) {
  json root;
  if (!parseJson(header, root, error)) {
    error = "'" + path + "': " + error;
    return false;
  }
  for (const auto &[key, value] : root.items()) {
    std::string what;
    if (key == "__metadata__") {
      if (!value.is_object())
        what = "expected an object of strings";
      else
        for (const auto &[k, v] : value.items()) {
          if (v.is_string())
            meta[k] = v.get<std::string>();
          else
            what = "expected a string for '" + k + "'";
        }
    } else {
      Tensor tensor;
      tensor.name = key;
      what = readEntry(value, data, dataSize, tensor);
      index.emplace(key, entries.size());
      entries.push_back(std::move(tensor));
    }
    if (!what.empty()) {
      error = "'" + path + "': key '" + key + "': " + what;
      return false;
    }
  }
  std::string what = checkCover(entries, data, dataSize);
  if (!what.empty())
    error = "'" + path + "': " + what;
  return what.empty();
}

//===----------------------------------------------------------------------===//
// File
//===----------------------------------------------------------------------===//

/// Reads the length in front of the header and checks it against the file.
static bool headerLength(const std::string &path, const uint8_t *data,
                         uint64_t size, uint64_t &length, std::string &error) {
  error = "'" + path + "' is not a safetensors file: ";
  if (size < 8) {
    error += "expected at least 8 bytes, but got " + std::to_string(size);
    return false;
  }
  length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | data[i];
  if (length > maxHeader || length > size - 8) {
    error += "its header of " + std::to_string(length) +
             " bytes does not fit into the file";
    return false;
  }
  error.clear();
  return true;
}

std::unique_ptr<SafetensorsFile> SafetensorsFile::parse(const std::string &path,
                                                        const uint8_t *data,
                                                        uint64_t size,
                                                        std::string &error) {
  uint64_t length;
  if (!headerLength(path, data, size, length, error))
    return nullptr;
  auto file = std::make_unique<SafetensorsFile>();
  std::string_view header(reinterpret_cast<const char *>(data) + 8, length);
  if (!file->parseHeader(path, header, data + 8 + length, size - 8 - length,
                         error))
    return nullptr;
  return file;
}

void SafetensorsFile::Free::operator()(void *p) const { std::free(p); }

static bool readAll(int fd, uint8_t *out, uint64_t size) {
  while (size) {
    ssize_t got = ::read(fd, out, std::min<uint64_t>(size, 1u << 30));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      if (got == 0)
        errno = EIO; // the file became shorter
      return false;
    }
    out += got;
    size -= static_cast<uint64_t>(got);
  }
  return true;
}

std::unique_ptr<SafetensorsFile> SafetensorsFile::read(const std::string &path,
                                                       std::string &error) {
  struct Closer {
    int fd;
    ~Closer() {
      if (fd >= 0)
        close(fd);
    }
  } file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  auto failed = [&](const std::string &what) {
    error = "cannot read '" + path + "': " + what;
    return nullptr;
  };
  if (file.fd < 0)
    return failed(std::strerror(errno));
  struct stat info;
  if (fstat(file.fd, &info) != 0)
    return failed(std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    return failed("it is not a regular file");
  auto size = static_cast<uint64_t>(info.st_size);
  uint8_t prefix[8] = {};
  if (!readAll(file.fd, prefix, std::min<uint64_t>(size, 8)))
    return failed(std::strerror(errno));
  uint64_t length;
  if (!headerLength(path, prefix, size, length, error))
    return nullptr;

  // The data begins on a cache line, whatever the header's length.
  uint64_t pad = (64 - (8 + length) % 64) % 64;
  std::unique_ptr<uint8_t, Free> storage(static_cast<uint8_t *>(
      std::aligned_alloc(64, (pad + size + 63) / 64 * 64)));
  if (!storage)
    return failed("out of memory for " + std::to_string(size) + " bytes");
  uint8_t *start = storage.get() + pad;
  std::memcpy(start, prefix, 8);
  if (!readAll(file.fd, start + 8, size - 8))
    return failed(std::strerror(errno));
  auto result = parse(path, start, size, error);
  if (result)
    result->storage = std::move(storage);
  return result;
}

const Tensor *SafetensorsFile::find(const std::string &name) const {
  auto it = index.find(name);
  return it == index.end() ? nullptr : &entries[it->second];
}

void SafetensorsFile::forget(const Tensor &tensor) const {
  if (!storage)
    return;
  // Pages that hold nothing else; the allocation itself stays one.
  auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  uintptr_t begin = reinterpret_cast<uintptr_t>(tensor.data);
  uintptr_t first = (begin + page - 1) / page * page;
  uintptr_t end = (begin + tensor.size) / page * page;
  if (first < end)
    madvise(reinterpret_cast<void *>(first), end - first, MADV_DONTNEED);
}
