//===- InitAll.h - everything an embedder registers -----------------------===//
#ifndef MP_INITALL_H
#define MP_INITALL_H

namespace mlir {
class DialectRegistry;
namespace mp {
/// Inserts every dialect that the pipelines read or create, with the external
/// interface models that the passes need.
void registerAllDialects(DialectRegistry &registry);

/// Registers the passes and pipelines of this project.
void registerProjectPasses();

/// Registers the above, and upstream's canonicalizer, CSE, inliner and symbol
/// DCE beside them (a host tool such as mlir-opt has these already).
void registerAllPasses();
} // namespace mp
} // namespace mlir

#endif // MP_INITALL_H
