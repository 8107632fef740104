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

DLTensor Slot::view() {
  DLTensor view{};
  view.data = data.get();
  view.device = {kDLCPU, 0};
  view.ndim = int32_t(shape.size());
  view.dtype = type;
  view.shape = shape.data();
  return view;
}

bool Slot::isFloat() const {
  return type.code == MP_RT_DL_FLOAT || type.code == MP_RT_DL_BFLOAT;
}

template <typename T>
static double load(const Slot &slot) {
  T value;
  std::memcpy(&value, slot.data.get(), sizeof(value));
  return double(value);
}

template <typename T>
static void store(Slot &slot, double number) {
  T value = T(number);
  std::memcpy(slot.data.get(), &value, sizeof(value));
}

double Slot::scalar() const {
  switch (storedType(type, name)) {
  case io::DType::F32:
    return load<float>(*this);
  case io::DType::F64:
    return load<double>(*this);
  case io::DType::I32:
    return load<int32_t>(*this);
  case io::DType::I64:
    return load<int64_t>(*this);
  case io::DType::Bool:
    return *data != 0;
  default:
    throw Error("expected '" + name + "' to be f32, f64, i32, i64 or i1");
  }
}

void Slot::setScalar(double value) {
  switch (storedType(type, name)) {
  case io::DType::F32:
    return store<float>(*this, value);
  case io::DType::F64:
    return store<double>(*this, value);
  case io::DType::I32:
    return store<int32_t>(*this, value);
  case io::DType::I64:
    return store<int64_t>(*this, value);
  default:
    throw Error("expected '" + name + "' to be one f32, f64, i32 or i64");
  }
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
  describeFunction(model, function, args, results, &donations);
  for (Slot &slot : args)
    slot.allocate();
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

void train::describeFunction(const mp_rt_model *model, int32_t index,
                             std::vector<Slot> &args,
                             std::vector<Slot> &results,
                             std::vector<int32_t> *donations) {
  mp_rt_function_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_function_query(model, index, &info), "");
  for (int32_t i = 0; i < info.num_args; ++i) {
    mp_rt_value_info value{};
    value.struct_size = sizeof(value);
    check(mp_rt_function_arg(model, index, i, &value), "");
    args.push_back(makeSlot(value));
  }
  for (int32_t i = 0; i < info.num_results; ++i) {
    mp_rt_value_info value{};
    value.struct_size = sizeof(value);
    check(mp_rt_function_result(model, index, i, &value), "");
    results.push_back(makeSlot(value));
    if (donations)
      donations->push_back(value.donated_to);
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
  stuckResult = findResult("stuck_weights");
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
  handedOut = true;
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
  handedOut = true;
  for (const Pair &pair : pairs)
    if (args[pair.arg].name == name)
      return &args[pair.arg];
  return nullptr;
}

void TrainStep::initialise() {
  for (Slot *slot : state()) {
    std::memset(slot->data.get(), 0, slot->bytes);
    if (auto it = stepInfo.initial.find(slot->name);
        it != stepInfo.initial.end())
      slot->setScalar(it->second);
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
    views.push_back(slot.view());
    list.push_back(&views.back());
  };
  for (Slot &slot : args)
    add(slot, argViews);
  for (Slot &slot : results)
    add(slot, resultViews);
}

void TrainStep::run() {
  if (handedOut)
    check(mp_rt_instance_params_changed(instance), "");
  handedOut = false;
  check(mp_rt_call(instance, function, argViews.data(), resultViews.data()),
        "");
  for (const Pair &pair : pairs) {
    if (pair.inPlace)
      continue;
    std::swap(args[pair.arg].data, results[pair.result].data);
    std::swap(argViews[pair.arg]->data, resultViews[pair.result]->data);
  }
}

double TrainStep::loss() const { return lossResult->scalar(); }
bool TrainStep::finite() const {
  return !finiteResult || finiteResult->scalar() != 0;
}
int64_t TrainStep::culprit() const {
  return culpritResult ? int64_t(culpritResult->scalar()) : -1;
}
int64_t TrainStep::stuckWeights() const {
  return stuckResult ? int64_t(stuckResult->scalar()) : -1;
}

/// Whether all exponent bits of some element are set.
template <typename Code>
static bool holdsBadNumber(const Slot &slot, Code exponentBits) {
  for (uint64_t i = 0; i < slot.bytes / sizeof(Code); ++i) {
    Code code;
    std::memcpy(&code, slot.data.get() + i * sizeof(code), sizeof(code));
    if ((code & exponentBits) == exponentBits)
      return true;
  }
  return false;
}

const Slot *TrainStep::findBadParameter() {
  for (const Slot *slot : state()) {
    if (slot->role != "param" || !slot->isFloat())
      continue;
    bool bad = false;
    switch (storedType(slot->type, slot->name)) {
    case io::DType::F64:
      bad = holdsBadNumber<uint64_t>(*slot, 0x7ffull << 52);
      break;
    case io::DType::F32:
      bad = holdsBadNumber<uint32_t>(*slot, 0xffu << 23);
      break;
    case io::DType::F16:
      bad = holdsBadNumber<uint16_t>(*slot, 0x1f << 10);
      break;
    case io::DType::BF16:
      bad = holdsBadNumber<uint16_t>(*slot, 0xff << 7);
      break;
    default:
      break;
    }
    if (bad)
      return slot;
  }
  return nullptr;
}

int64_t TrainStep::numParameters() {
  int64_t count = 0;
  for (const Slot *slot : state())
    if (slot->role == "param")
      count +=
          int64_t(slot->bytes / io::bytes(storedType(slot->type, slot->name)));
  return count;
}

std::string TrainStep::findFaultyOp() const {
  mp_rt_culprit_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_instance_culprit(instance, &info), "");
  if (info.kind == MP_RT_CULPRIT_NONE)
    return "";
  std::string text = stepInfo.observed(info.value);
  return text +
         (info.kind == MP_RT_CULPRIT_OP
              ? " gives a result that is not finite for operands that are"
          : info.kind == MP_RT_CULPRIT_NAN ? " gives NaN for infinite operands"
                                           : " is not finite");
}
