#include "train/Checkpoint.h"

#include "io/AtomicFile.h"
#include "io/Sha256.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mp;
using namespace mp::train;

static constexpr char kFormat[] = "mp checkpoint 2";

namespace {
/// A file whose contents are not what was written: only this makes an older
/// checkpoint worth looking at.
struct Damaged : Error {
  using Error::Error;
};
} // namespace

//===----------------------------------------------------------------------===//
// The directory
//===----------------------------------------------------------------------===//

Checkpoints::Checkpoints(std::string directory, RunOptions options)
    : directory(std::move(directory)), options(std::move(options)) {
  const std::string &path = this->directory;
  if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    throw Error("cannot make the checkpoint directory '" + path +
                "': " + std::strerror(errno));
  lock = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0)
    throw Error("cannot open the checkpoint directory '" + path +
                "': " + std::strerror(errno));
  // Some file systems have no locks; then two runs are the user's affair.
  bool busy = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  // Not to learn of it after an hour of training.
  int unwritable = access(path.c_str(), W_OK | X_OK) != 0 ? errno : 0;
  if (busy || unwritable) {
    close(lock);
    throw Error(busy ? "another run is using the checkpoint directory '" +
                           path + "'"
                     : "cannot write to the checkpoint directory '" + path +
                           "': " + std::strerror(unwritable));
  }
  removeLeftovers();
}

Checkpoints::~Checkpoints() { close(lock); }

static std::vector<std::string> listDirectory(const std::string &path) {
  std::vector<std::string> names;
  DIR *entries = opendir(path.c_str());
  if (!entries)
    throw Error("cannot read the checkpoint directory '" + path +
                "': " + std::strerror(errno));
  while (const dirent *entry = readdir(entries))
    names.push_back(entry->d_name);
  closedir(entries);
  return names;
}

/// The <n> of step-<n>.safetensors, -1 for other names.
static int64_t stepOf(const std::string &name) {
  static const std::string prefix = "step-", suffix = ".safetensors";
  if (name.size() <= prefix.size() + suffix.size() ||
      name.compare(0, prefix.size(), prefix) != 0 ||
      name.compare(name.size() - suffix.size(), suffix.size(), suffix) != 0)
    return -1;
  std::string digits =
      name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  if (digits.size() > 18 ||
      digits.find_first_not_of("0123456789") != digits.npos)
    return -1;
  return std::stoll(digits);
}

/// A run that was killed while writing leaves an unfinished file. Nobody else
/// writes here now, so those found are of dead runs.
void Checkpoints::removeLeftovers() const {
  for (const std::string &name : listDirectory(directory)) {
    size_t dot = name.rfind('.');
    if (dot == name.npos || name.size() - dot != 7)
      continue;
    std::string target = name.substr(0, dot);
    if (target == "latest" || stepOf(target) >= 0)
      unlink((directory + "/" + name).c_str());
  }
}

/// All checkpoints, newest first.
std::vector<std::string> Checkpoints::names() const {
  std::vector<std::string> found;
  for (std::string &name : listDirectory(directory))
    if (stepOf(name) >= 0)
      found.push_back(std::move(name));
  std::sort(found.begin(), found.end(),
            [](const std::string &a, const std::string &b) {
              return stepOf(a) > stepOf(b);
            });
  return found;
}

/// Empty if there is no checkpoint yet.
std::string Checkpoints::latestName() const {
  std::string path = directory + "/latest", name;
  std::ifstream latest(path);
  if (!latest) {
    if (errno == ENOENT)
      return "";
    throw Error("cannot read '" + path + "': " + std::strerror(errno));
  }
  std::getline(latest, name);
  if (stepOf(name) < 0)
    throw Damaged("'" + path + "' does not name a checkpoint");
  return name;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Of the run's options and of the names, types, shapes and bytes of all
/// tensors, whatever their order.
static std::string digest(const std::map<std::string, std::string> &options,
                          const std::vector<io::Tensor> &tensors) {
  io::Sha256 hash;
  for (const auto &[key, value] : options) {
    hash.field(key);
    hash.field(value);
  }
  std::map<std::string, const io::Tensor *> sorted;
  for (const io::Tensor &tensor : tensors)
    sorted[tensor.name] = &tensor;
  for (const auto &[name, tensor] : sorted) {
    hash.field(name);
    hash.field(io::name(tensor->type));
    hash.update(tensor->shape.data(), tensor->shape.size() * sizeof(int64_t));
    hash.update(tensor->data, tensor->size);
  }
  return hash.finish();
}

/// The fields of a position as tensors of one element.
template <typename P>
static std::vector<io::Tensor> positionTensors(P &p) {
  auto scalar = [](const char *name, auto &value, io::DType type) {
    io::Tensor tensor;
    tensor.name = name;
    tensor.type = type;
    tensor.data = reinterpret_cast<const uint8_t *>(&value);
    tensor.size = sizeof(value);
    return tensor;
  };
  return {scalar("step", p.step, io::DType::I64),
          scalar("skipped", p.skipped, io::DType::I64),
          scalar("loop/stuck", p.stuck, io::DType::I64),
          scalar("loop/epoch_clean", p.epochClean, io::DType::I64),
          scalar("loop/epoch_loss", p.epochLoss, io::DType::F64)};
}

void Checkpoints::save(TrainStep &step, const Position &position) const {
  std::vector<io::Tensor> tensors;
  for (const Slot *slot : step.state())
    tensors.push_back(slot->tensor());
  for (io::Tensor &tensor : positionTensors(position))
    tensors.push_back(std::move(tensor));

  std::map<std::string, std::string> metadata;
  for (const auto &[key, value] : options)
    metadata["run." + key] = value;
  metadata["sha256"] = digest(metadata, tensors);
  metadata["format"] = kFormat;
  std::string name = "step-" + std::to_string(position.step) + ".safetensors",
              error;
  if (!io::writeSafetensors(directory + "/" + name, tensors,
                            {metadata.begin(), metadata.end()}, error))
    throw Error(error);
  io::AtomicFile latest(directory + "/latest");
  name += "\n";
  if (!latest.open() || !latest.write(name.data(), name.size()) ||
      !latest.commit())
    throw Error(latest.error());
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Throws Damaged unless all of the file is what was written.
static void verify(const std::string &path, const io::SafetensorsFile &file) {
  std::map<std::string, std::string> metadata(file.metadata().begin(),
                                              file.metadata().end());
  if (metadata["format"] != kFormat)
    throw Damaged(path +
                  ": expected a checkpoint of this version, with the "
                  "metadata 'format' " +
                  kFormat);
  std::string hash = metadata["sha256"];
  metadata.erase("format");
  metadata.erase("sha256");
  if (hash != digest(metadata, file.tensors()))
    throw Damaged(path +
                  ": the checkpoint is damaged (its hash does not match)");
}

void Checkpoints::checkOptions(const std::string &path,
                               const io::SafetensorsFile &file) const {
  for (const auto &[key, value] : options) {
    auto stored = file.metadata().find("run." + key);
    std::string other =
        stored == file.metadata().end() ? "none" : stored->second;
    if (other != value)
      throw Error(path + ": the checkpoint is of a run with " + key + " " +
                  other + ", but this one has " + value);
  }
}

static std::string describe(io::DType type, const std::vector<int64_t> &shape) {
  std::string text = std::string(io::name(type)) + " [";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

void Checkpoints::restoreFile(const std::string &path, TrainStep &step,
                              Position &position) const {
  std::string error;
  auto file = io::SafetensorsFile::read(path, error);
  if (!file)
    throw Damaged(error);
  verify(path, *file);

  std::vector<Slot *> state = step.state();
  std::vector<io::Tensor> expected, found;
  for (const Slot *slot : state)
    expected.push_back(slot->tensor());
  Position restored;
  std::vector<io::Tensor> scalars = positionTensors(restored);
  expected.insert(expected.end(), scalars.begin(), scalars.end());
  std::set<std::string> known;
  for (const io::Tensor &tensor : expected) {
    const io::Tensor *stored = file->find(tensor.name);
    if (!stored)
      throw Error(path + ": '" + tensor.name +
                  "' is missing; the checkpoint is of another model");
    if (stored->type != tensor.type || stored->shape != tensor.shape)
      throw Error(path + ": expected '" + tensor.name + "' to be " +
                  describe(tensor.type, tensor.shape) + ", but got " +
                  describe(stored->type, stored->shape) +
                  "; the checkpoint is of another model");
    found.push_back(*stored);
    known.insert(tensor.name);
  }
  for (const io::Tensor &tensor : file->tensors())
    if (!known.count(tensor.name))
      throw Error(path + ": this model has no '" + tensor.name +
                  "'; the checkpoint is of another model");
  checkOptions(path, *file);
  for (size_t i = 0; i < state.size(); ++i)
    std::memcpy(state[i]->data.get(), found[i].data, state[i]->bytes);
  for (size_t i = 0; i < scalars.size(); ++i)
    std::memcpy(const_cast<uint8_t *>(scalars[i].data),
                found[state.size() + i].data, scalars[i].size);
  if (restored.step != stepOf(path.substr(path.rfind('/') + 1)))
    throw Damaged(path + ": the checkpoint is of step " +
                  std::to_string(restored.step));
  position = restored;
}

bool Checkpoints::restore(
    TrainStep &step, Position &position,
    const std::function<void(const std::string &)> &fallBack) const {
  static constexpr char advice[] =
      "; ask to fall back to go on from the newest whole checkpoint";
  std::string latest;
  try {
    latest = latestName();
    if (latest.empty())
      return false;
    restoreFile(directory + "/" + latest, step, position);
    return true;
  } catch (const Damaged &damage) {
    if (!fallBack)
      throw Error(damage.what() + std::string(advice));
    fallBack(damage.what());
  }
  for (const std::string &name : names()) {
    if (name == latest)
      continue;
    try {
      restoreFile(directory + "/" + name, step, position);
      return true;
    } catch (const Damaged &damage) {
      fallBack(damage.what());
    }
  }
  throw Error("'" + directory + "' holds no whole checkpoint");
}
