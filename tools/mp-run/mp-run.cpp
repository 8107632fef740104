//===- mp-run.cpp - runs compiled models ----------------------------------===//

#include "mp-run/Options.h"
#include "mp-run/Run.h"

using namespace mp::run;

int main(int argc, char **argv) {
  Options options;
  return commandLine(options).run(argc, argv, [&] { return run(options); });
}
