//===- BufferPlaces.h - where the plan put a tensor -------------*- C++ -*-===//
#ifndef MP_LIB_PROGRAM_BUFFERPLACES_H
#define MP_LIB_PROGRAM_BUFFERPLACES_H

#include "mp/IR/MPOps.h"

namespace mlir::mp {

/// A planned buffer, or the constant that is the buffer.
struct BufferPlace {
  BufferAttr buffer;
  Attribute constant;

  bool operator==(const BufferPlace &other) const {
    return buffer == other.buffer && constant == other.constant;
  }
  explicit operator bool() const { return buffer || constant; }
};

/// Reads the plan that mp-plan-memory left on the ops; an empty place if there
/// is none.
class BufferPlaces {
public:
  BufferPlace get(Value tensor);

private:
  BufferPlace find(Value root);

  DenseMap<Value, BufferPlace> places;
};

} // namespace mlir::mp

#endif // MP_LIB_PROGRAM_BUFFERPLACES_H
