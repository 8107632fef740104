//===- Locations.h - places in files as text --------------------*- C++ -*-===//
#ifndef MP_IR_LOCATIONS_H
#define MP_IR_LOCATIONS_H

#include "mlir/IR/Location.h"

#include <string>

namespace mlir::mp {

/// `file:line:col` where `loc` knows it, else empty.
std::string getPlace(Location loc);

/// " at file:line:col", or nothing. The file's name alone, so that texts that
/// are kept are the same wherever the file lies.
std::string describePlace(Location loc);

} // namespace mlir::mp

#endif // MP_IR_LOCATIONS_H
