#include "train/TrainStep.h"

#include <cstdlib>
#include <cstring>

using namespace mp;
using namespace mp::train;

void train::check(mp_rt_status status, const std::string &what) {
  if (status != MP_RT_OK)
    throw Error(what.empty() ? mp_rt_last_error()
                             : what + ": " + mp_rt_last_error());
}

io::DType train::storedType(const DLDataType &type, const std::string &name) {
  struct Row {
    uint8_t code, bits;
    io::DType stored;
  };
  static const Row rows[] = {{MP_RT_DL_FLOAT, 64, io::DType::F64},
                             {MP_RT_DL_FLOAT, 32, io::DType::F32},
                             {MP_RT_DL_FLOAT, 16, io::DType::F16},
                             {MP_RT_DL_BFLOAT, 16, io::DType::BF16},
                             {MP_RT_DL_FLOAT8_E4M3FN, 8, io::DType::F8_E4M3},
                             {MP_RT_DL_FLOAT8_E5M2, 8, io::DType::F8_E5M2},
                             {MP_RT_DL_INT, 64, io::DType::I64},
                             {MP_RT_DL_INT, 32, io::DType::I32},
                             {MP_RT_DL_INT, 16, io::DType::I16},
                             {MP_RT_DL_INT, 8, io::DType::I8},
                             {MP_RT_DL_UINT, 64, io::DType::U64},
                             {MP_RT_DL_UINT, 32, io::DType::U32},
                             {MP_RT_DL_UINT, 16, io::DType::U16},
                             {MP_RT_DL_UINT, 8, io::DType::U8},
                             {MP_RT_DL_BOOL, 8, io::DType::Bool}};
  for (const Row &row : rows)
    if (row.code == type.code && row.bits == type.bits)
      return row.stored;
  throw Error("'" + name +
              "' has an element type that safetensors cannot store");
}

io::Tensor Slot::tensor() const {
  io::Tensor tensor;
  tensor.name = name;
  tensor.type = storedType(type, name);
  tensor.shape = shape;
  tensor.data = data.get();
  tensor.size = bytes;
  return tensor;
}

void Slot::allocate() {
  size_t size = (bytes + 63) / 64 * 64;
  void *memory = std::aligned_alloc(64, size ? size : 64);
  if (!memory)
    throw Error("out of memory for '" + name + "' (" + std::to_string(bytes) +
                " bytes)");
  std::memset(memory, 0, size);
  data.reset(static_cast<uint8_t *>(memory), std::free);
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

TrainStep::TrainStep(const std::string &path, const char *name,
                     int32_t threads) {
  check(mp_rt_model_load(path.c_str(), &model), "");
  mp_rt_model_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_model_query(model, &info), path);
  if (name)
    check(mp_rt_model_find_function(model, name, &function), path);
  else if (info.num_functions != 1)
    check(mp_rt_model_find_function(model, "train_step", &function), path);
  mp_rt_instance_options options{};
  options.struct_size = sizeof(options);
  options.threads = threads;
  check(mp_rt_instance_create(model, &options, &instance), path);
  describe(function);
  pairResults();
  stepInfo = StepInfo(manifest());
  makeViews();
}

TrainStep::~TrainStep() {
  mp_rt_instance_destroy(instance);
  mp_rt_model_unload(model);
}

static Slot makeSlot(const mp_rt_value_info &info) {
  Slot slot;
  slot.name = info.name;
  slot.role = info.role;
  slot.type = info.dtype;
  slot.shape.assign(info.shape, info.shape + info.ndim);
  slot.bytes = info.bytes;
  return slot;
}

void TrainStep::describe(int32_t index) {
  mp_rt_function_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_function_query(model, index, &info), "");
  for (int32_t i = 0; i < info.num_args; ++i) {
    mp_rt_value_info value{};
    value.struct_size = sizeof(value);
    check(mp_rt_function_arg(model, index, i, &value), "");
    args.push_back(makeSlot(value));
    args.back().allocate();
  }
  for (int32_t i = 0; i < info.num_results; ++i) {
    mp_rt_value_info value{};
    value.struct_size = sizeof(value);
    check(mp_rt_function_result(model, index, i, &value), "");
    results.push_back(makeSlot(value));
    donations.push_back(value.donated_to);
  }
}

void TrainStep::pairResults() {
  std::vector<bool> paired(args.size());
  for (size_t r = 0; r < results.size(); ++r) {
    Slot &result = results[r];
    for (size_t a = 0; a < args.size(); ++a) {
      if (paired[a] || args[a].name != result.name ||
          args[a].bytes != result.bytes)
        continue;
      paired[a] = true;
      bool inPlace = donations[r] == int32_t(a);
      if (inPlace)
        result.data = args[a].data;
      pairs.push_back({a, r, inPlace});
      break;
    }
    if (!result.data)
      result.allocate();
  }
  for (size_t a = 0; a < args.size(); ++a) {
    if (paired[a])
      continue;
    const std::string &role = args[a].role;
    if (role == "param" || role == "opt_state" || role == "scaler")
      throw Error("argument '" + args[a].name + "' has the role '" + role +
                  "', but no result has its name; is this a train step? "
                  "Compile it with "
                  "mp-compile --train and the roles");
    inputArgs.push_back(a);
  }
  for (const Slot &result : results)
    if (result.role == "loss" && !lossResult)
      lossResult = &result;
  if (!lossResult)
    throw Error("no result has the role 'loss'");
  finiteResult = findResult("finite");
  culpritResult = findResult("culprit");
}

const Slot *TrainStep::findResult(const std::string &name) const {
  for (const Slot &result : results)
    if (result.name == name)
      return &result;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

std::vector<Slot *> TrainStep::state() {
  std::vector<Slot *> slots;
  for (size_t a = 0; a < args.size(); ++a)
    for (const Pair &pair : pairs)
      if (pair.arg == a)
        slots.push_back(&args[a]);
  return slots;
}

std::vector<Slot *> TrainStep::inputs() {
  std::vector<Slot *> slots;
  for (size_t a : inputArgs)
    slots.push_back(&args[a]);
  return slots;
}

Slot *TrainStep::findState(const std::string &name) {
  for (const Pair &pair : pairs)
    if (args[pair.arg].name == name)
      return &args[pair.arg];
  return nullptr;
}

/// Writes `value` as the element type of a scalar that the train step keeps.
static void setScalar(Slot &slot, double value) {
  if (slot.type.code == MP_RT_DL_FLOAT && slot.bytes == sizeof(float)) {
    float number = float(value);
    std::memcpy(slot.data.get(), &number, sizeof(number));
  } else if (slot.type.code == MP_RT_DL_INT && slot.bytes == sizeof(int32_t)) {
    int32_t number = int32_t(value);
    std::memcpy(slot.data.get(), &number, sizeof(number));
  } else {
    throw Error("expected '" + slot.name + "' to be one f32 or i32");
  }
}

void TrainStep::initialise() {
  for (Slot *slot : state()) {
    std::memset(slot->data.get(), 0, slot->bytes);
    if (auto it = stepInfo.initial.find(slot->name);
        it != stepInfo.initial.end())
      setScalar(*slot, it->second);
  }
}

const char *TrainStep::manifest() const {
  mp_rt_model_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_model_query(model, &info), "");
  return info.manifest;
}

uint64_t TrainStep::stateBytes() {
  uint64_t bytes = 0;
  for (const Slot *slot : state())
    bytes += slot->bytes;
  return bytes;
}

uint64_t TrainStep::peakBytes() const {
  mp_rt_memory_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_instance_memory(instance, &info), "");
  return info.peak_bytes;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void TrainStep::makeViews() {
  views.reserve(args.size() + results.size());
  auto add = [&](Slot &slot, std::vector<DLTensor *> &list) {
    DLTensor view{};
    view.data = slot.data.get();
    view.device = {kDLCPU, 0};
    view.ndim = int32_t(slot.shape.size());
    view.dtype = slot.type;
    view.shape = slot.shape.data();
    views.push_back(view);
    list.push_back(&views.back());
  };
  for (Slot &slot : args)
    add(slot, argViews);
  for (Slot &slot : results)
    add(slot, resultViews);
}

void TrainStep::run() {
  // The masters moved in the last step, so nothing derived from them is kept.
  check(mp_rt_instance_params_changed(instance), "");
  check(mp_rt_call(instance, function, argViews.data(), resultViews.data()),
        "");
  for (const Pair &pair : pairs) {
    if (pair.inPlace)
      continue;
    std::swap(args[pair.arg].data, results[pair.result].data);
    std::swap(argViews[pair.arg]->data, resultViews[pair.result]->data);
  }
}

static double scalar(const Slot &slot) {
  switch (storedType(slot.type, slot.name)) {
  case io::DType::F32: {
    float value;
    std::memcpy(&value, slot.data.get(), sizeof(value));
    return value;
  }
  case io::DType::F64: {
    double value;
    std::memcpy(&value, slot.data.get(), sizeof(value));
    return value;
  }
  case io::DType::I32: {
    int32_t value;
    std::memcpy(&value, slot.data.get(), sizeof(value));
    return value;
  }
  case io::DType::Bool:
    return *slot.data != 0;
  default:
    throw Error("expected '" + slot.name + "' to be f32, f64, i32 or i1");
  }
}

double TrainStep::loss() const { return scalar(*lossResult); }
bool TrainStep::finite() const {
  return !finiteResult || scalar(*finiteResult) != 0;
}
int64_t TrainStep::culprit() const {
  return culpritResult ? int64_t(scalar(*culpritResult)) : -1;
}
