#include "train/Checkpoint.h"

#include "io/AtomicFile.h"
#include "io/Sha256.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/stat.h>

using namespace mp;
using namespace mp::train;

Checkpoints::Checkpoints(std::string directory)
    : directory(std::move(directory)) {
  struct stat info;
  if (mkdir(this->directory.c_str(), 0777) == 0)
    return;
  if (errno != EEXIST)
    throw Error("cannot make the checkpoint directory '" + this->directory +
                "': " + std::strerror(errno));
  if (stat(this->directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    throw Error("'" + this->directory + "' is not a directory");
}

/// Of the names, types, shapes and bytes of all tensors, in order.
static std::string digest(const std::vector<io::Tensor> &tensors) {
  io::Sha256 hash;
  for (const io::Tensor &tensor : tensors) {
    hash.field(tensor.name);
    hash.field(io::name(tensor.type));
    hash.update(tensor.shape.data(), tensor.shape.size() * sizeof(int64_t));
    hash.update(tensor.data, tensor.size);
  }
  return hash.finish();
}

static io::Tensor scalar(const char *name, const int64_t &value) {
  io::Tensor tensor;
  tensor.name = name;
  tensor.type = io::DType::I64;
  tensor.data = reinterpret_cast<const uint8_t *>(&value);
  tensor.size = sizeof(value);
  return tensor;
}

void Checkpoints::save(TrainStep &step, int64_t number, int64_t skipped) const {
  std::vector<io::Tensor> tensors;
  for (const Slot *slot : step.state())
    tensors.push_back(slot->tensor());
  tensors.push_back(scalar("step", number));
  tensors.push_back(scalar("skipped", skipped));

  std::string name = "step-" + std::to_string(number) + ".safetensors", error;
  if (!io::writeSafetensors(
          directory + "/" + name, tensors,
          {{"format", "mp checkpoint 1"}, {"sha256", digest(tensors)}}, error))
    throw Error(error);
  io::AtomicFile latest(directory + "/latest");
  name += "\n";
  if (!latest.open() || !latest.write(name.data(), name.size()) ||
      !latest.commit())
    throw Error(latest.error());
}

bool Checkpoints::restore(TrainStep &step, int64_t &number,
                          int64_t &skipped) const {
  std::ifstream latest(directory + "/latest");
  if (!latest)
    return false;
  std::string name;
  std::getline(latest, name);
  if (name.empty() || name.find('/') != std::string::npos)
    throw Error("'" + directory + "/latest' does not name a checkpoint");
  std::string path = directory + "/" + name, error;
  auto file = io::SafetensorsFile::read(path, error);
  if (!file)
    throw Error(error);

  // In the order in which they were hashed.
  std::vector<io::Tensor> found;
  auto require = [&](const std::string &key, io::DType type,
                     const std::vector<int64_t> &shape) {
    const io::Tensor *tensor = file->find(key);
    if (!tensor)
      throw Error(path + ": '" + key +
                  "' is missing; the checkpoint is of another model");
    if (tensor->type != type || tensor->shape != shape)
      throw Error(
          path + ": '" + key +
          "' has another type or shape; the checkpoint is of another model");
    found.push_back(*tensor);
    return tensor;
  };
  std::vector<Slot *> state = step.state();
  for (const Slot *slot : state)
    require(slot->name, storedType(slot->type, slot->name), slot->shape);
  const io::Tensor *storedStep = require("step", io::DType::I64, {});
  const io::Tensor *storedSkipped = require("skipped", io::DType::I64, {});
  auto hash = file->metadata().find("sha256");
  if (hash == file->metadata().end() || hash->second != digest(found))
    throw Error(
        path +
        ": the checkpoint is damaged (its hash does not match); delete it and "
        "write the name of an older one into '" +
        directory + "/latest'");
  std::memcpy(&number, storedStep->data, sizeof(number));
  std::memcpy(&skipped, storedSkipped->data, sizeof(skipped));
  if (number < 0)
    throw Error(path + ": 'step' is negative");
  for (size_t i = 0; i < state.size(); ++i)
    std::memcpy(state[i]->data.get(), found[i].data, state[i]->bytes);
  return true;
}
