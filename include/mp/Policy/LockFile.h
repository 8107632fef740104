//===- LockFile.h - decisions that were made, as a file ---------*- C++ -*-===//
//
// A lock file holds the precision of every op of a model, keyed by op id, and
// what it was decided from. Like a policy it knows no IR.
//
//===----------------------------------------------------------------------===//
#ifndef MP_POLICY_LOCKFILE_H
#define MP_POLICY_LOCKFILE_H

#include "mp/Policy/Policy.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace mlir::mp {

/// What a lock was made from: the names are for people, the hashes decide.
struct LockOrigin {
  std::string input; // hash of the imported model
  std::string policy, policyHash;
  std::string target, targetHash; // empty where it decided nothing
  std::string rangesHash;         // empty without recorded ranges
  bool keepIO = true;
  /// The policy has rules about targets; not written.
  bool asksForTarget = false;
};

/// A verdict that many ops share.
struct LockDecision {
  std::string id; // unique in the file; what the entries of ops refer to
  Action action = Action::Keep;
  std::string rule, policy, file, why;
  unsigned line = 0, column = 0;
  std::optional<Format> low, accumulate;
  ResultChoice result = ResultChoice::Low;
  std::vector<unsigned> wideOperands;
  std::string fit; // the verdict on the range of what the op computes, if any
};

/// The formats of some values, where nothing stands for a value whose type is
/// not for a policy to change.
using LockFormats = std::vector<std::optional<Format>>;

struct LockEntry {
  std::string id;
  PolicyLocation location;
  unsigned decision; // index into the decisions
  LockFormats formats;
  /// Format of the operands, the accumulator and the result, as reported.
  std::vector<Format> precision;
  std::string inheritedFrom;
};

/// Arguments and results of a function whose types follow the policy.
struct LockBoundary {
  std::string function;
  PolicyLocation location;
  LockFormats arguments, results;
};

struct LockFile {
  LockOrigin origin;
  PolicyLocation location;
  std::vector<LockDecision> decisions;
  std::vector<LockEntry> entries;
  std::vector<LockBoundary> boundaries;
};

/// Reads a lock from text, or reports why it cannot.
std::optional<LockFile> parseLockFile(llvm::StringRef text,
                                      llvm::StringRef file,
                                      PolicyDiagnosticHandler handler);
std::optional<LockFile> loadLockFile(llvm::StringRef path,
                                     PolicyDiagnosticHandler handler);

/// Writes one item of the list of decisions.
void printLockDecision(const LockDecision &decision, llvm::raw_ostream &os);

/// Writes what `parseLockFile` reads; the same bytes for the same lock.
void printLockFile(const LockFile &lock, llvm::raw_ostream &os);

} // namespace mlir::mp

#endif // MP_POLICY_LOCKFILE_H
