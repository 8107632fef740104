//===- Memory.h - aligned blocks ------------------------------------------===//

#ifndef MP_RT_CPU_MEMORY_H
#define MP_RT_CPU_MEMORY_H

#include <cstddef>
#include <utility>

namespace mp::rt {

/// A block of memory aligned to 64 bytes; large ones on huge pages where the
/// system has them. Not cleared.
class Block {
public:
  Block() = default;
  /// Throws std::bad_alloc.
  explicit Block(size_t bytes);
  ~Block();
  Block(Block &&o) noexcept
      : pointer(std::exchange(o.pointer, nullptr)),
        length(std::exchange(o.length, 0)) {}
  Block &operator=(Block &&o) noexcept {
    std::swap(pointer, o.pointer);
    std::swap(length, o.length);
    return *this;
  }

  void *data() const { return pointer; }
  size_t size() const { return length; }

private:
  void *pointer = nullptr;
  size_t length = 0;
};

} // namespace mp::rt

#endif // MP_RT_CPU_MEMORY_H
