//===- Explanation.h - the report of what was decided -----------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_EXPLANATION_H
#define MP_LIB_TRANSFORMS_EXPLANATION_H

#include "Decision.h"

#include "llvm/Support/JSON.h"

namespace mlir::mp {

/// One cast in the result.
struct PlacedCast {
  enum class Kind { EachCall, OneTime, Folded };
  Location loc;
  std::string value; // the op that gives the value, or the argument
  Type from, to;
  int64_t bytes; // of all the times that it runs
  Kind kind;
};

/// Collects decisions and casts, and writes them as JSON.
class Explanation {
public:
  /// Notes the decision on every op under `root`, which must still carry it.
  explicit Explanation(Operation *root);

  void addCast(PlacedCast cast) { casts.push_back(std::move(cast)); }
  StringRef getName(Operation *op) const { return ids.get(op); }

  /// Emits remarks for all that was noted.
  void emitRemarks() const;
  /// Writes the file whole or not at all.
  llvm::Error write(StringRef path) const;

private:
  struct Entry {
    Location loc;
    llvm::json::Object object;
    std::string text;
  };

  OpIds ids;
  std::string policy;
  llvm::json::Object placement;
  std::vector<Entry> entries;
  std::vector<PlacedCast> casts;
  int64_t lowOps = 0;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_EXPLANATION_H
