#include "mp/Codegen/CpuTarget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace mlir;
using namespace mlir::mp;

/// Only these are ever used: a model then runs wherever the CPU has them, and
/// not only where it has all that the compiling machine happened to have.
static constexpr llvm::StringLiteral usefulFeatures[] = {"sse3",
                                                         "ssse3",
                                                         "sse4.1",
                                                         "sse4.2",
                                                         "popcnt",
                                                         "avx",
                                                         "avx2",
                                                         "fma",
                                                         "f16c",
                                                         "bmi",
                                                         "bmi2",
                                                         "lzcnt",
                                                         "movbe",
                                                         "gfni",
                                                         "avxvnni",
                                                         "avxvnniint8",
                                                         "avxneconvert",
                                                         "avxifma",
                                                         "avx512f",
                                                         "avx512cd",
                                                         "avx512bw",
                                                         "avx512dq",
                                                         "avx512vl",
                                                         "avx512ifma",
                                                         "avx512vbmi",
                                                         "avx512vbmi2",
                                                         "avx512vnni",
                                                         "avx512bitalg",
                                                         "avx512vpopcntdq",
                                                         "avx512bf16",
                                                         "avx512fp16",
                                                         "amx-tile",
                                                         "amx-int8",
                                                         "amx-bf16",
                                                         "amx-fp16"};

bool CpuTarget::has(llvm::StringRef feature) const {
  return llvm::is_contained(features, feature);
}

std::string CpuTarget::getFeatureList() const {
  return llvm::join(features, ",");
}

std::string CpuTarget::getFeatureString() const {
  std::string result;
  for (const std::string &feature : features)
    result += (result.empty() ? "+" : ",+") + feature;
  return result;
}

llvm::Expected<CpuTarget> CpuTarget::get(llvm::StringRef name) {
  CpuTarget target;
  llvm::StringMap<bool> enabled;
  if (name == "host") {
    target.name = llvm::sys::getHostCPUName().str();
    enabled = llvm::sys::getHostCPUFeatures();
  } else {
    if (llvm::X86::parseArchX86(name, /*Only64Bit=*/true) == llvm::X86::CK_None)
      return llvm::createStringError(
          "unknown target '" + name +
          "': expected 'host' or the name of a 64-bit x86 CPU, such as "
          "'x86-64-v3' or 'sapphirerapids'");
    target.name = name.str();
    llvm::SmallVector<llvm::StringRef> features;
    llvm::X86::getFeaturesForCPU(name, features);
    for (llvm::StringRef feature : features) {
      enabled[feature] = true;
      llvm::X86::updateImpliedFeatures(feature, true, enabled);
    }
  }
  for (llvm::StringRef feature : usefulFeatures)
    if (enabled.lookup(feature))
      target.features.push_back(feature.str());
  return target;
}
