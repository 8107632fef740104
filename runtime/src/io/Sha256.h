//===- Sha256.h - digests of files and checkpoints
//--------------------------===//

#ifndef MP_RT_IO_SHA256_H
#define MP_RT_IO_SHA256_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mp::io {

/// FIPS 180-4.
class Sha256 {
public:
  void update(const void *data, size_t size);
  /// A field of a key: its length goes in first, so that two fields cannot be
  /// mistaken for two others.
  void field(std::string_view text);
  /// 64 hexadecimal digits. Nothing can be added afterwards.
  std::string finish();

private:
  void block(const uint8_t *data);

  std::array<uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                   0xa54ff53a, 0x510e527f, 0x9b05688c,
                                   0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending = {};
  uint64_t length = 0;
};

} // namespace mp::io

#endif // MP_RT_IO_SHA256_H
