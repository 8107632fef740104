#include "Scaler.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::mp;

namespace {
struct Preset {
  StringLiteral name;
  Scaler scaler;
};
} // namespace

// No preset lets the scale fall to 0, as torch and apex would: a scale below
// the smallest normal number has no finite inverse.
static constexpr float smallest = std::numeric_limits<float>::min();
static constexpr float largest = std::numeric_limits<float>::max();
static constexpr auto dynamic = Scaler::Kind::Dynamic;

/// The defaults of torch.amp.GradScaler, apex.amp, DeepSpeed's `fp16` section
/// and Megatron-LM's command line.
static constexpr Preset presets[] = {
    {"torch", {dynamic, 0x1p16f, 2, 0.5, 2000, 1, smallest, largest}},
    {"apex", {dynamic, 0x1p16f, 2, 0.5, 2000, 1, smallest, 0x1p24f}},
    {"deepspeed", {dynamic, 0x1p16f, 2, 0.5, 1000, 2, 1, largest}},
    {"megatron", {dynamic, 0x1p32f, 2, 0.5, 1000, 2, 1, largest}}};

namespace {
/// Reads the constants that were given; later ones are not read after a fault.
class ConstantReader {
public:
  explicit ConstantReader(llvm::function_ref<InFlightDiagnostic()> emitError)
      : emitError(emitError) {}

  template <typename T>
  void number(StringRef name, StringRef text, T &value,
              function_ref<bool(double)> allowed, StringRef expected) {
    if (faulty || text.empty())
      return;
    double read;
    if (!text.getAsDouble(read) && std::isfinite(T(read)) && allowed(T(read)))
      value = T(read);
    else
      fail(name, text, expected);
  }

  void count(StringRef name, StringRef text, int32_t &value) {
    if (!faulty && !text.empty() && (text.getAsInteger(10, value) || value < 1))
      fail(name, text, "an integer of at least 1");
  }

  bool faulty = false;

private:
  void fail(StringRef name, StringRef text, StringRef expected) {
    emitError() << "expected " << name << " to be " << expected << ", but got '"
                << text << "'";
    faulty = true;
  }

  llvm::function_ref<InFlightDiagnostic()> emitError;
};
} // namespace

static FailureOr<Scaler>
resolveFixed(const ScalerOptions &options, ConstantReader &reader,
             llvm::function_ref<InFlightDiagnostic()> emitError) {
  const std::pair<StringRef, StringRef> ofDynamic[] = {
      {"preset", options.preset},     {"init-scale", options.initScale},
      {"growth", options.growth},     {"backoff", options.backoff},
      {"interval", options.interval}, {"min", options.minimum},
      {"max", options.maximum},       {"hysteresis", options.hysteresis}};
  for (auto [name, text] : ofDynamic)
    if (!text.empty())
      return emitError() << name << " needs loss-scale=dynamic, but the loss "
                         << "scale is '" << options.lossScale << "'";
  if (options.consecutive)
    return emitError() << "consecutive-hysteresis needs loss-scale=dynamic, "
                          "but the loss scale is '"
                       << options.lossScale << "'";
  Scaler scaler;
  scaler.kind = Scaler::Kind::None;
  if (options.lossScale == "none")
    return scaler;
  scaler.kind = Scaler::Kind::Static;
  reader.number(
      "loss-scale", options.lossScale, scaler.initial,
      [](double value) { return value >= smallest; },
      "'dynamic', 'none' or a positive number");
  if (reader.faulty)
    return failure();
  return scaler;
}

FailureOr<Scaler>
mp::resolveScaler(const ScalerOptions &options,
                  llvm::function_ref<InFlightDiagnostic()> emitError) {
  ConstantReader reader(emitError);
  if (options.lossScale != "dynamic")
    return resolveFixed(options, reader, emitError);

  StringRef name = options.preset.empty() ? "torch" : options.preset;
  const Preset *preset = llvm::find_if(
      presets, [&](const Preset &known) { return known.name == name; });
  if (preset == std::end(presets)) {
    auto names = llvm::map_range(
        presets, [](const Preset &known) { return known.name.str(); });
    return emitError() << "unknown preset '" << name << "'; expected one of "
                       << llvm::join(names, ", ");
  }
  Scaler scaler = preset->scaler;
  auto positive = [](double value) { return value >= smallest; };
  StringRef scale = "a number from 1.17549435e-38 (the smallest with a finite "
                    "inverse) to 3.40282347e+38";
  reader.number("init-scale", options.initScale, scaler.initial, positive,
                scale);
  reader.number(
      "growth", options.growth, scaler.growth,
      [](double value) { return value >= 1; }, "a number of at least 1");
  reader.number(
      "backoff", options.backoff, scaler.backoff,
      [](double value) { return value > 0 && value < 1; },
      "a number between 0 and 1");
  reader.number("min", options.minimum, scaler.minimum, positive, scale);
  reader.number("max", options.maximum, scaler.maximum, positive, scale);
  reader.count("interval", options.interval, scaler.interval);
  reader.count("hysteresis", options.hysteresis, scaler.hysteresis);
  scaler.consecutive = options.consecutive;
  if (reader.faulty)
    return failure();
  if (!(scaler.minimum <= scaler.initial && scaler.initial <= scaler.maximum))
    return emitError() << "expected min <= init-scale <= max, but "
                          "got "
                       << scaler.minimum << ", " << scaler.initial << " and "
                       << scaler.maximum;
  return scaler;
}
