#include "mp/IR/Locations.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static FileLineColLoc findPlace(Location loc) {
  FileLineColLoc place;
  loc->walk([&](Location part) {
    place = dyn_cast<FileLineColLoc>(part);
    return place ? WalkResult::interrupt() : WalkResult::advance();
  });
  return place;
}

static std::string print(StringRef file, FileLineColLoc place) {
  std::string text;
  llvm::raw_string_ostream(text)
      << file << ":" << place.getLine() << ":" << place.getColumn();
  return text;
}

std::string mp::getPlace(Location loc) {
  FileLineColLoc place = findPlace(loc);
  return place ? print(place.getFilename().getValue(), place) : "";
}

std::string mp::describePlace(Location loc) {
  FileLineColLoc place = findPlace(loc);
  return place ? " at " + print(llvm::sys::path::filename(
                                    place.getFilename().getValue()),
                                place)
               : "";
}
