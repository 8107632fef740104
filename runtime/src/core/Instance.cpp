#include "core/Device.h"
#include "core/Env.h"
#include "core/Error.h"
#include "core/Exec.h"
#include "core/Model.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <xmmintrin.h>

using namespace mp::rt;

namespace {
/// What one function of the model keeps between calls.
struct FunctionState {
  Block persistent;
  uint64_t preparedAt = 0;      // generation of the parameters
  std::vector<void *> replaced; // results of the last call, by position
};
} // namespace

struct mp_rt_instance {
  mp_rt_model *model = nullptr;
  const Device *device = nullptr;
  mp_rt_exec exec;
  Block arena;
  std::vector<FunctionState> functions;
  std::vector<void *> pointers; // of the arguments, then the results
  std::vector<void *> checked;  // the ones last found not to overlap
  int32_t checkedFunction = -1;
  uint64_t peak = 0;
  std::atomic<bool> busy{false};

  ~mp_rt_instance() {
    if (model)
      model->release();
  }
  mp_rt_memory_info memory() const;
};

//===----------------------------------------------------------------------===//
// Life of an instance
//===----------------------------------------------------------------------===//

static mp_rt_status create(mp_rt_model *model,
                           const mp_rt_instance_options *given,
                           mp_rt_instance **out) {
  mp_rt_instance_options options = {};
  if (given)
    std::memcpy(&options, given, std::min(given->struct_size, sizeof(options)));
  auto instance = std::make_unique<mp_rt_instance>();
  const char *made = model->desc->device;
  if (mp_rt_status status = findDevice(options.device, made, instance->device))
    return status;
  if (instance->device->models &&
      std::strcmp(instance->device->models, made) != 0)
    return fail(MP_RT_UNSUPPORTED,
                "'%s' was compiled for device '%s', but device '%s' was asked "
                "for",
                model->path.c_str(), made, instance->device->name);
  if (options.threads < 0 || options.threads > maxThreads)
    return fail(MP_RT_INVALID_ARGUMENT,
                "expected a count of threads from 1 to %d, but got %d",
                maxThreads, options.threads);
  int32_t threads = options.threads;
  if (threads == 0) {
    if (mp_rt_status status = defaultThreads(threads))
      return status;
  }
  if (mp_rt_status status = readVerbose(instance->exec.verbose))
    return status;
  if (mp_rt_status status = ThreadPool::create(threads, instance->exec.pool))
    return status;
  instance->exec.profile = options.profile;
  instance->exec.profileUser = options.profile_user;
  instance->exec.observations.callback = options.observe;
  instance->exec.observations.user = options.observe_user;
  instance->functions.resize(model->functions.size());
  model->hold();
  instance->model = model;
  *out = instance.release();
  return MP_RT_OK;
}

extern "C" mp_rt_status
mp_rt_instance_create(mp_rt_model *model, const mp_rt_instance_options *options,
                      mp_rt_instance **out_instance) {
  if (!model || !out_instance)
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_instance_create: expected a model and a place for the "
                "instance, but got null");
  if (options && options->struct_size < sizeof(size_t))
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_instance_create: expected options with their "
                "'struct_size' set");
  return guarded([&] { return create(model, options, out_instance); });
}

extern "C" void mp_rt_instance_destroy(mp_rt_instance *instance) {
  delete instance;
}

extern "C" mp_rt_status
mp_rt_instance_params_changed(mp_rt_instance *instance) {
  if (!instance)
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_instance_params_changed: expected an instance, but got "
                "null");
  ++instance->exec.generation;
  return MP_RT_OK;
}

mp_rt_memory_info mp_rt_instance::memory() const {
  mp_rt_memory_info info = {};
  info.threads = exec.pool->threads();
  info.arena_bytes = arena.size();
  for (const FunctionState &state : functions)
    info.persistent_bytes += state.persistent.size();
  for (const auto &entry : exec.callStates)
    info.packed_bytes += entry.second ? entry.second->bytes() : 0;
  info.scratch_bytes = exec.pool->scratchBytes();
  info.peak_bytes = std::max(peak, info.arena_bytes + info.persistent_bytes +
                                       info.packed_bytes + info.scratch_bytes);
  return info;
}

extern "C" mp_rt_status mp_rt_instance_memory(const mp_rt_instance *instance,
                                              mp_rt_memory_info *out_info) {
  if (!instance || !out_info || out_info->struct_size < sizeof(size_t))
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_instance_memory: expected an instance and a struct with "
                "its 'struct_size' set");
  mp_rt_memory_info info = instance->memory();
  info.struct_size = out_info->struct_size;
  std::memcpy(out_info, &info, std::min(info.struct_size, sizeof(info)));
  return MP_RT_OK;
}

extern "C" mp_rt_status mp_rt_instance_culprit(const mp_rt_instance *instance,
                                               mp_rt_culprit_info *out_info) {
  if (!instance || !out_info || out_info->struct_size < sizeof(size_t))
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_instance_culprit: expected an instance and a struct "
                "with its 'struct_size' set");
  mp_rt_culprit_info info = instance->exec.observations.culprit();
  info.struct_size = out_info->struct_size;
  std::memcpy(out_info, &info, std::min(info.struct_size, sizeof(info)));
  return MP_RT_OK;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

static mp_rt_status badTensor(const Function &function, const char *kind,
                              size_t index, const Value &value,
                              const std::string &what) {
  return fail(MP_RT_INVALID_ARGUMENT, "'%s' %s %zu ('%s'): %s", function.name,
              kind, index, value.name, what.c_str());
}

static bool isContiguous(const DLTensor &tensor) {
  if (!tensor.strides)
    return true;
  int64_t expected = 1;
  for (int32_t i = tensor.ndim - 1; i >= 0; --i) {
    // The stride of an axis of length 1 is never used; of an empty tensor none.
    if (tensor.shape[i] == 0)
      return true;
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected)
      return false;
    expected *= tensor.shape[i];
  }
  return true;
}

/// Checks one tensor and takes its address.
static mp_rt_status bind(const Function &function, const Device &device,
                         const char *kind, size_t index, const Value &value,
                         const DLTensor *tensor, void *&out) {
  auto bad = [&](const std::string &what) {
    return badTensor(function, kind, index, value, what);
  };
  if (!tensor)
    return bad("expected a tensor, but got null");
  ElementType type{tensor->dtype.code, tensor->dtype.bits};
  bool same = type == value.type && tensor->dtype.lanes == 1 &&
              tensor->ndim == value.rank;
  if (same && value.rank)
    same = tensor->shape &&
           std::equal(tensor->shape, tensor->shape + value.rank, value.shape);
  if (!same) {
    bool printable = tensor->shape || tensor->ndim == 0;
    return bad("expected '" + typeName(value.type, value.shape, value.rank) +
               "', but got '" +
               (printable && tensor->ndim >= 0
                    ? typeName(type, tensor->shape, tensor->ndim)
                    : std::string("no shape")) +
               "'" + (tensor->dtype.lanes == 1 ? "" : " with vector lanes"));
  }
  if (tensor->device.device_type != device.tensors &&
      !(device.tensors == kDLCPU && tensor->device.device_type == kDLCUDAHost))
    return bad("expected memory of device type " +
               std::to_string(device.tensors) + ", but got " +
               std::to_string(tensor->device.device_type));
  if (!isContiguous(*tensor))
    return bad("expected row-major contiguous elements, but got strides");
  out = static_cast<char *>(tensor->data) + tensor->byte_offset;
  if (value.bytes == 0)
    return MP_RT_OK;
  if (!tensor->data)
    return bad("expected " + std::to_string(value.bytes) +
               " bytes of data, but got null");
  if (reinterpret_cast<uintptr_t>(out) % value.alignment)
    return bad("expected an address that is a multiple of " +
               std::to_string(value.alignment));
  return MP_RT_OK;
}

/// Results overlap nothing, save the argument whose buffer they may take.
static mp_rt_status checkOverlap(const Function &function,
                                 const std::vector<void *> &pointers) {
  struct Range {
    uintptr_t begin, end;
    size_t index; // arguments, then results
  };
  size_t numArgs = function.args.size();
  std::vector<Range> ranges;
  ranges.reserve(pointers.size());
  for (size_t i = 0; i < pointers.size(); ++i) {
    uint64_t bytes = i < numArgs ? function.args[i].bytes
                                 : function.results[i - numArgs].bytes;
    auto begin = reinterpret_cast<uintptr_t>(pointers[i]);
    if (bytes)
      ranges.push_back({begin, begin + bytes, i});
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const Range &a, const Range &b) { return a.begin < b.begin; });
  for (size_t i = 0; i < ranges.size(); ++i) {
    for (size_t j = i + 1; j < ranges.size() && ranges[j].begin < ranges[i].end;
         ++j) {
      size_t a = std::min(ranges[i].index, ranges[j].index);
      size_t b = std::max(ranges[i].index, ranges[j].index);
      if (b < numArgs)
        continue; // arguments are only read
      const Value &result = function.results[b - numArgs];
      if (a < numArgs && result.donatedTo == static_cast<int32_t>(a) &&
          ranges[i].begin == ranges[j].begin)
        continue;
      return badTensor(function, "result", b - numArgs, result,
                       a < numArgs
                           ? "its buffer overlaps argument " + std::to_string(a)
                           : "its buffer overlaps result " +
                                 std::to_string(a - numArgs));
    }
  }
  return MP_RT_OK;
}

static mp_rt_status bindAll(mp_rt_instance &instance, const Function &function,
                            int32_t index, DLTensor *const *args,
                            DLTensor *const *results) {
  size_t numArgs = function.args.size();
  instance.pointers.resize(numArgs + function.results.size());
  for (size_t i = 0; i < numArgs; ++i) {
    if (mp_rt_status status =
            bind(function, *instance.device, "argument", i, function.args[i],
                 args[i], instance.pointers[i]))
      return status;
  }
  for (size_t i = 0; i < function.results.size(); ++i) {
    if (mp_rt_status status =
            bind(function, *instance.device, "result", i, function.results[i],
                 results[i], instance.pointers[numArgs + i]))
      return status;
  }
  if (instance.checkedFunction == index &&
      instance.checked == instance.pointers)
    return MP_RT_OK;
  if (mp_rt_status status = checkOverlap(function, instance.pointers))
    return status;
  instance.checked = instance.pointers;
  instance.checkedFunction = index;
  return MP_RT_OK;
}

/// Whether the parameters are those that the last call has returned.
static bool continues(const mp_rt_instance &instance, const Function &function,
                      const FunctionState &state) {
  for (size_t r = 0; r < state.replaced.size(); ++r) {
    int32_t arg = function.results[r].donatedTo;
    if (arg >= 0 && std::strcmp(function.args[arg].role, "param") == 0 &&
        instance.pointers[arg] != state.replaced[r])
      return false;
  }
  return true;
}

static mp_rt_status prepare(mp_rt_instance &instance, const Function &function,
                            FunctionState &state) {
  if (instance.arena.size() < function.arenaBytes)
    instance.arena = Block(function.arenaBytes);
  if (state.preparedAt == instance.exec.generation &&
      continues(instance, function, state))
    return MP_RT_OK;
  if (state.persistent.size() < function.persistentBytes)
    state.persistent = Block(function.persistentBytes);
  if (function.prepare) {
    bool observed = instance.exec.observed();
    uint64_t begin = observed ? nowNs() : 0;
    if (mp_rt_status status = instance.device->run(
            function.prepare, &instance.exec, instance.pointers.data(), nullptr,
            instance.arena.data(), state.persistent.data()))
      return status;
    if (observed)
      instance.exec.report(MP_RT_EVENT_PREPARE, function.name, 0, 0, begin);
  }
  state.preparedAt = instance.exec.generation;
  return MP_RT_OK;
}

namespace {
/// Rounds to nearest and keeps subnormals, whatever the caller has set.
class DefaultRounding {
public:
  DefaultRounding() : saved(_mm_getcsr()) {
    if ((saved & control) != (standard & control))
      _mm_setcsr(standard);
  }
  ~DefaultRounding() {
    if ((saved & control) != (standard & control))
      _mm_setcsr(saved);
  }

private:
  static constexpr unsigned standard = 0x1f80, control = 0xffc0;
  unsigned saved;
};

struct BusyGuard {
  std::atomic<bool> &busy;
  ~BusyGuard() { busy.store(false, std::memory_order_release); }
};
} // namespace

static mp_rt_status call(mp_rt_instance &instance, int32_t index,
                         DLTensor *const *args, DLTensor *const *results) {
  const Function &function = instance.model->functions[index];
  FunctionState &state = instance.functions[index];
  if (mp_rt_status status = bindAll(instance, function, index, args, results))
    return status;
  DefaultRounding rounding;
  instance.exec.observations.begin();
  size_t statesBefore = instance.exec.callStates.size();
  bool first = state.preparedAt != instance.exec.generation;
  if (mp_rt_status status = prepare(instance, function, state))
    return status;
  bool observed = instance.exec.observed();
  uint64_t begin = observed ? nowNs() : 0;
  mp_rt_status status = instance.device->run(
      function.run, &instance.exec, instance.pointers.data(),
      instance.pointers.data() + function.args.size(), instance.arena.data(),
      state.persistent.data());
  if (function.keepsPrepared) {
    state.replaced.assign(instance.pointers.begin() + function.args.size(),
                          instance.pointers.end());
    if (status != MP_RT_OK)
      state.preparedAt = 0;
  }
  if (observed)
    instance.exec.report(MP_RT_EVENT_CALL, function.name, 0, 0, begin);
  if (first || instance.exec.callStates.size() != statesBefore)
    instance.peak = instance.memory().peak_bytes;
  return status;
}

extern "C" mp_rt_status mp_rt_call(mp_rt_instance *instance, int32_t function,
                                   DLTensor *const *args,
                                   DLTensor *const *results) {
  if (!instance)
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_call: expected an instance, but got null");
  const auto &functions = instance->model->functions;
  if (function < 0 || function >= static_cast<int32_t>(functions.size()))
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_call: expected a function index below %zu, but got %d",
                functions.size(), function);
  if ((!args && !functions[function].args.empty()) ||
      (!results && !functions[function].results.empty()))
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_call: expected %zu arguments and %zu results, but got "
                "null",
                functions[function].args.size(),
                functions[function].results.size());
  if (instance->busy.exchange(true, std::memory_order_acquire))
    return fail(MP_RT_INVALID_ARGUMENT,
                "mp_rt_call: the instance is in use by another call; use one "
                "instance for each thread");
  BusyGuard guard{instance->busy};
  return guarded([&] { return call(*instance, function, args, results); });
}
