#include "mp-train/Progress.h"

#include "common/MemoryTable.h"

#include <cmath>
#include <cstdio>
#include <string>
#include <unistd.h>

using namespace mp::train_tool;

Progress::Progress(bool quiet)
    : quiet(quiet), terminal(isatty(STDERR_FILENO)) {}

void Progress::show(const mp_train_progress &p) {
  if (quiet)
    return;
  if (std::isfinite(p.loss)) {
    lossSum += p.loss;
    ++lossCount;
  }
  int64_t perEpoch = p.total_steps / p.epochs;
  bool epochEnds = p.step % perEpoch == 0;
  auto now = std::chrono::steady_clock::now();
  if (terminal && (epochEnds || now - last > std::chrono::milliseconds(100))) {
    last = now;
    constexpr int width = 24;
    int filled = int(width * p.step / p.total_steps);
    std::string bar =
        std::string(filled, '#') + std::string(width - filled, '.');
    std::fprintf(
        stderr,
        "\r[%s] epoch %lld/%lld step %lld/%lld loss %.5g scale %g skipped %lld "
        "%.0f samples/s\033[K",
        bar.c_str(), (long long)p.epoch + 1, (long long)p.epochs,
        (long long)p.step, (long long)p.total_steps, p.loss, p.scale,
        (long long)p.skipped, p.samples_per_second);
  }
  if (epochEnds) {
    if (!terminal)
      std::fprintf(
          stderr,
          "epoch %lld/%lld loss %.6g scale %g skipped %lld %.0f samples/s\n",
          (long long)p.epoch + 1, (long long)p.epochs,
          lossCount ? lossSum / double(lossCount) : NAN, p.scale,
          (long long)p.skipped, p.samples_per_second);
    if (p.evaluation)
      std::fprintf(stderr, "%sevaluation: %s\n", terminal ? "\n" : "",
                   p.evaluation);
    lossSum = 0;
    lossCount = 0;
  }
}

void Progress::finish(const mp_train_summary &s, const char *checkpoint,
                      const nlohmann::ordered_json &memory) {
  if (terminal && !quiet)
    std::fputc('\n', stderr);
  std::printf(
      "%s after %lld steps (%lld skipped), %.1f s, %.0f samples/s; loss "
      "of the last epoch %.6g\n",
      s.stopped ? "stopped" : "done", (long long)s.steps, (long long)s.skipped,
      s.seconds, s.samples_per_second, s.last_epoch_loss);
  if (*s.evaluation)
    std::printf("evaluation: %s\n", s.evaluation);
  std::printf("memory: state %.1f MiB, temporaries at peak %.1f MiB\n",
              double(s.state_bytes) / 1048576, double(s.peak_bytes) / 1048576);
  if (!quiet && !memory.is_null())
    std::fputs(mp::tool::memoryText(memory).c_str(), stdout);
  if (checkpoint)
    std::printf("checkpoint: %s/step-%lld.safetensors%s\n", checkpoint,
                (long long)s.steps, s.stopped ? "; go on with --resume" : "");
}

void Progress::print(const mp_train_summary &s, const char *checkpoint,
                     const nlohmann::ordered_json &memory) {
  if (terminal && !quiet)
    std::fputc('\n', stderr);
  nlohmann::ordered_json json = {{"steps", s.steps},
                                 {"skipped", s.skipped},
                                 {"stopped", s.stopped != 0},
                                 {"seconds", s.seconds},
                                 {"samples_per_second", s.samples_per_second},
                                 {"last_epoch_loss", s.last_epoch_loss},
                                 {"parameters", s.parameters},
                                 {"state_bytes", s.state_bytes},
                                 {"peak_bytes", s.peak_bytes}};
  if (s.stuck_weights >= 0)
    json["stuck_weights"] = s.stuck_weights;
  if (*s.evaluation)
    json["evaluation"] = nlohmann::ordered_json::parse(s.evaluation);
  if (checkpoint)
    json["checkpoint"] = std::string(checkpoint) + "/step-" +
                         std::to_string(s.steps) + ".safetensors";
  if (!memory.is_null())
    json["memory_table"] = memory;
  std::printf("%s\n", json.dump().c_str());
}
