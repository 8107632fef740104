#include "cpu/Memory.h"

#include <cstdlib>
#include <new>
#include <sys/mman.h>

using namespace mp::rt;

static constexpr size_t hugePage = size_t(2) << 20;

Block::Block(size_t bytes) {
  if (bytes == 0)
    return;
  size_t align = bytes >= hugePage ? hugePage : 64;
  size_t rounded;
  if (__builtin_add_overflow(bytes, align - 1, &rounded))
    throw std::bad_alloc();
  rounded &= ~(align - 1);
  pointer = std::aligned_alloc(align, rounded);
  if (!pointer)
    throw std::bad_alloc();
  // Advice only: without huge pages the block is as good, only slower.
  if (align == hugePage)
    (void)madvise(pointer, rounded, MADV_HUGEPAGE);
  length = bytes;
}

Block::~Block() { std::free(pointer); }
