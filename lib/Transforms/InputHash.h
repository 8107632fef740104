//===- InputHash.h - a hash of a model --------------------------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_INPUTHASH_H
#define MP_LIB_TRANSFORMS_INPUTHASH_H

#include "mlir/IR/Operation.h"

#include <string>

namespace mlir::mp {

/// A hash of all that `root` computes: ops, types, attributes and the data of
/// constants, but neither locations nor what the steps of autocast write.
std::string hashInput(Operation *root);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_INPUTHASH_H
