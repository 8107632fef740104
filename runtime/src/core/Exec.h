//===- Exec.h - what generated code and library routines work with --------===//

#ifndef MP_RT_CORE_EXEC_H
#define MP_RT_CORE_EXEC_H

#include "core/Observations.h"
#include "cpu/ThreadPool.h"
#include "mp_rt/mp_rt.h"
#include "mp_rt/mp_rt_codegen.h"

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace mp::rt {

/// What a library routine keeps for one call site of one instance: primitives,
/// packed operands.
class CallState {
public:
  virtual ~CallState() = default;
  /// Memory it holds, for the report.
  virtual uint64_t bytes() const { return 0; }
};

uint64_t nowNs();

} // namespace mp::rt

struct mp_rt_exec {
  std::unique_ptr<mp::rt::ThreadPool> pool;
  std::unordered_map<int32_t, std::unique_ptr<mp::rt::CallState>> callStates;
  /// Moves whenever invariant operands may hold other values than before.
  uint64_t generation = 1;

  mp::rt::Observations observations;

  bool verbose = false;
  mp_rt_profile_fn profile = nullptr;
  void *profileUser = nullptr;

  bool observed() const { return verbose || profile; }
  void report(mp_rt_event_kind kind, const char *name, int64_t extent,
              int64_t grain, uint64_t beginNs);
};

#endif // MP_RT_CORE_EXEC_H
