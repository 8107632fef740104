//===- PolicyCheck.h - `mp-opt --mp-policy-check FILE` ----------*- C++ -*-===//
#ifndef MP_TOOLS_POLICYCHECK_H
#define MP_TOOLS_POLICYCHECK_H

#include <string>
#include <vector>

namespace mlir::mp {

/// Reads `--mp-policy-check FILE` among the arguments of a tool.
class PolicyCheckArguments {
public:
  PolicyCheckArguments(int argc, char **argv);

  /// No model is given, so only the file can be checked.
  bool hasOnlyPolicy() const { return !policy.empty() && !hasModel; }
  /// Reads the policy and prints its errors; returns the exit code.
  int checkPolicy() const;

  /// The arguments with the file as an option of the pass.
  int getCount() const { return pointers.size() - 1; }
  char **getArguments() { return pointers.data(); }

private:
  std::string policy;
  bool hasModel = false;
  std::vector<std::string> texts;
  std::vector<char *> pointers; // ends with null
};

} // namespace mlir::mp

#endif // MP_TOOLS_POLICYCHECK_H
