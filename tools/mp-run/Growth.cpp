#include "mp-run/Growth.h"

#include "common/Error.h"
#include "cpu/Float.h"
#include "mp-run/Binding.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>

using namespace mp::run;
using mp::rt::ElementType;
using mp::rt::FloatFormat;
using mp::tool::Error;

ErrorGrowth::ErrorGrowth() : file(std::tmpfile()) {
  if (!file)
    throw Error(std::string("cannot create a temporary file: ") +
                std::strerror(errno));
}

/// Values of one id (the arguments of the two parts of a loop) are told apart
/// by their order.
void ErrorGrowth::begin(const Observed &observed) {
  keys.clear();
  sources.clear();
  std::map<std::string, int> counts;
  for (const ObservedValue &value : observed.values) {
    keys.push_back(value.id + "#" + std::to_string(counts[value.id]++));
    sources.push_back(value.id.substr(0, value.id.find("->")) + "#0");
  }
}

static FloatFormat formatOf(DLDataType type) {
  FloatFormat format;
  FloatFormat::of(ElementType{type.code, type.bits}, format);
  return format;
}

void ErrorGrowth::noteReference(const mp_rt_observation &value) {
  if (static_cast<size_t>(value.value) >= keys.size() || value.numbers == 0)
    return;
  Kept &kept = reference[keys[value.value]];
  kept.type = value.tensor->dtype;
  kept.numbers = value.numbers;
  size_t bytes = formatOf(kept.type).bytes() * value.numbers;
  kept.places.push_back(std::ftell(file.get()));
  if (std::fwrite(value.tensor->data, 1, bytes, file.get()) != bytes)
    throw Error(std::string("cannot write a temporary file: ") +
                std::strerror(errno));
}

double ErrorGrowth::Sums::error() const {
  if (notFinite)
    return std::numeric_limits<double>::infinity();
  if (squares > 0)
    return std::sqrt(errorSquares / squares);
  return errorSquares > 0 ? std::numeric_limits<double>::infinity() : 0;
}

void ErrorGrowth::compare(const Kept &kept, const mp_rt_observation &value,
                          Sums &sums) {
  constexpr uint64_t chunk = 1 << 14;
  FloatFormat was = formatOf(kept.type), is = formatOf(sums.type);
  std::vector<char> buffer(chunk * was.bytes());
  const char *data = static_cast<const char *>(value.tensor->data);
  std::fseek(file.get(), kept.places[sums.rounds], SEEK_SET);
  for (uint64_t begin = 0; begin < value.numbers; begin += chunk) {
    uint64_t count = std::min(chunk, value.numbers - begin);
    if (std::fread(buffer.data(), was.bytes(), count, file.get()) != count)
      throw Error("cannot read a temporary file");
    for (uint64_t i = 0; i < count; ++i) {
      double expected = was.toDouble(was.load(buffer.data(), i));
      double got = is.toDouble(is.load(data, begin + i));
      if (std::isfinite(expected))
        sums.largest = std::max(sums.largest, std::fabs(expected));
      if (!std::isfinite(expected) || !std::isfinite(got)) {
        sums.notFinite +=
            std::isnan(expected) ? !std::isnan(got) : !(expected == got);
        continue;
      }
      sums.squares += expected * expected;
      sums.errorSquares += (expected - got) * (expected - got);
      sums.flushed += expected != 0 && got == 0;
    }
  }
  sums.numbers += value.numbers;
  sums.compared = true;
}

void ErrorGrowth::noteCompared(const mp_rt_observation &value) {
  if (static_cast<size_t>(value.value) >= keys.size() || value.numbers == 0)
    return;
  sums.resize(keys.size());
  Sums &mine = sums[value.value];
  mine.type = value.tensor->dtype;
  if (mine.sources.empty())
    mine.sources.assign(value.sources, value.sources + value.num_sources);
  // Where loops run for another number of rounds, there is nothing to compare
  // the last ones with.
  auto it = reference.find(keys[value.value]);
  // A cast that the reference does not have stands for what it converts.
  if (it == reference.end())
    it = reference.find(sources[value.value]);
  if (it != reference.end() && it->second.numbers == value.numbers &&
      mine.rounds < it->second.places.size())
    compare(it->second, value, mine);
  ++mine.rounds;
}

std::vector<ErrorRow> ErrorGrowth::rows(const Observed &compared) const {
  std::vector<ErrorRow> list;
  for (size_t i = 0; i < sums.size(); ++i) {
    const Sums &mine = sums[i];
    if (!mine.compared || compared.values[i].op.empty())
      continue;
    ErrorRow &row = list.emplace_back();
    row.value = compared.values[i];
    Value typed;
    typed.type = mine.type;
    row.type = typeText(typed);
    for (int64_t source : mine.sources) {
      if (source >= 0 && static_cast<size_t>(source) < sums.size() &&
          sums[source].compared)
        row.in = std::max(row.in, sums[source].error());
    }
    row.out = mine.error();
    // What was infinite already cannot grow, and sums of squares are rounded.
    bool grows = !std::isinf(row.in) && row.out > row.in * (1 + 1e-9);
    row.added = grows ? row.out - row.in : 0;
    row.largest = mine.largest;
    row.numbers = mine.numbers;
    row.notFinite = mine.notFinite;
    row.flushed = mine.flushed;
  }
  return list;
}
