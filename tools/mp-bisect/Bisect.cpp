#include "mp-bisect/Bisect.h"

#include "common/Cache.h"
#include "mp-bisect/PolicyText.h"
#include "mp-bisect/Trials.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace mp::bisect;
namespace fs = std::filesystem;

namespace {
/// A folder that goes away with its owner.
class Folder {
public:
  Folder() {
    const char *temporary = std::getenv("TMPDIR");
    path = std::string(temporary && *temporary ? temporary : "/tmp") +
           "/mp-bisect-XXXXXX";
    if (!mkdtemp(path.data()))
      throw Error("cannot create folder '" + path + "'");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

class Bisection {
public:
  explicit Bisection(const Options &options)
      : options(options), trials(options, folder.path) {}
  bool run();

private:
  bool isSolvable();
  Set search();
  void explainEach(Set &wide);
  void write(const Set &wide);
  std::string comment(const Set &wide) const;

  const Options &options;
  Folder folder;
  Trials trials;
  std::vector<Candidate> candidates;
  /// Of the model, of the policy, of the policy with what was found.
  Outcome model, low, best;
  /// What happens when one of those found is low after all.
  std::vector<Outcome> without;
  Set smallest;
  bool complete = true;
};
} // namespace

static bool fail(const std::string &text) {
  std::fprintf(stderr, "mp-bisect: error: %s\n", text.c_str());
  return false;
}

static std::string count(size_t n, const char *noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

/// Tells whether there is something to find.
bool Bisection::isSolvable() {
  model = trials.runModel();
  if (!model.pass)
    return fail("FP32 itself does not meet the bound: " + describe(model) +
                "; no policy can do better");
  candidates = findCandidates(options, folder.path);
  std::fprintf(stderr, "mp-bisect: '%s' makes %s low; at most %llu runs\n",
               options.policy.c_str(), count(candidates.size(), "op").c_str(),
               static_cast<unsigned long long>(options.maxRuns));
  low = trials.run(candidates, {});
  if (low.pass)
    return true;
  Set all;
  for (size_t i = 0; i < candidates.size(); ++i)
    all.push_back(i);
  smallest = all;
  best = candidates.empty() ? low : trials.run(candidates, all);
  if (!best.pass)
    return fail("not even with all of these ops in f32 is '" + options.policy +
                "' good enough: " + describe(best) +
                "; what the policy does to arguments and results remains");
  return true;
}

Set Bisection::search() {
  std::vector<std::vector<std::string>> paths;
  for (const Candidate &candidate : candidates)
    paths.push_back(getPath(candidate));
  try {
    return findSmallSet(paths, [&](const Set &wide) {
      Outcome outcome = trials.run(candidates, wide);
      if (outcome.pass && wide.size() < smallest.size()) {
        smallest = wide;
        best = outcome;
      }
      return outcome.pass;
    });
  } catch (const BudgetSpent &) {
    complete = false;
    return smallest;
  }
}

/// Measures what each op is good for, and leaves out what is good for nothing:
/// the search takes for granted that more f32 is never worse, which is not
/// always so.
void Bisection::explainEach(Set &wide) {
  try {
    for (size_t i = 0; wide.size() > 1 && i < wide.size();) {
      Set others = wide;
      others.erase(others.begin() + static_cast<long>(i));
      Outcome outcome = trials.run(candidates, others);
      if (outcome.pass) {
        wide = others;
        best = outcome;
        without.clear();
        i = 0;
      } else {
        without.push_back(outcome);
        ++i;
      }
    }
  } catch (const BudgetSpent &) {
    complete = false;
  }
  if (wide.size() == 1)
    without = {low};
  without.resize(wide.size(), low);
}

std::string Bisection::comment(const Set &wide) const {
  std::string text = "Written by mp-bisect: '" + options.policy + "' with " +
                     count(wide.size(), "op") + " kept f32, for '" +
                     fs::path(options.model).filename().string() + "'.\n";
  if (!options.maxError.empty())
    text += "Wanted: a relative L2 error of at most " + options.maxError + "\n";
  else if (!options.command.empty())
    text += "Wanted: " + options.command + "\n";
  else
    text += "Wanted: rtol " + (options.rtol.empty() ? "1e-5" : options.rtol) +
            ", atol " + (options.atol.empty() ? "1e-5" : options.atol) + "\n";
  text += "FP32: " + describe(model) + "\n'" + options.policy +
          "': " + describe(low) + "\nthis policy: " + describe(best) + "\n";
  if (!complete)
    text += "The search was stopped by --max-runs; fewer ops may do.\n";
  return text;
}

/// "main/layer7/exponential.3fa92c (layer7/softmax/exp)".
static std::string getTitle(const Candidate &candidate) {
  return candidate.id +
         (candidate.name.empty() ? "" : " (" + candidate.name + ")");
}

/// Writes the policy beside its place, runs the model by it, and only then
/// puts it there.
void Bisection::write(const Set &wide) {
  std::vector<KeepRule> rules;
  if (complete) {
    for (size_t i = 0; i < wide.size(); ++i) {
      const Candidate &candidate = candidates[wide[i]];
      std::string why = getTitle(candidate) + " in " + candidate.compute +
                        ": " + describe(without[i]) +
                        "; in f32: " + getErrorText(best);
      rules.push_back(
          {"keep-f32-" + std::to_string(i + 1), why + ".", {candidate.id}});
    }
  } else {
    KeepRule &rule = rules.emplace_back();
    rule.id = "keep-f32";
    rule.why = "One or more of these ops are not accurate enough in low "
               "precision.";
    for (size_t index : wide)
      rule.ops.push_back(candidates[index].id);
  }
  fs::path output = options.output;
  std::string place = output.parent_path().string();
  std::string text =
      writePolicy(comment(wide), output.stem().string(),
                  getBase(options.policy, place.empty() ? "." : place), rules);
  // The run is by the very text, from the folder that paths in it begin at.
  std::string trial = options.output + ".mp-bisect.yaml";
  writeFile(trial, text);
  struct Remove {
    const std::string &path;
    ~Remove() { std::remove(path.c_str()); }
  } remove{trial};
  Outcome outcome = trials.runPolicy(trial);
  if (!outcome.pass)
    throw Error(
        "the policy that was found is not good enough when run again: " +
        describe(outcome) +
        "; do the runs give the same results each "
        "time?");
  writeFile(options.output, text);
}

bool Bisection::run() {
  if (!isSolvable())
    return false;
  Set wide;
  if (!low.pass) {
    wide = search();
    if (complete)
      explainEach(wide);
  }
  if (low.pass) {
    best = low;
    std::printf("'%s' is good enough as it is: %s\n", options.policy.c_str(),
                describe(low).c_str());
  }
  write(wide);
  if (!low.pass) {
    std::printf("%s%s of %zu that '%s' makes low must stay f32\n",
                complete ? "" : "at most ", count(wide.size(), "op").c_str(),
                candidates.size(), options.policy.c_str());
    for (size_t i = 0; complete && i < wide.size(); ++i)
      std::printf(
          "  %s, %s: in %s, %s\n", getTitle(candidates[wide[i]]).c_str(),
          candidates[wide[i]].op.c_str(), candidates[wide[i]].compute.c_str(),
          describe(without[i]).c_str());
    std::printf("FP32: %s\n'%s': %s\nwith these in f32: %s\n",
                describe(model).c_str(), options.policy.c_str(),
                describe(low).c_str(), describe(best).c_str());
  }
  std::printf("wrote '%s' after %llu runs\n", options.output.c_str(),
              static_cast<unsigned long long>(trials.getRuns()));
  if (!complete)
    std::fprintf(stderr,
                 "mp-bisect: warning: stopped by --max-runs; with a larger "
                 "one%s fewer ops may do\n",
                 options.state.empty() ? "" : ", the search goes on, and");
  return true;
}

bool mp::bisect::bisect(const Options &options) {
  return Bisection(options).run();
}
