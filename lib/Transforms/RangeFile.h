//===- RangeFile.h - ranges that runs of a model have recorded --*- C++ -*-===//
#ifndef MP_LIB_TRANSFORMS_RANGEFILE_H
#define MP_LIB_TRANSFORMS_RANGEFILE_H

#include "mp/Analysis/RangeAnalysis.h"

namespace mlir::mp {

/// The arguments of functions that `name` means: by their `mp.name`, as `arg0`,
/// `arg1` and so on, or as `FUNCTION/argument#0`.
SmallVector<Value> findArguments(Operation *root, StringRef name);

/// Reads the file that `mp-run --record-ranges` writes and finds its values in
/// the code under `root`. Values that are not there any more are warned of;
/// it is an error where none is.
FailureOr<RangeAssumptions> readRecordedRanges(StringRef path, Operation *root);
/// The same of the file's text; errors are at `path`.
FailureOr<RangeAssumptions> parseRecordedRanges(StringRef text, StringRef path,
                                                Operation *root);

} // namespace mlir::mp

#endif // MP_LIB_TRANSFORMS_RANGEFILE_H
