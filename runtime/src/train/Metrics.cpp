#include "train/Metrics.h"

#include "io/AtomicFile.h"
#include "train/TrainStep.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace mp;
using namespace mp::train;

/// JSON has no infinity or NaN: null.
static nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

MetricsFile::MetricsFile(const std::string &path, int64_t firstStep)
    : path(path) {
  std::string kept;
  if (firstStep > 0) {
    std::ifstream old(path);
    for (std::string line; std::getline(old, line);) {
      nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
      if (!json.is_object() || !json["step"].is_number_integer() ||
          json["step"].get<int64_t>() > firstStep)
        break;
      kept += line + "\n";
    }
  }
  io::AtomicFile start(path);
  if (!start.open() || !start.write(kept.data(), kept.size()) ||
      !start.commit())
    throw Error(start.error());
  file = std::fopen(path.c_str(), "ae");
  if (!file)
    throw Error("cannot write '" + path + "': " + std::strerror(errno));
}

MetricsFile::~MetricsFile() {
  if (file)
    std::fclose(file);
}

void MetricsFile::write(const StepMetrics &m) {
  nlohmann::ordered_json json = {
      {"step", m.step},         {"epoch", m.epoch},
      {"loss", number(m.loss)}, {"scale", number(m.scale)},
      {"finite", !m.fault},     {"skipped", m.fault.has_value()}};
  json["culprit"] = nullptr;
  if (m.fault) {
    json["culprit"] = m.fault->gradient.name;
    json["location"] = m.fault->gradient.location;
    json["origin"] = m.fault->origin;
  }
  std::string line = json.dump() + "\n";
  if (std::fwrite(line.data(), 1, line.size(), file) != line.size())
    throw Error("cannot write '" + path + "': " + std::strerror(errno));
}

void MetricsFile::flush() {
  if (std::fflush(file) != 0)
    throw Error("cannot write '" + path + "': " + std::strerror(errno));
}
