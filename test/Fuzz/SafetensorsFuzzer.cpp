// libFuzzer target for the safetensors reader: any bytes are refused with a
// message or give tensors that lie inside them. Seeds: test/Fuzz/Safetensors.
#include "io/Safetensors.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string error;
  auto file = mp::io::SafetensorsFile::parse("fuzz", data, size, error);
  if (!file) {
    if (error.empty())
      abort();
    return 0;
  }
  for (const mp::io::Tensor &tensor : file->tensors()) {
    if (tensor.data < data || tensor.size > size ||
        tensor.data + tensor.size > data + size)
      abort();
  }
  return 0;
}
