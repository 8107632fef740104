#include "mp/Tools/Compile.h"

int main(int argc, char **argv) { return mlir::mp::compileMain(argc, argv); }
