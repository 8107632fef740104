//===- Explanation.h - the report of what was decided -----------*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_EXPLANATION_H
#define MP_LIB_TRANSFORMS_EXPLANATION_H

#include "CostModel.h"

#include "mp/IR/MPDialect.h"
#include "mp/IR/MPOps.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
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

/// Collects decisions and casts, and tells them as remarks and as JSON.
class Explanation {
public:
  /// The last remark of each kind, begun before the others: a context tells
  /// whether remarks of a kind are read only to who begins one.
  struct Remarks {
    explicit Remarks(Location loc);
    bool areRead() const { return decisions || casts || constants; }

    remark::detail::InFlightRemark decisions, casts, constants;
  };

  /// Notes the decision on every op under `root`, which must still carry it.
  Explanation(Operation *root, const OpIds &ids, CostModel &costs);

  void addCast(PlacedCast cast) { casts.push_back(std::move(cast)); }
  /// `isKept` where its readers stay wide, so that nothing is lost.
  void addConstant(Location loc, StringRef value, Type to,
                   const ConstantLoss &loss, bool isKept = false);
  /// Notes that a value is read as `kept`, not rounded to `skipped`.
  void addExcess(Location loc, Type kept, Type skipped) {
    excess.push_back({loc, kept, skipped});
  }
  StringRef getName(Operation *op) const { return ids.get(op); }

  /// Emits remarks for all that was noted, and sums up in the last.
  void emit(Remarks remarks);
  /// Writes the file whole or not at all.
  llvm::Error write(StringRef path);

private:
  /// What is known of one op; put into words only where somebody reads it.
  struct Entry {
    Location loc;
    OperationName name;
    StringRef id;
    StringRef tiedTo; // the op that computed it before
    StringAttr function, opClass, pattern;
    PrecisionAttr precision;
    DictionaryAttr decision;
  };
  /// The way on which an op inherited its width, up to the op whose rule asks
  /// for it.
  struct Chain {
    SmallVector<StringRef> ids;
    StringRef rule;
    bool isWhole = true;
  };
  struct Constant {
    Location loc;
    std::string value;
    Type to;
    ConstantLoss loss;
    bool isKept;
  };

  void addKeptConstants(Operation *op);
  struct Excess {
    Location loc;
    Type kept, skipped;
  };

  Chain getChain(const Decision &decision);
  llvm::json::Object describe(const Entry &entry);
  std::string getText(const Entry &entry);
  std::string getProductText() const;
  void addProduct(Operation *op, PrecisionAttr precision, CostModel &costs);
  void print(raw_ostream &os);

  const OpIds &ids;
  std::string policy;
  llvm::json::Object placement;
  std::vector<Entry> entries;
  /// Filled when the first chain is asked for.
  llvm::StringMap<unsigned> indexOfId;
  std::vector<PlacedCast> casts;
  std::vector<Constant> constants;
  llvm::DenseSet<Operation *> keptConstants;
  std::vector<Excess> excess;
  /// Of the formats of all ops, to tell whether two runs chose the same.
  std::string assignment;
  int64_t lowOps = 0;
  /// Multiplications and additions in products, by the format of the operands.
  llvm::MapVector<Type, int64_t> productWork;
};

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_EXPLANATION_H
