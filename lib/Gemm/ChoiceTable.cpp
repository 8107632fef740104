//===- ChoiceTable.cpp - which code computes a product --------------------===//
//
// One row for each reason, the first that fits decides. The last row is the
// rule: our own panels, because they keep every format in its storage width,
// propagate NaN through relu (oneDNN's relu turns it into 0), and are at least
// as fast where that was measured:
//
//   class   what                                    panels / oneDNN 2.6.3, f32
//   avx2    products, M >= 32, f32                  0.95 - 2.0
//   avx2    products, M >= 32, bf16, f16            1.05 - 2.4
//   avx2    products, M = 1, f32 / bf16             1.1 / 2.2
//   avx2    convolutions of ResNet-50, f32          1.02 in sum, 0.6 - 1.4 each
//   avx512  products, M >= 32, f32 / bf16           0.98 - 1.13 / 1.02 - 1.23
//
// The row for AMX rests on oneDNN's own figures; with these kernels beside it
// it has only been compiled.
//
// (One thread, oneDNN with packed f32 weights; the benchmark is
// test/Benchmark/GemmBenchmark.cpp. avx512: an earlier form of these kernels.)
//
//===----------------------------------------------------------------------===//
#include "ChoiceTable.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
struct Query {
  const GemmSpec &spec;
  const CpuClass &cpu;
  bool isInvariant;

  bool isBf16() const {
    return spec.a.getElementType().isBF16() && spec.b.getElementType().isBF16();
  }
  double work() const { return spec.flops() / (2 * spec.batch); }
  int64_t lanes() const {
    return cpu.lanes(FloatType(spec.accumulator).getWidth());
  }
};

struct Row {
  ProductCode code;
  bool (*fits)(const Query &);
  llvm::StringLiteral reason;
};
} // namespace

static constexpr Row table[] = {
    {ProductCode::Rows, [](const Query &q) { return q.spec.k == 0; },
     "an empty sum"},
    // oneDNN 2.6.3 on such machines: 370 to 1380 GFLOP/s in bf16, 115 to 139
    // in f32. Below 16 rows the time goes into reading weights.
    {ProductCode::Library,
     [](const Query &q) {
       return q.cpu.kind == CpuKind::Amx && q.isBf16() && q.spec.m >= 16 &&
              q.work() >= 65536;
     },
     "AMX multiplies bf16 at ten times the rate of f32"},
    {ProductCode::Direct,
     [](const Query &q) { return q.spec.window && 2 * q.spec.n < q.lanes(); },
     "a group has too few outputs to fill a vector"},
    {ProductCode::Direct,
     [](const Query &q) { return q.spec.window && q.work() <= 4096; },
     "over before its input would be gathered"},
    {ProductCode::Rows,
     [](const Query &q) { return !q.spec.window && q.spec.n == 1; },
     "one dot product for each row, nothing is read twice"},
    {ProductCode::Rows,
     [](const Query &q) {
       return !q.spec.window && q.spec.m <= 4 && !q.isInvariant;
     },
     "packing a changing B costs more than four rows save"},
    {ProductCode::Rows,
     [](const Query &q) { return !q.spec.window && q.work() <= 4096; },
     "over before B would be packed"},
    {ProductCode::Panels, [](const Query &) { return true; },
     "own panels are the fastest measured"},
};

Choice mp::chooseCode(const GemmSpec &spec, const CpuClass &cpu,
                      bool isInvariant, bool libraryCan, LibraryUse use) {
  if (use == LibraryUse::Always && libraryCan)
    return {ProductCode::Library, "asked for"};
  Query query{spec, cpu, isInvariant};
  for (const Row &row : table) {
    if (row.code == ProductCode::Library &&
        (!libraryCan || use == LibraryUse::Never))
      continue;
    if (row.fits(query))
      return {row.code, row.reason};
  }
  llvm_unreachable("the last row fits everything");
}

StringRef mp::stringifyProductCode(ProductCode code) {
  switch (code) {
  case ProductCode::Panels:
    return "panels";
  case ProductCode::Rows:
    return "rows";
  case ProductCode::Direct:
    return "direct";
  case ProductCode::Library:
    return "oneDNN";
  }
  llvm_unreachable("all codes are named");
}
