// Parts of mp-run that need no process of their own.
#include "TempFolder.h"
#include "common/Error.h"
#include "io/Sha256.h"
#include "mp-run/Bench.h"
#include "mp-run/Compare.h"
#include "mp-run/Options.h"
#include "mp-run/Report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace mp::run;
using mp::io::Sha256;
using mp::tool::Error;

// The examples of FIPS 180-4 and of the usual test vectors.
TEST(Sha256, KnownAnswers) {
  auto hash = [](const std::string &text) {
    Sha256 sha;
    for (size_t i = 0; i < text.size(); i += 7) // uneven pieces
      sha.update(text.data() + i, std::min<size_t>(7, text.size() - i));
    return sha.finish();
  };
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb924"
                      "27ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223"
                         "b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039"
            "a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67"
            "f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, FieldsCannotRunTogether) {
  Sha256 a, b;
  a.field("ab");
  a.field("c");
  b.field("a");
  b.field("bc");
  EXPECT_NE(a.finish(), b.finish());
}

static Options parsed(const std::vector<std::string> &args) {
  Options options;
  commandLine(options).parse(args);
  return options;
}

TEST(Options, AreParsed) {
  Options o = parsed({"m.so", "--inputs=i", "--rtol", "1e-3", "-bench=5",
                      "--json", "--threads=2", "--policy=bf16"});
  EXPECT_EQ(o.model, "m.so");
  EXPECT_EQ(o.inputs, "i");
  EXPECT_EQ(o.tolerance.rtol, 1e-3);
  EXPECT_EQ(o.bench, 5);
  EXPECT_EQ(o.threads, 2);
  EXPECT_EQ(o.policy, "bf16");
  EXPECT_TRUE(o.json);
  EXPECT_EQ(parsed({"--", "--odd.so"}).model, "--odd.so");
}

TEST(Options, FaultsAreNamed) {
  auto error = [](std::vector<std::string> args) -> std::string {
    try {
      parsed(args);
    } catch (const Error &e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(error({}), "expected a model; see mp-run --help");
  EXPECT_EQ(error({"a", "b"}), "expected one model, but got 'a' and 'b'");
  EXPECT_EQ(error({"a", "--frobnicate"}),
            "unknown option '--frobnicate'; see mp-run --help");
  EXPECT_EQ(error({"a", "--bench=0"}),
            "expected --bench to be a count from 1 to 1000000000, but got '0'");
  EXPECT_EQ(error({"a", "--rtol=-1"}),
            "expected --rtol to be a number that is not negative, but got "
            "'-1'");
  EXPECT_EQ(error({"a", "--inputs"}), "option --inputs needs a value");
  EXPECT_EQ(error({"a", "--json=1"}), "option --json takes no value");
}

TEST(Bench, MedianOfEvenAndOddCounts) {
  int64_t calls = 0;
  Timing timing = benchmark(4, 1.5, [&] { ++calls; });
  EXPECT_EQ(timing.runs, 4);
  EXPECT_EQ(timing.firstMs, 1.5);
  EXPECT_EQ(calls, timing.runs + timing.warmup);
  EXPECT_GE(timing.warmup, 2);
  EXPECT_LE(timing.minMs, timing.medianMs);
  EXPECT_LE(timing.medianMs, timing.p90Ms);
  EXPECT_LE(timing.p90Ms, timing.maxMs);
}

namespace {
std::vector<Comparison> compareF32(const std::vector<float> &got,
                                   const std::vector<float> &expected,
                                   double rtol, double atol) {
  auto tensor = [](const std::vector<float> &values) {
    return mp::io::Tensor{"result0",
                          mp::io::DType::F32,
                          {static_cast<int64_t>(values.size())},
                          reinterpret_cast<const uint8_t *>(values.data()),
                          values.size() * 4};
  };
  std::string error;
  // Through a file, because that is how expected values come.
  TempFolder folder;
  std::string path = folder.file("expected.safetensors");
  EXPECT_TRUE(mp::io::writeSafetensors(path, {tensor(expected)}, {}, error));
  auto file = mp::io::SafetensorsFile::read(path, error);
  return compare(Function(), {tensor(got)}, *file, path, {rtol, atol});
}
} // namespace

TEST(Compare, ToleranceIsAbsolutePlusRelative) {
  auto c = compareF32({1, 100.25f, 5}, {1, 100, 5}, 1e-3, 0).at(0);
  EXPECT_EQ(c.failing, 1u);
  EXPECT_EQ(c.firstFailing, 1u);
  c = compareF32({1, 100.25f, 5}, {1, 100, 5}, 1e-3, 0.2).at(0);
  EXPECT_TRUE(c.pass());
  EXPECT_EQ(c.maxAbs, 0.25);
  EXPECT_EQ(c.maxRel, 0.0025);
}

TEST(Compare, NonFiniteValuesMustAgree) {
  float inf = INFINITY, nan = NAN;
  EXPECT_TRUE(compareF32({inf, nan, -inf}, {inf, nan, -inf}, 0, 0)[0].pass());
  EXPECT_FALSE(compareF32({inf}, {-inf}, 1, 1)[0].pass());
  EXPECT_FALSE(compareF32({1}, {nan}, 1, 1)[0].pass());
  EXPECT_FALSE(compareF32({inf}, {3e38f}, 1, 1)[0].pass());
}

TEST(Compare, ShapesMustAgree) {
  EXPECT_THROW(compareF32({1, 2}, {1}, 1, 1), Error);
}

TEST(Report, JsonHasTheContractsFields) {
  Report report;
  report.function = "main";
  report.timing.medianMs = 2;
  report.memory.arguments = 3;
  report.memory.instance.peak_bytes = 4;
  report.compared = true;
  report.comparisons = {{"result0", 2, 1, 0, 0.5, 0.25, 0.1, 1, 2}};
  auto json = nlohmann::json::parse(toJson(report));
  EXPECT_EQ(json["latency_ms"]["median"], 2);
  EXPECT_EQ(json["peak_memory_bytes"], 7);
  EXPECT_EQ(json["max_abs_error"], 0.5);
  EXPECT_EQ(json["max_rel_error"], 0.25);
  EXPECT_EQ(json["pass"], false);
  EXPECT_NE(failureText(report).find("'result0': 1 of 2 elements differ"),
            std::string::npos);
}
