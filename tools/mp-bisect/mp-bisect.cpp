//===- mp-bisect.cpp - finds the ops that must stay f32 -------------------===//

#include "mp-bisect/Bisect.h"

using namespace mp::bisect;

int main(int argc, char **argv) {
  Options options;
  return commandLine(options).run(argc, argv, [&] { return bisect(options); });
}
