#include "train/Evaluation.h"

#include "io/Narrow.h"

#include <cstring>

using namespace mp;
using namespace mp::train;

static std::string text(const std::vector<int64_t> &shape) {
  std::string s = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    s += (i ? ", " : "") + std::to_string(shape[i]);
  return s + "]";
}

Evaluation::Evaluation(const std::string &model, const char *functionName,
                       const std::string &data, TrainStep &step,
                       int32_t threads)
    : model(model), name(functionName ? functionName : "evaluate"), path(data) {
  std::string error;
  file = io::SafetensorsFile::read(data, error);
  if (!file)
    throw Error(error);
  check(mp_rt_model_load(model.c_str(), &handle), "");
  mp_rt_model_info info{};
  info.struct_size = sizeof(info);
  check(mp_rt_model_query(handle, &info), model);
  if (functionName || info.num_functions != 1)
    check(mp_rt_model_find_function(handle, name.c_str(), &function),
          "evaluating on '" + data + "' needs a function");
  mp_rt_instance_options options{};
  options.struct_size = sizeof(options);
  options.threads = threads;
  check(mp_rt_instance_create(handle, &options, &instance), model);
  std::vector<Slot> args;
  describeFunction(handle, function, args, results);
  for (Slot &slot : args)
    bind(sources.emplace_back(Source{std::move(slot)}), step);
  for (Slot &slot : results)
    slot.allocate();
  checkResults();
  if (allSamples < 0)
    throw Error("'" + name + "' has no argument that takes samples");
  batches = allSamples / batch;
  if (batches == 0)
    throw Error(path + ": " + std::to_string(allSamples) +
                " samples do not fill one batch of " + std::to_string(batch) +
                ", which '" + name + "' takes");
}

Evaluation::~Evaluation() {
  mp_rt_instance_destroy(instance);
  mp_rt_model_unload(handle);
}

//===----------------------------------------------------------------------===//
// What the function takes and gives
//===----------------------------------------------------------------------===//

void Evaluation::bind(Source &source, TrainStep &step) {
  Slot &slot = source.slot;
  slot.allocate();
  source.trained = step.findState(slot.name);
  if (!source.trained) {
    if (slot.role == "param" || slot.role == "state")
      throw Error("'" + name + "' takes the " + slot.role + " '" + slot.name +
                  "', which the train step does not have");
    bindData(source);
    return;
  }
  const Slot &trained = *source.trained;
  io::DType from = storedType(trained.type, trained.name),
            to = storedType(slot.type, slot.name);
  bool widened = io::isNarrow(from) && to == io::DType::F32;
  if (trained.shape != slot.shape || (from != to && !widened))
    throw Error("'" + name + "' takes '" + slot.name + "' as " + io::name(to) +
                " " + text(slot.shape) + ", but the train step keeps it as " +
                io::name(from) + " " + text(trained.shape));
}

void Evaluation::bindData(Source &source) {
  const Slot &slot = source.slot;
  std::string key = slot.name + "_test";
  source.tensor = file->find(key);
  bool whole = !source.tensor || slot.shape.empty();
  if (whole)
    source.tensor = file->find(key = slot.name);
  if (!source.tensor)
    throw Error(path + ": expected '" + slot.name +
                "_test' for the argument '" + slot.name + "' " +
                text(slot.shape) + " of '" + name +
                "', its first axis the samples");
  io::DType expected = storedType(slot.type, slot.name);
  std::vector<int64_t> shape = slot.shape;
  if (!whole && !source.tensor->shape.empty())
    shape[0] = source.tensor->shape[0];
  if (source.tensor->type != expected || source.tensor->shape != shape)
    throw Error(path + ": expected '" + key + "' to be " + io::name(expected) +
                " " + text(shape) + ", but got " +
                io::name(source.tensor->type) + " " +
                text(source.tensor->shape));
  if (whole)
    return;
  if (slot.shape[0] < 1 || (batch && batch != slot.shape[0]))
    throw Error(
        "the arguments of '" + name +
        "' do not agree on the samples of a batch: " + std::to_string(batch) +
        " and " + std::to_string(slot.shape[0]));
  if (allSamples >= 0 && allSamples != shape[0])
    throw Error(path + ": '" + key + "' has " + std::to_string(shape[0]) +
                " samples, others have " + std::to_string(allSamples));
  batch = slot.shape[0];
  allSamples = shape[0];
  source.sampleBytes = slot.bytes / uint64_t(batch);
}

void Evaluation::checkResults() {
  if (results.empty())
    throw Error("'" + name + "' has no results");
  for (size_t i = 0; i < results.size(); ++i) {
    Slot &slot = results[i];
    if (slot.name.empty())
      slot.name = slot.role.empty() ? "result" + std::to_string(i) : slot.role;
    if (!slot.shape.empty())
      throw Error("expected the results of '" + name +
                  "' to be scalars, but '" + slot.name + "' is " +
                  text(slot.shape) +
                  "; return the mean over the batch, or the number of samples "
                  "that count (an integer)");
    (void)slot.scalar(); // throws for types that are no numbers
  }
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void Evaluation::loadTrained() {
  for (Source &source : sources) {
    if (!source.trained)
      continue;
    const Slot &trained = *source.trained;
    if (trained.bytes == source.slot.bytes) {
      std::memcpy(source.slot.data.get(), trained.data.get(), trained.bytes);
      continue;
    }
    io::DType type = storedType(trained.type, trained.name);
    for (uint64_t i = 0; i < trained.bytes / sizeof(uint16_t); ++i) {
      uint16_t code;
      std::memcpy(&code, trained.data.get() + i * sizeof(code), sizeof(code));
      float value = io::widen(code, type);
      std::memcpy(source.slot.data.get() + i * sizeof(value), &value,
                  sizeof(value));
    }
  }
}

void Evaluation::loadBatch(int64_t index) {
  for (Source &source : sources)
    if (source.tensor && (source.sampleBytes || index == 0))
      std::memcpy(source.slot.data.get(),
                  source.tensor->data +
                      uint64_t(index * batch) * source.sampleBytes,
                  source.slot.bytes);
}

std::vector<Measure> Evaluation::run() {
  loadTrained();
  check(mp_rt_instance_params_changed(instance), "");
  std::vector<DLTensor> views;
  views.reserve(sources.size() + results.size());
  std::vector<DLTensor *> argViews, resultViews;
  for (Source &source : sources)
    argViews.push_back(&views.emplace_back(source.slot.view()));
  for (Slot &slot : results)
    resultViews.push_back(&views.emplace_back(slot.view()));
  std::vector<double> sums(results.size());
  for (int64_t index = 0; index < batches; ++index) {
    loadBatch(index);
    check(mp_rt_call(instance, function, argViews.data(), resultViews.data()),
          name);
    for (size_t i = 0; i < results.size(); ++i)
      sums[i] += results[i].scalar();
  }
  std::vector<Measure> measures;
  for (size_t i = 0; i < results.size(); ++i)
    measures.push_back(
        {results[i].name,
         sums[i] / double(results[i].isFloat() ? batches : samples())});
  return measures;
}
