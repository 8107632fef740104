#include "mp/Gemm/CpuClass.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir::mp;

CpuClass mlir::mp::classifyCpu(llvm::StringRef features) {
  llvm::StringSet<> present;
  if (features == "host") {
    for (const auto &feature : llvm::sys::getHostCPUFeatures())
      if (feature.second)
        present.insert(feature.first());
  } else {
    llvm::SmallVector<llvm::StringRef> list;
    features.split(list, ',', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef feature : list) {
      feature = feature.trim();
      if (feature.consume_front("-"))
        continue;
      feature.consume_front("+");
      present.insert(feature);
    }
  }

  CpuClass cpu;
  cpu.hasFma = present.contains("fma");
  cpu.hasF16c = present.contains("f16c");
  bool avx512 = true;
  for (llvm::StringRef feature :
       {"avx512f", "avx512bw", "avx512dq", "avx512vl"})
    avx512 &= present.contains(feature);
  if (avx512 && cpu.hasFma && cpu.hasF16c) {
    cpu.kind = CpuKind::Avx512;
    cpu.registerBits = 512;
    cpu.numRegisters = 32;
    if (present.contains("avx512bf16"))
      cpu.kind = CpuKind::Avx512Bf16;
    if (present.contains("amx-tile") && present.contains("amx-bf16"))
      cpu.kind = CpuKind::Amx;
  } else if (present.contains("avx2") && cpu.hasFma && cpu.hasF16c) {
    cpu.kind = CpuKind::Avx2;
    cpu.registerBits = 256;
  }
  return cpu;
}

llvm::StringRef mlir::mp::stringifyCpuKind(CpuKind kind) {
  switch (kind) {
  case CpuKind::Generic:
    return "generic";
  case CpuKind::Avx2:
    return "avx2";
  case CpuKind::Avx512:
    return "avx512";
  case CpuKind::Avx512Bf16:
    return "avx512_bf16";
  case CpuKind::Amx:
    return "amx";
  }
  return "generic";
}
