//===- ExplanationFuzzer.cpp - hostile explanations -----------------------===//
//
// mp-bisect reads what the compiler explains: any bytes must end in candidates
// or in an error.
//
//===----------------------------------------------------------------------===//
#include "mp-bisect/Candidates.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text(reinterpret_cast<const char *>(data), size);
  try {
    for (const mp::bisect::Candidate &candidate :
         mp::bisect::readCandidates(text, ""))
      if (mp::bisect::getPath(candidate).size() < 2 ||
          candidate.compute.empty())
        abort();
  } catch (const mp::tool::Error &) {
  }
  return 0;
}
