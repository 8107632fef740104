//===- GemmBenchmark.cpp - our products beside oneDNN's f32 ---------------===//
//
//   GemmBenchmark [--threads=N] [--benchmark_filter=...] [Google Benchmark's
//   flags]
//
// Each shape is compiled in each format and run through the runtime's public
// interface, beside oneDNN's f32 matmul with weights in its own layout: one
// process, one thread (CPU time) or N (wall time), repetitions in random order.
// Where there are few rows, a plain read of as many bytes as the f32 weights
// have runs beside them. After the usual table come the ratios of the best
// repetitions; goals are judged only on the class of CPU that they were set
// for, and only where `--goals` is given.
//
//===----------------------------------------------------------------------===//
#include "mp_rt/mp_rt.h"

#include <benchmark/benchmark.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <vector>

namespace {

struct Shape {
  int64_t m, k, n;
  std::string name() const {
    return std::to_string(m) + "x" + std::to_string(k) + "x" +
           std::to_string(n);
  }
  double flops() const { return 2.0 * m * k * n; }
  /// Reading weights is what takes the time.
  bool isRead() const { return m <= 4; }
};

int numThreads = 1;

constexpr Shape shapes[] = {
    {1, 4096, 4096},  {4, 4096, 4096},  {32, 1024, 1024}, {128, 768, 768},
    {128, 768, 3072}, {128, 3072, 768}, {512, 512, 512},  {1024, 1024, 1024}};

struct Format {
  const char *name;
  DLDataType type;
  uint8_t highByte; // of numbers from 0.5 on
  double goal;      // of oneDNN's packed f32, from M = 32 up
};

constexpr Format formats[] = {
    {"f32", {MP_RT_DL_FLOAT, 32, 1}, 0x3f, 0.95},
    {"bf16", {MP_RT_DL_BFLOAT, 16, 1}, 0x3f, 1.0},
    {"f16", {MP_RT_DL_FLOAT, 16, 1}, 0x38, 1.0},
    {"f8E4M3FN", {MP_RT_DL_FLOAT8_E4M3FN, 8, 1}, 0x30, 0},
    {"f8E5M2", {MP_RT_DL_FLOAT8_E5M2, 8, 1}, 0x38, 0}};

void require(bool ok, const std::string &what) {
  if (ok)
    return;
  std::fprintf(stderr, "GemmBenchmark: %s\n", what.c_str());
  std::exit(1);
}

/// A product compiled for one shape and format, with its operands.
class Product {
public:
  Product(const Shape &shape, const Format &format, const std::string &model) {
    require(mp_rt_model_load(model.c_str(), &loaded) == MP_RT_OK,
            mp_rt_last_error());
    mp_rt_instance_options options = {};
    options.struct_size = sizeof(options);
    options.threads = numThreads;
    options.device = "cpu";
    require(mp_rt_instance_create(loaded, &options, &instance) == MP_RT_OK,
            mp_rt_last_error());
    const int64_t sizes[3][2] = {
        {shape.m, shape.k}, {shape.k, shape.n}, {shape.m, shape.n}};
    std::mt19937 random(1);
    for (int i = 0; i < 3; ++i) {
      std::copy(sizes[i], sizes[i] + 2, dims[i]);
      size_t bytes = sizes[i][0] * sizes[i][1] * format.type.bits / 8;
      buffers[i].reset(static_cast<uint8_t *>(
          std::aligned_alloc(64, (bytes + 63) / 64 * 64)));
      // Between 0.5 and 1: nothing overflows, and nothing is subnormal, which
      // some CPUs are slow at.
      size_t size = format.type.bits / 8;
      for (size_t j = 0; j < bytes; ++j)
        buffers[i].get()[j] =
            j % size == size - 1
                ? format.highByte | (size == 1 ? random() & 3 : 0)
                : random() & 0x7f;
      tensors[i] = {buffers[i].get(), {kDLCPU, 0}, 2, format.type,
                    dims[i],          nullptr,     0};
    }
    run(); // packs the weights
  }
  ~Product() {
    mp_rt_instance_destroy(instance);
    mp_rt_model_unload(loaded);
  }
  void run() {
    DLTensor *args[] = {&tensors[0], &tensors[1]}, *results[] = {&tensors[2]};
    require(mp_rt_call(instance, 0, args, results) == MP_RT_OK,
            mp_rt_last_error());
  }

private:
  struct Free {
    void operator()(uint8_t *p) const { std::free(p); }
  };
  mp_rt_model *loaded = nullptr;
  mp_rt_instance *instance = nullptr;
  std::unique_ptr<uint8_t, Free> buffers[3];
  int64_t dims[3][2];
  DLTensor tensors[3];
};

/// oneDNN's f32 product, weights reordered once.
class Peer {
public:
  explicit Peer(const Shape &shape)
      : engine(dnnl::engine::kind::cpu, 0), stream(engine) {
    using namespace dnnl;
    auto type = memory::data_type::f32;
    auto rows = memory::format_tag::ab;
    memory::desc a({shape.m, shape.k}, type, rows),
        c({shape.m, shape.n}, type, rows);
    memory::desc b({shape.k, shape.n}, type, memory::format_tag::any);
#if DNNL_VERSION_MAJOR >= 3
    matmul::primitive_desc desc(engine, a, b, c);
#else
    matmul::primitive_desc desc(matmul::desc(a, b, c), engine);
#endif
    memory plain({{shape.k, shape.n}, type, rows}, engine),
        packed(desc.weights_desc(), engine);
    memory source(a, engine), result(c, engine);
    fill(plain, shape.k * shape.n);
    fill(source, shape.m * shape.k);
    reorder(plain, packed).execute(stream, plain, packed);
    product = matmul(desc);
    arguments = {{DNNL_ARG_SRC, source},
                 {DNNL_ARG_WEIGHTS, packed},
                 {DNNL_ARG_DST, result}};
  }
  void run() {
    product.execute(stream, arguments);
    stream.wait();
  }

private:
  static void fill(dnnl::memory &memory, int64_t count) {
    auto *data = static_cast<float *>(memory.get_data_handle());
    for (int64_t i = 0; i < count; ++i)
      data[i] = static_cast<float>(i % 17) * 0.1f - 0.8f;
  }
  dnnl::engine engine;
  dnnl::stream stream;
  dnnl::matmul product;
  std::unordered_map<int, dnnl::memory> arguments;
};

/// Reads as many bytes as the f32 weights of a shape have, each thread in
/// several places at a time.
class Read {
public:
  explicit Read(const Shape &shape)
      : words(shape.k * shape.n * sizeof(float) / sizeof(uint64_t)) {
    size_t bytes = (words * sizeof(uint64_t) + page - 1) / page * page;
    data.reset(static_cast<uint64_t *>(std::aligned_alloc(page, bytes)));
    require(data != nullptr, "out of memory");
    // As the runtime does for weights.
    (void)madvise(data.get(), bytes, MADV_HUGEPAGE);
    std::fill(data.get(), data.get() + words, 1);
  }
  void run() {
    std::vector<std::thread> others;
    for (int i = 1; i < numThreads; ++i)
      others.emplace_back([this, i] { sweep(i); });
    sweep(0);
    for (std::thread &thread : others)
      thread.join();
  }

private:
  void sweep(int thread) const {
    size_t length = words / numThreads / 4;
    const uint64_t *from = data.get() + thread * (words / numThreads);
    uint64_t sums[4] = {};
    constexpr size_t step = 8; // a line of the cache
    for (size_t i = 0; i + step <= length; i += step)
      for (int stream = 0; stream < 4; ++stream)
        for (size_t j = 0; j < step; ++j)
          sums[stream] ^= from[stream * length + i + j];
    benchmark::DoNotOptimize(sums);
  }

  struct Free {
    void operator()(uint64_t *p) const { std::free(p); }
  };
  static constexpr size_t page = size_t(2) << 20;
  size_t words;
  std::unique_ptr<uint64_t, Free> data;
};

std::string compile(const Shape &shape, const Format &format,
                    const std::string &folder) {
  std::string stem = folder + "/" + shape.name() + "_" + format.name;
  auto type = [&](int64_t rows, int64_t columns) {
    return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
           "x" + format.name + ">";
  };
  std::string a = type(shape.m, shape.k), b = type(shape.k, shape.n),
              c = type(shape.m, shape.n);
  std::ofstream(stem + ".mlir")
      << "func.func @main(%a: " << a << ", %b: " << b
      << " {mp.role = \"param\"}) -> " << c
      << " {\n  %c = mp.gemm %a, %b accumulator f32 : (" << a << ", " << b
      << ") -> " << c << "\n  return %c : " << c << "\n}\n";
  std::string command =
      std::string(MP_COMPILE) + " " + stem + ".mlir -o " + stem + ".so";
  require(std::system(command.c_str()) == 0, "failed: " + command);
  return stem + ".so";
}

std::string cpuClass() {
  if (__builtin_cpu_supports("avx512bf16"))
    return "avx512_bf16";
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return "avx512";
  return __builtin_cpu_supports("avx2") ? "avx2" : "generic";
}

/// Remembers the best repetition of each benchmark.
class Reporter : public benchmark::ConsoleReporter {
public:
  void ReportRuns(const std::vector<Run> &runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run &run : runs)
      if (run.run_type == Run::RT_Iteration && !run.error_occurred) {
        double seconds = (numThreads > 1 ? run.GetAdjustedRealTime()
                                         : run.GetAdjustedCPUTime()) /
                         1e9;
        auto [it, isNew] =
            best.try_emplace(run.run_name.function_name, seconds);
        if (!isNew)
          it->second = std::min(it->second, seconds);
      }
  }
  std::map<std::string, double> best;
};

/// Prints how much of the memory's bandwidth the weights of a product with few
/// rows take; false if the goal for one row is missed.
bool printShares(const Reporter &reporter, const Shape &shape, bool hasGoals) {
  auto read = reporter.best.find(shape.name() + "/read");
  if (read == reporter.best.end())
    return true;
  bool met = true;
  double bytes = 4.0 * shape.k * shape.n;
  std::printf("%-16s read   %6.1f GB/s", "", bytes / read->second / 1e9);
  for (const Format &format : formats) {
    auto own = reporter.best.find(shape.name() + "/" + format.name);
    if (own == reporter.best.end())
      continue;
    // 8-bit weights are kept as the f16 that they are multiplied as.
    double width = std::max<int>(format.type.bits, 16) / 32.0;
    double share = width * read->second / own->second;
    bool missed = hasGoals && shape.m == 1 && format.goal > 0 && share < 0.8;
    met &= !missed;
    std::printf("  %s %5.1f (%.2f%s)", format.name,
                width * bytes / own->second / 1e9, share,
                missed ? " below its goal" : "");
  }
  std::printf("\n");
  return met;
}

/// Prints the ratios; false if a goal of this class is missed.
bool printRatios(const Reporter &reporter) {
  std::string cpu = cpuClass();
  // With AVX512-BF16 or AMX the peer would be another one.
  bool hasGoals = cpu == "avx2" || cpu == "avx512";
  bool met = true;
  std::printf("\nclass %s: GFLOP/s (ratio to oneDNN %d.%d f32, packed)\n",
              cpu.c_str(), DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR);
  for (const Shape &shape : shapes) {
    auto peer = reporter.best.find(shape.name() + "/oneDNN");
    if (peer == reporter.best.end())
      continue;
    std::printf("%-16s oneDNN %6.1f", shape.name().c_str(),
                shape.flops() / peer->second / 1e9);
    for (const Format &format : formats) {
      auto own = reporter.best.find(shape.name() + "/" + format.name);
      if (own == reporter.best.end())
        continue;
      double ratio = peer->second / own->second;
      bool missed = hasGoals && shape.m >= 32 && ratio < format.goal;
      met &= !missed;
      std::printf("  %s %6.1f (%.2f%s)", format.name,
                  shape.flops() / own->second / 1e9, ratio,
                  missed ? " below its goal" : "");
    }
    std::printf("\n");
    met &= printShares(reporter, shape, hasGoals);
  }
  if (!hasGoals)
    std::printf("no goals are set for this class\n");
  return met;
}

} // namespace

int main(int argc, char **argv) {
  bool judge = false;
  std::vector<char *> arguments = {argv[0]};
  char interleave[] = "--benchmark_enable_random_interleaving=true";
  char repeat[] = "--benchmark_repetitions=7",
       time[] = "--benchmark_min_time=0.05";
  arguments.insert(arguments.end(), {interleave, repeat, time});
  for (int i = 1; i < argc; ++i)
    if (!std::strcmp(argv[i], "--goals"))
      judge = true;
    else if (!std::strncmp(argv[i], "--threads=", 10))
      numThreads = std::max(1, std::atoi(argv[i] + 10));
    else
      arguments.push_back(argv[i]);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  // oneDNN takes as many threads as OpenMP gives it; the environment was read
  // when OpenMP was loaded.
  using SetThreads = void (*)(int);
  if (auto set = reinterpret_cast<SetThreads>(
          dlsym(RTLD_DEFAULT, "omp_set_num_threads")))
    set(numThreads);

  char folder[] = "/tmp/gemm-benchmark-XXXXXX";
  require(mkdtemp(folder), "cannot make a temporary folder");
  for (const Shape &shape : shapes) {
    auto add = [&](const std::string &name, auto make) {
      // Made at the first run, so that a filter saves the compilation too.
      auto held = std::make_shared<decltype(make())>();
      auto *registered = benchmark::RegisterBenchmark(
          (shape.name() + "/" + name).c_str(),
          [held, make, shape](benchmark::State &state) {
            if (!*held)
              *held = make();
            for (auto _ : state)
              (*held)->run();
            state.counters["FLOP/s"] = benchmark::Counter(
                shape.flops(), benchmark::Counter::kIsIterationInvariantRate);
          });
      if (numThreads > 1)
        registered->UseRealTime();
    };
    add("oneDNN", [shape] { return std::make_unique<Peer>(shape); });
    if (shape.isRead())
      add("read", [shape] { return std::make_unique<Read>(shape); });
    for (const Format &format : formats)
      add(format.name, [shape, &format, path = std::string(folder)] {
        return std::make_unique<Product>(shape, format,
                                         compile(shape, format, path));
      });
  }
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  bool met = printRatios(reporter);
  std::system((std::string("rm -rf ") + folder).c_str());
  return judge && !met;
}
