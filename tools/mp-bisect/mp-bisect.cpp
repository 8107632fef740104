//===- mp-bisect.cpp - finds the ops that must stay f32 -------------------===//

#include "mp-bisect/Bisect.h"

#include <cstdio>
#include <new>

using namespace mp::bisect;

static int fail(const char *text) {
  std::fprintf(stderr, "mp-bisect: error: %s\n", text);
  return 1;
}

int main(int argc, char **argv) {
  try {
    Options options = parseOptions({argv + 1, argv + argc});
    if (options.help) {
      std::fputs(usage, stdout);
      return 0;
    }
    if (options.version) {
      std::printf("mp-bisect " MP_VERSION "\n");
      return 0;
    }
    return bisect(options) ? 0 : 1;
  } catch (const Reported &) {
    return 1;
  } catch (const std::bad_alloc &) {
    return fail("out of memory");
  } catch (const std::exception &e) {
    return fail(e.what());
  }
}
