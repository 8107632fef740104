//===- ChoiceTable.h - which code computes a product ------------*- C++ -*-===//
#ifndef MP_LIB_GEMM_CHOICETABLE_H
#define MP_LIB_GEMM_CHOICETABLE_H

#include "GemmKernels.h"

namespace mlir::mp {

enum class ProductCode {
  Panels,  // B packed, register tiles
  Rows,    // B where it is, one row of the result after the other
  Direct,  // convolutions by their definition, one pixel after the other
  Library, // oneDNN
};

/// What a user may ask for instead of the table.
enum class LibraryUse { Auto, Never, Always };

struct Choice {
  ProductCode code;
  StringRef reason;
};

/// The first row of the table that fits. `isInvariant`: B keeps its value
/// between calls. `libraryCan`: oneDNN can express it.
Choice chooseCode(const GemmSpec &spec, const CpuClass &cpu, bool isInvariant,
                  bool libraryCan, LibraryUse use);

StringRef stringifyProductCode(ProductCode code);

} // namespace mlir::mp

#endif // MP_LIB_GEMM_CHOICETABLE_H
