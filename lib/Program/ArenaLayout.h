//===- ArenaLayout.h - places of buffers in one block -----------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_ARENALAYOUT_H
#define MP_LIB_PROGRAM_ARENALAYOUT_H

#include "BufferClasses.h"

namespace mlir::mp {

/// Offsets such that buffers in use at the same time do not overlap.
struct ArenaLayout {
  /// By class number; -1 for those that are not in the arena.
  SmallVector<int64_t> offsets;
  int64_t bytes = 0;
};

/// Searches for offsets that take little; no more work than a few million pairs
/// of buffers.
ArenaLayout layOutArena(const BufferClasses &classes, int64_t numPositions);

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_ARENALAYOUT_H
