#include "mp/Policy/LockFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/YAMLParser.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::mp;
using namespace llvm;

/// Quoted throughout: ids hold brackets, and a rule may be called `null`.
static std::string quote(StringRef text) {
  return "\"" + yaml::escape(text, /*EscapePrintable=*/false) + "\"";
}

static StringRef getWord(std::optional<Format> format) {
  return format ? stringify(*format) : StringRef("keep");
}

template <typename Range>
static void printFormats(raw_ostream &os, StringRef key, const Range &formats) {
  os << ", " << key << ": [";
  interleaveComma(formats, os,
                  [&](std::optional<Format> f) { os << getWord(f); });
  os << "]";
}

void mlir::mp::printLockDecision(const LockDecision &decision,
                                 raw_ostream &os) {
  os << "- id: " << quote(decision.id) << "\n"
     << "  action: " << stringify(decision.action) << "\n"
     << "  rule: " << quote(decision.rule) << "\n"
     << "  why: " << quote(decision.why) << "\n";
  if (!decision.policy.empty())
    os << "  policy: " << quote(decision.policy) << "\n";
  if (decision.line)
    os << "  file: " << quote(decision.file) << "\n"
       << "  line: " << decision.line << "\n"
       << "  column: " << decision.column << "\n";
  if (decision.low)
    os << "  low: " << stringify(*decision.low) << "\n";
  if (decision.accumulate)
    os << "  accumulate: " << stringify(*decision.accumulate) << "\n";
  if (decision.result != ResultChoice::Low)
    os << "  result: " << stringify(decision.result) << "\n";
  if (!decision.wideOperands.empty()) {
    os << "  wide_operands: [";
    interleaveComma(decision.wideOperands, os);
    os << "]\n";
  }
  if (!decision.fit.empty())
    os << "  fit: " << quote(decision.fit) << "\n";
}

void mlir::mp::printLockFile(const LockFile &lock, raw_ostream &os) {
  const LockOrigin &origin = lock.origin;
  os << "# The precision of every op, as mp-autocast decided it. `lock=FILE` "
        "replays it;\n"
        "# `formats` may be edited.\n"
     << "version: 1\n"
     << "input: " << quote(origin.input) << "\n"
     << "policy: { name: " << quote(origin.policy)
     << ", hash: " << quote(origin.policyHash) << " }\n";
  if (!origin.target.empty())
    os << "target: { name: " << quote(origin.target)
       << ", hash: " << quote(origin.targetHash) << " }\n";
  if (!origin.rangesHash.empty())
    os << "ranges: { hash: " << quote(origin.rangesHash) << " }\n";
  os << "io: " << (origin.keepIO ? "keep" : "follow") << "\n"
     << "decisions:" << (lock.decisions.empty() ? " []" : "") << "\n";
  for (const LockDecision &decision : lock.decisions)
    printLockDecision(decision, os);
  if (!lock.boundaries.empty())
    os << "boundaries:\n";
  for (const LockBoundary &boundary : lock.boundaries) {
    os << "- { function: " << quote(boundary.function);
    printFormats(os, "arguments", boundary.arguments);
    printFormats(os, "results", boundary.results);
    os << " }\n";
  }
  os << "ops:" << (lock.entries.empty() ? " []" : "") << "\n";
  for (const LockEntry &entry : lock.entries) {
    os << "- { id: " << quote(entry.id)
       << ", by: " << quote(lock.decisions[entry.decision].id);
    if (!entry.formats.empty())
      printFormats(os, "formats", entry.formats);
    if (!entry.precision.empty())
      printFormats(os, "precision", entry.precision);
    if (!entry.inheritedFrom.empty())
      os << ", from: " << quote(entry.inheritedFrom);
    os << " }\n";
  }
}
