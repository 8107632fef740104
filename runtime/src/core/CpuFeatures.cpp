#include "core/CpuFeatures.h"

#include "core/Error.h"

#include <cpuid.h>
#include <cstdint>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

using namespace mp::rt;

namespace {

enum Register : uint8_t { EAX, EBX, ECX, EDX };

/// State that the operating system must save for a feature's registers.
enum Xcr0 : uint32_t {
  NoState = 0,
  AvxState = 0x6,
  Avx512State = 0xe6,
  AmxState = 0x60000
};

struct Feature {
  std::string_view name;
  uint32_t leaf, subleaf;
  Register reg;
  uint8_t bit;
  Xcr0 state;
};

constexpr uint32_t ext = 0x80000000;

// Names are LLVM's; places are those of the vendors' manuals.
constexpr Feature table[] = {
    {"cx8", 1, 0, EDX, 8, NoState},
    {"cmov", 1, 0, EDX, 15, NoState},
    {"mmx", 1, 0, EDX, 23, NoState},
    {"fxsr", 1, 0, EDX, 24, NoState},
    {"sse", 1, 0, EDX, 25, NoState},
    {"sse2", 1, 0, EDX, 26, NoState},
    {"sse3", 1, 0, ECX, 0, NoState},
    {"pclmul", 1, 0, ECX, 1, NoState},
    {"ssse3", 1, 0, ECX, 9, NoState},
    {"fma", 1, 0, ECX, 12, AvxState},
    {"cx16", 1, 0, ECX, 13, NoState},
    {"sse4.1", 1, 0, ECX, 19, NoState},
    {"sse4.2", 1, 0, ECX, 20, NoState},
    {"crc32", 1, 0, ECX, 20, NoState},
    {"movbe", 1, 0, ECX, 22, NoState},
    {"popcnt", 1, 0, ECX, 23, NoState},
    {"aes", 1, 0, ECX, 25, NoState},
    {"xsave", 1, 0, ECX, 27, NoState},
    {"avx", 1, 0, ECX, 28, AvxState},
    {"f16c", 1, 0, ECX, 29, AvxState},
    {"rdrnd", 1, 0, ECX, 30, NoState},
    {"fsgsbase", 7, 0, EBX, 0, NoState},
    {"bmi", 7, 0, EBX, 3, NoState},
    {"avx2", 7, 0, EBX, 5, AvxState},
    {"bmi2", 7, 0, EBX, 8, NoState},
    {"invpcid", 7, 0, EBX, 10, NoState},
    {"rtm", 7, 0, EBX, 11, NoState},
    {"avx512f", 7, 0, EBX, 16, Avx512State},
    {"evex512", 7, 0, EBX, 16, Avx512State},
    {"avx512dq", 7, 0, EBX, 17, Avx512State},
    {"rdseed", 7, 0, EBX, 18, NoState},
    {"adx", 7, 0, EBX, 19, NoState},
    {"avx512ifma", 7, 0, EBX, 21, Avx512State},
    {"clflushopt", 7, 0, EBX, 23, NoState},
    {"clwb", 7, 0, EBX, 24, NoState},
    {"avx512cd", 7, 0, EBX, 28, Avx512State},
    {"sha", 7, 0, EBX, 29, NoState},
    {"avx512bw", 7, 0, EBX, 30, Avx512State},
    {"avx512vl", 7, 0, EBX, 31, Avx512State},
    {"avx512vbmi", 7, 0, ECX, 1, Avx512State},
    {"pku", 7, 0, ECX, 4, NoState},
    {"waitpkg", 7, 0, ECX, 5, NoState},
    {"avx512vbmi2", 7, 0, ECX, 6, Avx512State},
    {"shstk", 7, 0, ECX, 7, NoState},
    {"gfni", 7, 0, ECX, 8, NoState},
    {"vaes", 7, 0, ECX, 9, AvxState},
    {"vpclmulqdq", 7, 0, ECX, 10, AvxState},
    {"avx512vnni", 7, 0, ECX, 11, Avx512State},
    {"avx512bitalg", 7, 0, ECX, 12, Avx512State},
    {"avx512vpopcntdq", 7, 0, ECX, 14, Avx512State},
    {"rdpid", 7, 0, ECX, 22, NoState},
    {"cldemote", 7, 0, ECX, 25, NoState},
    {"movdiri", 7, 0, ECX, 27, NoState},
    {"movdir64b", 7, 0, ECX, 28, NoState},
    {"enqcmd", 7, 0, ECX, 29, NoState},
    {"uintr", 7, 0, EDX, 5, NoState},
    {"avx512vp2intersect", 7, 0, EDX, 8, Avx512State},
    {"serialize", 7, 0, EDX, 14, NoState},
    {"tsxldtrk", 7, 0, EDX, 16, NoState},
    {"pconfig", 7, 0, EDX, 18, NoState},
    {"amx-bf16", 7, 0, EDX, 22, AmxState},
    {"avx512fp16", 7, 0, EDX, 23, Avx512State},
    {"amx-tile", 7, 0, EDX, 24, AmxState},
    {"amx-int8", 7, 0, EDX, 25, AmxState},
    {"sha512", 7, 1, EAX, 0, AvxState},
    {"sm3", 7, 1, EAX, 1, AvxState},
    {"sm4", 7, 1, EAX, 2, AvxState},
    {"raoint", 7, 1, EAX, 3, NoState},
    {"avxvnni", 7, 1, EAX, 4, AvxState},
    {"avx512bf16", 7, 1, EAX, 5, Avx512State},
    {"cmpccxadd", 7, 1, EAX, 7, NoState},
    {"amx-fp16", 7, 1, EAX, 21, AmxState},
    {"hreset", 7, 1, EAX, 22, NoState},
    {"avxifma", 7, 1, EAX, 23, AvxState},
    {"avxvnniint8", 7, 1, EDX, 4, AvxState},
    {"avxneconvert", 7, 1, EDX, 5, AvxState},
    {"amx-complex", 7, 1, EDX, 8, AmxState},
    {"avxvnniint16", 7, 1, EDX, 10, AvxState},
    {"prefetchi", 7, 1, EDX, 14, NoState},
    {"usermsr", 7, 1, EDX, 15, NoState},
    {"avx10.1", 7, 1, EDX, 19, Avx512State},
    {"avx10.1-256", 7, 1, EDX, 19, AvxState},
    {"avx10.1-512", 7, 1, EDX, 19, Avx512State},
    {"xsaveopt", 0xd, 1, EAX, 0, NoState},
    {"xsavec", 0xd, 1, EAX, 1, NoState},
    {"xsaves", 0xd, 1, EAX, 3, NoState},
    {"ptwrite", 0x14, 0, EBX, 4, NoState},
    {"kl", 7, 0, ECX, 23, NoState},
    {"widekl", 0x19, 0, EBX, 2, NoState},
    {"amx-fp8", 0x1e, 1, EAX, 4, AmxState},
    {"amx-tf32", 0x1e, 1, EAX, 6, AmxState},
    {"amx-avx512", 0x1e, 1, EAX, 7, AmxState},
    {"amx-movrs", 0x1e, 1, EAX, 8, AmxState},
    {"sahf", ext + 1, 0, ECX, 0, NoState},
    {"lzcnt", ext + 1, 0, ECX, 5, NoState},
    {"sse4a", ext + 1, 0, ECX, 6, NoState},
    {"prfchw", ext + 1, 0, ECX, 8, NoState},
    {"xop", ext + 1, 0, ECX, 11, AvxState},
    {"lwp", ext + 1, 0, ECX, 15, NoState},
    {"fma4", ext + 1, 0, ECX, 16, AvxState},
    {"tbm", ext + 1, 0, ECX, 21, NoState},
    {"mwaitx", ext + 1, 0, ECX, 29, NoState},
    {"64bit", ext + 1, 0, EDX, 29, NoState},
    {"clzero", ext + 8, 0, EBX, 0, NoState},
    {"rdpru", ext + 8, 0, EBX, 4, NoState},
    {"wbnoinvd", ext + 8, 0, EBX, 9, NoState},
};

} // namespace

static uint32_t osSavedState() {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27)))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static bool hasFeature(const Feature &feature) {
  unsigned regs[4] = {};
  if (!__get_cpuid_count(feature.leaf, feature.subleaf, &regs[EAX], &regs[EBX],
                         &regs[ECX], &regs[EDX]))
    return false;
  if (!(regs[feature.reg] & (1u << feature.bit)))
    return false;
  return (osSavedState() & feature.state) == feature.state;
}

/// Linux hands out the 8 KiB of tile registers only on request.
static bool requestTiles() {
  constexpr long archReqXcompPerm = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, archReqXcompPerm, tileData) == 0;
}

mp_rt_status mp::rt::checkCpuFeatures(const char *path,
                                      const std::string &features) {
  std::string missing;
  bool tiles = false;
  std::string_view rest = features;
  while (!rest.empty()) {
    size_t comma = rest.find(',');
    std::string_view name = rest.substr(0, comma);
    rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    if (!name.empty() && name.front() == '+')
      name.remove_prefix(1);
    // A feature that was switched off for the model is not needed.
    if (name.empty() || name.front() == '-')
      continue;
    const Feature *found = nullptr;
    for (const Feature &feature : table) {
      if (feature.name == name)
        found = &feature;
    }
    if (!found)
      return fail(MP_RT_UNSUPPORTED,
                  "'%s' needs the CPU feature '%.*s', which this runtime does "
                  "not know",
                  path, static_cast<int>(name.size()), name.data());
    tiles |= found->state == AmxState;
    if (!hasFeature(*found)) {
      missing += missing.empty() ? "'" : ", '";
      missing.append(name).append("'");
    }
  }
  if (!missing.empty())
    return fail(MP_RT_UNSUPPORTED,
                "'%s' needs CPU features that this machine does not have: %s; "
                "compile it for this machine",
                path, missing.c_str());
  if (tiles && !requestTiles())
    return fail(MP_RT_UNSUPPORTED,
                "'%s' needs AMX tiles, which the operating system refused",
                path);
  return MP_RT_OK;
}
