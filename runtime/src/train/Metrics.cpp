#include "train/Metrics.h"

#include "io/AtomicFile.h"
#include "train/Scalers.h"
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
      {"loss", number(m.loss)}, {"scale", number(leastOf(m.scales))},
      {"finite", !m.fault},     {"skipped", m.fault && m.fault->skipped}};
  json["culprit"] = nullptr;
  if (m.fault) {
    json["culprit"] = m.fault->gradient.name;
    json["location"] = m.fault->gradient.location;
    json["origin"] = m.fault->origin;
    if (!m.fault->op.empty())
      json["op"] = m.fault->op;
  }
  if (m.scales.size() > 1)
    for (const auto &[loss, scale] : m.scales)
      json["scales"][loss] = number(scale);
  for (const auto &[name, value] : m.schedules)
    json["schedules"][name] = number(value);
  if (m.stuckWeights >= 0)
    json["stuck_weights"] = m.stuckWeights;
  writeLine(json.dump(-1, ' ', false,
                      nlohmann::ordered_json::error_handler_t::replace) +
            "\n");
}

void MetricsFile::write(int64_t step, int64_t epoch, int64_t samples,
                        const std::vector<Measure> &measures) {
  nlohmann::ordered_json json = {{"step", step}, {"epoch", epoch}};
  for (const Measure &measure : measures)
    json["evaluation"][measure.name] = number(measure.value);
  json["samples"] = samples;
  writeLine(json.dump(-1, ' ', false,
                      nlohmann::ordered_json::error_handler_t::replace) +
            "\n");
}

void MetricsFile::writeLine(const std::string &line) {
  if (std::fwrite(line.data(), 1, line.size(), file) != line.size())
    throw Error("cannot write '" + path + "': " + std::strerror(errno));
}

void MetricsFile::flush() {
  if (std::fflush(file) != 0)
    throw Error("cannot write '" + path + "': " + std::strerror(errno));
}
