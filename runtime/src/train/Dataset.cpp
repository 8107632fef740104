#include "train/Dataset.h"

#include "io/Narrow.h"

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace mp;
using namespace mp::train;

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): one stream for each seed and epoch.
class Random {
public:
  Random(uint64_t seed, uint64_t stream)
      : state(seed ^ (stream * 0x9e3779b97f4a7c15u)) {
    next();
  }
  uint64_t next() {
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, bound), by rejection.
  uint64_t below(uint64_t bound) {
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value = next();
    while (value >= limit)
      value = next();
    return value % bound;
  }

private:
  uint64_t state;
};

std::string text(const std::vector<int64_t> &shape) {
  std::string s = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    s += (i ? ", " : "") + std::to_string(shape[i]);
  return s + "]";
}

/// The name after its first component: `params/dense0/bias` -> `dense0/bias`.
std::string stem(const std::string &name) {
  size_t slash = name.find('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

} // namespace

Dataset::Dataset(const std::string &path, TrainStep &step, int64_t batch,
                 int64_t epochs, uint64_t seed, const Schedules &schedules)
    : path(path), batch(batch), seed(seed) {
  std::string error;
  file = io::SafetensorsFile::read(path, error);
  if (!file)
    throw Error(error);
  for (Slot *slot : step.inputs())
    if (!schedules.has(slot->name))
      addSource(slot);
  if (samples < 0)
    throw Error("the train step has no argument that takes samples");
  if (stepsPerEpoch() == 0)
    throw Error(path + ": " + std::to_string(samples) +
                " samples do not fill one batch of " + std::to_string(batch));
  batchOrder = file->find("batch_order");
  if (!batchOrder)
    return;
  bool integers =
      batchOrder->type == io::DType::I64 || batchOrder->type == io::DType::I32;
  if (!integers || batchOrder->shape.size() != 2)
    throw Error(
        path + ": expected 'batch_order' to be integers [epochs, n], but got " +
        io::name(batchOrder->type) + " " + text(batchOrder->shape));
  if (batchOrder->shape[0] < epochs)
    throw Error(
        path + ": 'batch_order' holds " + std::to_string(batchOrder->shape[0]) +
        " epochs, fewer than the " + std::to_string(epochs) + " asked for");
  if (batchOrder->shape[1] < batch)
    throw Error(path + ": the epochs of 'batch_order' do not fill one batch");
  samples = batchOrder->shape[1];
}

const io::Tensor *Dataset::find(const std::string &key, const Slot &slot,
                                bool whole) const {
  const io::Tensor *tensor = file->find(key);
  if (!tensor)
    return nullptr;
  io::DType expected = storedType(slot.type, slot.name);
  bool kept = slot.role == "param" || slot.role == "opt_state";
  bool rounded =
      kept && tensor->type == io::DType::F32 && io::isNarrow(expected);
  if (tensor->type != expected && !rounded)
    throw Error(path + ": expected '" + key + "' to be " + io::name(expected) +
                ", but got " + io::name(tensor->type));
  std::vector<int64_t> shape = slot.shape;
  bool fits = shape == tensor->shape;
  if (!whole) {
    shape[0] = tensor->shape.empty() ? -1 : tensor->shape[0];
    fits = shape == tensor->shape;
    shape[0] = -1;
  }
  if (!fits)
    throw Error(path + ": expected '" + key + "' of shape " + text(shape) +
                ", but got " + text(tensor->shape));
  return tensor;
}

void Dataset::addSource(Slot *slot) {
  if (slot->role == "rng") {
    randomKeys.push_back(slot);
    return;
  }
  std::string key = slot->name + "_train";
  if (!slot->shape.empty() && file->find(key)) {
    const io::Tensor *tensor = find(key, *slot, false);
    if (slot->shape[0] != batch)
      throw Error("the model takes batches of " +
                  std::to_string(slot->shape[0]) + " samples ('" + slot->name +
                  "'), but a batch of " + std::to_string(batch) +
                  " is asked for");
    if (samples >= 0 && samples != tensor->shape[0])
      throw Error(path + ": '" + key + "' has " +
                  std::to_string(tensor->shape[0]) + " samples, others have " +
                  std::to_string(samples));
    samples = tensor->shape[0];
    sources.push_back({slot, tensor, slot->bytes / uint64_t(batch)});
    return;
  }
  if (const io::Tensor *tensor = find(slot->name, *slot, true)) {
    sources.push_back({slot, tensor, 0});
    return;
  }
  if (slot->role == "schedule")
    throw Error("the argument '" + slot->name +
                "' has the role 'schedule': expected it among the schedules, "
                "or a constant '" +
                slot->name + "' in " + path);
  throw Error(path + ": expected '" + key + "' for the argument '" +
              slot->name + "' " + text(slot->shape) +
              ", its first axis the samples");
}

/// Parameters and optimizer state kept in 16 bits may be given in f32.
static void copyState(Slot &slot, const io::Tensor &tensor) {
  io::DType type = storedType(slot.type, slot.name);
  if (tensor.type == type) {
    std::memcpy(slot.data.get(), tensor.data, slot.bytes);
    return;
  }
  for (uint64_t i = 0; i < slot.bytes / sizeof(uint16_t); ++i) {
    float value;
    std::memcpy(&value, tensor.data + i * sizeof(value), sizeof(value));
    uint16_t code = io::narrow(value, type);
    std::memcpy(slot.data.get() + i * sizeof(code), &code, sizeof(code));
  }
}

void Dataset::initialise(TrainStep &step) const {
  std::vector<const io::Tensor *> used;
  for (Slot *slot : step.state()) {
    std::string name = stem(slot->name);
    const char *prefix = slot->role == "param"       ? "init/"
                         : slot->role == "opt_state" ? "init_opt/"
                                                     : "init_state/";
    const io::Tensor *tensor = find(prefix + name, *slot, true);
    if (!tensor && slot->role == "opt_state")
      tensor = find(std::string(prefix) + slot->name, *slot, true);
    if (tensor)
      copyState(*slot, *used.emplace_back(tensor));
    else if (slot->role == "param")
      throw Error(path + ": expected '" + prefix + name +
                  "', the initial value of the parameter '" + slot->name + "'");
  }
  for (const io::Tensor *tensor : used)
    file->forget(*tensor);
}

void Dataset::orderEpoch(int64_t epoch) {
  if (orderedEpoch == epoch)
    return;
  order.resize(samples);
  if (batchOrder) {
    for (int64_t i = 0; i < samples; ++i) {
      size_t at = size_t(epoch * samples + i);
      if (batchOrder->type == io::DType::I64) {
        std::memcpy(&order[i], batchOrder->data + at * 8, 8);
      } else {
        int32_t value;
        std::memcpy(&value, batchOrder->data + at * 4, 4);
        order[i] = value;
      }
    }
  } else {
    std::iota(order.begin(), order.end(), 0);
    Random random(seed, uint64_t(epoch) + 1);
    for (int64_t i = samples - 1; i > 0; --i)
      std::swap(order[i], order[random.below(uint64_t(i) + 1)]);
  }
  orderedEpoch = epoch;
}

void Dataset::load(int64_t epoch, int64_t index) {
  orderEpoch(epoch);
  for (const Source &source : sources) {
    if (source.sampleBytes == 0) {
      std::memcpy(source.slot->data.get(), source.tensor->data,
                  source.slot->bytes);
      continue;
    }
    for (int64_t i = 0; i < batch; ++i) {
      int64_t sample = order[index * batch + i];
      if (sample < 0 || sample >= source.tensor->shape[0])
        throw Error(path + ": 'batch_order' names sample " +
                    std::to_string(sample) + " of " +
                    std::to_string(source.tensor->shape[0]));
      std::memcpy(source.slot->data.get() + i * source.sampleBytes,
                  source.tensor->data + uint64_t(sample) * source.sampleBytes,
                  source.sampleBytes);
    }
  }
  Random random(seed, (uint64_t(epoch) << 32) + uint64_t(index) + 0x5eed);
  for (Slot *key : randomKeys)
    for (uint64_t i = 0; i < key->bytes; i += 4) {
      uint32_t word = uint32_t(random.next());
      std::memcpy(key->data.get() + i, &word,
                  std::min<uint64_t>(4, key->bytes - i));
    }
}
