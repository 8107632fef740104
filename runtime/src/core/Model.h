//===- Model.h - a loaded model file --------------------------------------===//

#ifndef MP_RT_CORE_MODEL_H
#define MP_RT_CORE_MODEL_H

#include "core/Types.h"
#include "mp_rt/mp_rt.h"
#include "mp_rt/mp_rt_codegen.h"

#include <atomic>
#include <string>
#include <vector>

namespace mp::rt {

/// An argument or result, with what calls check precomputed.
struct Value {
  const char *name, *role;
  ElementType type;
  int32_t rank, donatedTo;
  const int64_t *shape;
  uint64_t bytes;
  size_t alignment;
};

struct Function {
  const char *name;
  mp_rt_entry prepare, run;
  uint64_t arenaBytes, persistentBytes;
  bool keepsPrepared = false; // for calls that take its results as arguments
  std::vector<Value> args, results;
};

} // namespace mp::rt

struct mp_rt_model {
  std::atomic<int32_t> holders{1};
  void *library = nullptr;
  std::string path;
  const mp_rt_model_desc *desc = nullptr;
  std::vector<mp::rt::Function> functions;

  ~mp_rt_model();
  void hold() { holders.fetch_add(1, std::memory_order_relaxed); }
  void release();
};

#endif // MP_RT_CORE_MODEL_H
