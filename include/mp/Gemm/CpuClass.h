//===- CpuClass.h - what a CPU offers to products ---------------*- C++ -*-===//
#ifndef MP_GEMM_CPUCLASS_H
#define MP_GEMM_CPUCLASS_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace mlir::mp {

/// The classes that the choice of product code distinguishes. Within a class
/// every machine gets the same code.
enum class CpuKind { Generic, Avx2, Avx512, Avx512Bf16, Amx };

struct CpuClass {
  CpuKind kind = CpuKind::Generic;
  int64_t registerBits = 128;
  int64_t numRegisters = 16;
  bool hasFma = false;  // without it `vector.fma` would become library calls
  bool hasF16c = false; // conversion between f16 and f32 in hardware

  /// Values of `bits` bits in one register.
  int64_t lanes(unsigned bits) const { return registerBits / bits; }
};

/// The class of a CPU with the given LLVM features beyond those of every x86-64
/// ("avx2,fma,..." with or without '+'; a feature with '-' is absent). "host":
/// the CPU this runs on.
CpuClass classifyCpu(llvm::StringRef features);

llvm::StringRef stringifyCpuKind(CpuKind kind);

} // namespace mlir::mp

#endif // MP_GEMM_CPUCLASS_H
