//===- Library.h - what library routines are built on ---------------------===//
//
// A routine is an exported C function of type mp_rt_library_routine:
//
//   extern "C" mp_rt_status mp_rt_conv(mp_rt_exec *exec,
//                                      const mp_rt_library_call *call) {
//     return runRoutine("mp_rt_conv", exec, call, [&]() -> mp_rt_status {
//       ConvState &state = callState<ConvState>(exec, call);
//       if (state.packedAt != generation(exec)) { ... pack, remember ... }
//       ...
//     });
//   }
//
//===----------------------------------------------------------------------===//

#ifndef MP_RT_CPU_LIBRARY_H
#define MP_RT_CPU_LIBRARY_H

#include "core/Error.h"
#include "core/Exec.h"

namespace mp::rt {

/// The routine's state at this call site, made by `State()` at the first use.
/// One call site always belongs to one routine.
template <typename State>
State &callState(mp_rt_exec *exec, const mp_rt_library_call *call) {
  std::unique_ptr<CallState> &slot = exec->callStates[call->call_id];
  if (!slot)
    slot = std::make_unique<State>();
  return static_cast<State &>(*slot);
}

/// Never 0. What was packed from operands marked invariant is good as long as
/// this stays the same; operands that are not invariant change with each call.
inline uint64_t generation(const mp_rt_exec *exec) { return exec->generation; }

inline int32_t threads(const mp_rt_exec *exec) { return exec->pool->threads(); }

/// Makes OpenMP, which vendor libraries use, take as many threads as the
/// instance has.
void limitOpenMP(int32_t threads);

/// Runs a routine's body: exceptions become statuses, failures get the label
/// in front, time is reported where somebody asked for it.
template <typename Body>
mp_rt_status runRoutine(const char *name, mp_rt_exec *exec,
                        const mp_rt_library_call *call, Body &&body) {
  bool observed = exec->observed();
  uint64_t begin = observed ? nowNs() : 0;
  mp_rt_status status = guarded(body);
  if (status != MP_RT_OK && call->label && *call->label)
    status = fail(static_cast<mp_rt_code>(status), "%s: %s", call->label,
                  mp_rt_last_error());
  if (observed)
    exec->report(MP_RT_EVENT_LIBRARY, name, 0, 0, begin);
  return status;
}

/// Describes what is wrong with a call whose operands are not as expected.
mp_rt_status expectOperands(const char *name, const mp_rt_library_call *call,
                            int32_t inputs, int32_t outputs, int32_t config);

} // namespace mp::rt

#endif // MP_RT_CPU_LIBRARY_H
