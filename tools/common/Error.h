//===- Error.h - one error text per failed run ----------------------------===//

#ifndef MP_TOOL_ERROR_H
#define MP_TOOL_ERROR_H

#include <stdexcept>
#include <string>

namespace mp::tool {

/// What the user did wrong, or what the machine refused. Caught in main, which
/// prints it and exits with 1.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A failure that a child process has already explained on stderr.
class Reported : public std::exception {};

} // namespace mp::tool

#endif // MP_TOOL_ERROR_H
