#include "io/AtomicFile.h"
#include "io/Safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace mp::io;

bool mp::io::writeSafetensors(
    const std::string &path, const std::vector<Tensor> &tensors,
    const std::vector<std::pair<std::string, std::string>> &metadata,
    std::string &error) {
  // Wide types first, so that every tensor is aligned in the file.
  std::vector<const Tensor *> order;
  for (const Tensor &tensor : tensors)
    order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](const Tensor *a, const Tensor *b) {
    size_t x = bytes(a->type), y = bytes(b->type);
    return x != y ? x > y : a < b; // they are elements of one vector
  });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  for (const auto &[key, value] : metadata)
    header["__metadata__"][key] = value;
  uint64_t at = 0;
  for (const Tensor *tensor : order) {
    if (header.contains(tensor->name)) {
      error = "cannot write '" + path + "': two tensors are called '" +
              tensor->name + "'";
      return false;
    }
    header[tensor->name] = {{"dtype", name(tensor->type)},
                            {"shape", tensor->shape},
                            {"data_offsets", {at, at + tensor->size}}};
    at += tensor->size;
  }
  std::string text = header.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  // The data begins on a cache line.
  text.append((64 - (8 + text.size()) % 64) % 64, ' ');
  uint8_t prefix[8];
  for (int i = 0; i < 8; ++i)
    prefix[i] = static_cast<uint8_t>(uint64_t(text.size()) >> (8 * i));

  AtomicFile file(path);
  bool written = file.open() && file.write(prefix, sizeof(prefix)) &&
                 file.write(text.data(), text.size()) &&
                 std::all_of(order.begin(), order.end(),
                             [&](const Tensor *tensor) {
                               return file.write(tensor->data, tensor->size);
                             }) &&
                 file.commit();
  if (!written)
    error = file.error();
  return written;
}
