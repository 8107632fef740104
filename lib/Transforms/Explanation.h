//===- Explanation.h - the report of what was decided -----------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_EXPLANATION_H
#define MP_LIB_TRANSFORMS_EXPLANATION_H

#include "Decision.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

namespace mlir::mp {

/// One cast in the result.
struct PlacedCast {
  enum class Kind { EachCall, OneTime, Folded, WithOp };
  Location loc;
  std::string value; // the op that gives the value, or the argument
  Type from, to;
  int64_t bytes; // of all the times that it runs
  Kind kind;
};

/// What the elements of a constant lose when they are narrowed.
struct ConstantLoss {
  int64_t elements = 0;
  int64_t overflowed = 0; // finite, and infinite or NaN afterwards
  int64_t flushed = 0;    // not zero, and zero afterwards
  int64_t coarse = 0;     // keep fewer than half of the digits there are

  static ConstantLoss measure(ElementsAttr constant, FloatType to);
  bool isAny() const { return overflowed || flushed || coarse; }
};

/// Collects decisions and casts, and writes them as JSON.
class Explanation {
public:
  /// Notes the decision on every op under `root`, which must still carry it;
  /// what only the file says, where there will be one.
  Explanation(Operation *root, bool hasFile);

  void addCast(PlacedCast cast) { casts.push_back(std::move(cast)); }
  void addConstant(Location loc, StringRef value, Type to,
                   const ConstantLoss &loss);
  StringRef getName(Operation *op) const { return ids.get(op); }

  /// Emits remarks for all that was noted.
  void emitRemarks() const;
  /// Writes the file whole or not at all.
  llvm::Error write(StringRef path) const;

private:
  void print(raw_ostream &os) const;

  struct Entry {
    Location loc;
    llvm::json::Value object;
    std::string text;
    StringRef rule = {}, inheritedFrom = {};
  };
  llvm::json::Object describe(Operation *op, const Decision &decision) const;
  void addChain(Entry &entry, const llvm::StringMap<unsigned> &indexOfId);

  OpIds ids;
  std::string policy;
  llvm::json::Object placement;
  std::vector<Entry> entries;
  std::vector<PlacedCast> casts;
  std::vector<Entry> constants;
  /// Of the formats of all ops, to tell whether two runs chose the same.
  std::string assignment;
  int64_t lowOps = 0;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_EXPLANATION_H
