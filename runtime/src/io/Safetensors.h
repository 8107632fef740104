//===- Safetensors.h - tensors in files -----------------------------------===//
//
// Reads and writes the safetensors format: 8 bytes of header length, a JSON
// header, then the tensors' bytes without holes. Files are outside input, so
// everything is checked before a tensor is handed out.
//
//===----------------------------------------------------------------------===//

#ifndef MP_RT_IO_SAFETENSORS_H
#define MP_RT_IO_SAFETENSORS_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mp::io {

enum class DType : uint8_t {
  F64,
  F32,
  F16,
  BF16,
  F8_E4M3,
  F8_E5M2,
  C64,
  I64,
  I32,
  I16,
  I8,
  U64,
  U32,
  U16,
  U8,
  Bool
};

/// "F32", "BF16", ... as the format spells it.
const char *name(DType type);
size_t bytes(DType type);
/// False if the format has no such type, or we do not support it.
bool parse(std::string_view text, DType &type);

/// Bytes are owned by the file, or by whoever wants them written.
struct Tensor {
  std::string name;
  DType type = DType::F32;
  std::vector<int64_t> shape;
  const uint8_t *data = nullptr;
  uint64_t size = 0; // bytes
};

/// A file read into memory.
class SafetensorsFile {
public:
  /// On failure null, and `error` says what is wrong with which file and key.
  static std::unique_ptr<SafetensorsFile> read(const std::string &path,
                                               std::string &error);
  /// The same for bytes in memory; `path` is for messages. The bytes must
  /// outlive the result.
  static std::unique_ptr<SafetensorsFile> parse(const std::string &path,
                                                const uint8_t *data,
                                                uint64_t size,
                                                std::string &error);

  /// In the order of the header.
  const std::vector<Tensor> &tensors() const { return entries; }
  const Tensor *find(const std::string &name) const;
  /// Gives the memory of a tensor back that nobody will read again.
  void forget(const Tensor &tensor) const;
  const std::unordered_map<std::string, std::string> &metadata() const {
    return meta;
  }

private:
  bool parseHeader(const std::string &path, std::string_view header,
                   const uint8_t *data, uint64_t dataSize, std::string &error);

  struct Free {
    void operator()(void *p) const;
  };
  std::unique_ptr<uint8_t, Free> storage;
  std::vector<Tensor> entries;
  std::unordered_map<std::string, size_t> index;
  std::unordered_map<std::string, std::string> meta;
};

/// Writes a file that appears whole or not at all. False with `error` set if
/// it could not; nothing is left behind then.
bool writeSafetensors(
    const std::string &path, const std::vector<Tensor> &tensors,
    const std::vector<std::pair<std::string, std::string>> &metadata,
    std::string &error);

} // namespace mp::io

#endif // MP_RT_IO_SAFETENSORS_H
