//===- mp-train.cpp - trains compiled train steps -------------------------===//

#include "mp-train/Train.h"

#include <csignal>

using namespace mp::train_tool;

int main(int argc, char **argv) {
  // A file over the limit is an error of its write.
  std::signal(SIGXFSZ, SIG_IGN);
  Options options;
  return commandLine(options).run(argc, argv, [&] { return train(options); });
}
