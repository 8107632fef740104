//===- Target.h - what a target can do with a format ------------*- C++ -*-===//
#ifndef MP_POLICY_TARGET_H
#define MP_POLICY_TARGET_H

#include "mp/Policy/Policy.h"

namespace mlir::mp {

/// How a target computes in a format.
enum class Support { Native, Emulated, Illegal };

/// One row of the shipped table of targets.
struct Target {
  std::string name, description;
  struct Row {
    Format format;
    Support products, arithmetic;
  };
  std::vector<Row> rows;

  /// A hash of what the target can do.
  std::string getDigest() const;
  Support getSupport(Format format, bool isProduct) const;
  /// The low format nearest to `format` that is legal, or nothing. Formats of
  /// the same width come first, then wider ones.
  std::optional<Format> getNearestLegal(Format format, bool isProduct) const;
};

/// All shipped targets, read once.
llvm::ArrayRef<Target> getTargets();

/// Finds a target, or reports the ones there are.
const Target *findTarget(llvm::StringRef name,
                         llvm::function_ref<void(const llvm::Twine &)> error);

} // namespace mlir::mp

#endif // MP_POLICY_TARGET_H
