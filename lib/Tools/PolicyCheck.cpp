#include "mp/Tools/PolicyCheck.h"

#include "mp/Policy/PatternNames.h"
#include "mp/Policy/Policy.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir::mp;
using namespace llvm;

PolicyCheckArguments::PolicyCheckArguments(int argc, char **argv) {
  constexpr StringLiteral flag = "--mp-policy-check";
  texts.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    StringRef text = argv[i], value = text;
    // A value with a key is the pass option as MLIR spells it.
    bool isJoined = value.consume_front(flag) && value.consume_front("=") &&
                    !value.contains('=');
    bool isSplit = text == flag && i + 1 < argc && argv[i + 1][0] != '-';
    if (isJoined || isSplit) {
      policy = isSplit ? argv[++i] : value.str();
      texts.push_back((flag + "=policy=" + policy).str());
      continue;
    }
    texts.push_back(text.str());
    if (text == "-o" && i + 1 < argc)
      texts.push_back(argv[++i]);
    else if (text == "-" || !text.starts_with("-"))
      hasModel = true;
  }
  for (std::string &text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
}

static void print(const PolicyLocation &at, StringRef kind,
                  const Twine &message) {
  errs() << at.file << ":" << at.line << ":" << at.column << ": " << kind
         << ": " << message << "\n";
}

int PolicyCheckArguments::checkPolicy() const {
  std::optional<Policy> read =
      loadPolicy(policy, [](const PolicyDiagnostic &diagnostic) {
        print(diagnostic.location, "error", diagnostic.message);
      });
  if (!read)
    return 1;
  for (const PolicyRule &rule : read->rules) {
    const auto &patterns = rule.match.patterns;
    if (rule.location.file == read->location.file && !patterns.empty() &&
        none_of(patterns, [](StringRef name) { return isRecognised(name); }))
      print(rule.location, "warning",
            "rule '" + rule.id + "' matches nothing; pattern '" +
                patterns.front() + "' is not recognised in any program");
  }
  return 0;
}
