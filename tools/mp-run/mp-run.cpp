//===- mp-run.cpp - runs compiled models ----------------------------------===//

#include "common/Error.h"
#include "mp-run/Options.h"
#include "mp-run/Run.h"

#include <cstdio>
#include <new>

using namespace mp::run;

static int fail(const char *text) {
  std::fprintf(stderr, "mp-run: error: %s\n", text);
  return 1;
}

int main(int argc, char **argv) {
  try {
    Options options = parseOptions({argv + 1, argv + argc});
    if (options.help) {
      std::fputs(usage, stdout);
      return 0;
    }
    return run(options) ? 0 : 1;
  } catch (const Reported &) {
    return 1;
  } catch (const std::bad_alloc &) {
    return fail("out of memory");
  } catch (const std::exception &e) {
    return fail(e.what());
  }
}
