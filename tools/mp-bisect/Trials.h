//===- Trials.h - runs of variants of a model -----------------------------===//

#ifndef MP_BISECT_TRIALS_H
#define MP_BISECT_TRIALS_H

#include "mp-bisect/Candidates.h"
#include "mp-bisect/Search.h"

#include <map>
#include <optional>

namespace mp::bisect {

/// What came of one run. A command tells no error.
struct Outcome {
  bool pass = false;
  std::optional<double> error; // relative L2, infinite if not finite
};

/// "0.31"; "infinite" where a result is infinite or NaN and should not be;
/// "passes" or "fails" of a command.
std::string getErrorText(const Outcome &outcome);
/// "relative L2 error 0.31", "the command fails".
std::string describe(const Outcome &outcome);

/// Thrown when a run would be one more than --max-runs.
class BudgetSpent {};

/// Compiles variants through the cache, runs them, and remembers what came of
/// it, in the state file too.
class Trials {
public:
  /// `folder` is private to this process.
  Trials(const Options &options, std::string folder);

  /// The model as written.
  Outcome runModel();
  /// The policy, with these of the candidates f32.
  Outcome run(const std::vector<Candidate> &candidates, const Set &wide);
  /// A policy file that is there already; never refused, never remembered.
  Outcome runPolicy(const std::string &path);

  uint64_t getRuns() const { return runs; }

private:
  Outcome recall(const std::string &key, const std::string &what,
                 const std::string &policy);
  Outcome execute(const std::string &policy);
  Outcome executeCommand(const std::string &model);
  Outcome executeModel(const std::string &model);
  std::string compile(const std::string &policy);
  void makeReference();
  std::vector<std::string> runArguments(const std::string &model) const;
  void readState();
  void writeState() const;

  const Options &options;
  std::string folder, reference, identity;
  std::map<std::string, Outcome> known;
  uint64_t runs = 0;
};

} // namespace mp::bisect

#endif // MP_BISECT_TRIALS_H
