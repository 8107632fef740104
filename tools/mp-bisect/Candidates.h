//===- Candidates.h - the ops that a policy makes low ---------------------===//

#ifndef MP_BISECT_CANDIDATES_H
#define MP_BISECT_CANDIDATES_H

#include "mp-bisect/Options.h"

namespace mp::bisect {

/// An op that could be kept f32, as the explanation tells of it.
struct Candidate {
  std::string id, op, name, opClass, compute, rule;
};

/// In the order of the program. `folder` takes the compiler's files. Throws
/// Error or Reported.
std::vector<Candidate> findCandidates(const Options &options,
                                      const std::string &folder);

/// Those of `function`, or of the main function where it is empty, in the text
/// of an explanation. Throws Error.
std::vector<Candidate> readCandidates(const std::string &explanation,
                                      const std::string &function);

/// Where a candidate stands: function, layers, class, op; each part of the
/// search looks at one more step of it.
std::vector<std::string> getPath(const Candidate &candidate);

} // namespace mp::bisect

#endif // MP_BISECT_CANDIDATES_H
