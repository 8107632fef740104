#include "core/ModelFile.h"

#include "mp_rt/mp_rt.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <vector>

using namespace mp::rt;

namespace {

std::vector<uint8_t> read(const std::string &name) {
  std::ifstream file(std::string(MODEL_DIR "/") + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

mp_rt_status parse(const std::vector<uint8_t> &bytes, ModelNote &note) {
  return readModelNote("m.so", bytes.data(), bytes.size(), note);
}

} // namespace

TEST(ModelFile, ReadsTheNote) {
  ModelNote note;
  ASSERT_EQ(parse(read("good.so"), note), MP_RT_OK) << mp_rt_last_error();
  EXPECT_EQ(note.major, 1u);
  EXPECT_EQ(note.minor, 0u);
  EXPECT_EQ(note.device, "cpu");
  EXPECT_EQ(note.cpuFeatures, "sse2,64bit");
}

TEST(ModelFile, NamesTheFault) {
  ModelNote note;
  auto expect = [&](const std::vector<uint8_t> &bytes, const char *text) {
    EXPECT_NE(parse(bytes, note), MP_RT_OK);
    EXPECT_NE(std::string(mp_rt_last_error()).find(text), std::string::npos)
        << mp_rt_last_error();
  };
  expect({}, "is not a compiled model: expected an ELF shared object");
  expect({'{', '}', ' ', ' ', ' '}, "expected an ELF shared object");
  expect({0x7f, 'E', 'L', 'F'}, "is truncated: the ELF header");
  expect(read("foreign.so"), "without the note that mp-compile writes");
  expect(read("garbled.so"), "expected a note 'major.minor;device;features'");
  auto bytes = read("good.so");
  bytes[4] = 1; // ELFCLASS32
  expect(bytes, "is made for another machine");
  bytes = read("good.so");
  bytes[18] = 183; // AArch64
  expect(bytes, "machine 183");
  bytes = read("good.so");
  bytes[16] = 2; // ET_EXEC
  expect(bytes, "expected a shared object, but got ELF type 2");
}

// A copy that broke off is found whatever its length: nothing of it may run.
TEST(ModelFile, EveryTruncationIsRefused) {
  auto bytes = read("good.so");
  ModelNote note;
  for (size_t size = 0; size < bytes.size(); size += size < 4096 ? 1 : 97) {
    std::vector<uint8_t> part(bytes.begin(), bytes.begin() + size);
    ASSERT_NE(parse(part, note), MP_RT_OK) << size;
  }
}

// Any bytes may be given; run under a sanitizer this finds reads outside.
TEST(ModelFile, SurvivesDamagedHeaders) {
  auto good = read("good.so");
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    auto bytes = good;
    for (int i = 0; i < 4; ++i)
      bytes[random() % 1024] = static_cast<uint8_t>(random());
    ModelNote note;
    (void)parse(bytes, note);
  }
}

TEST(ModelFile, FilesThatCannotBeRead) {
  ModelNote note;
  EXPECT_EQ(readModelFile(MODEL_DIR "/nothing.so", note),
            MP_RT_INVALID_ARGUMENT);
  EXPECT_NE(std::string(mp_rt_last_error()).find("No such file"),
            std::string::npos);
  EXPECT_EQ(readModelFile(MODEL_DIR, note), MP_RT_INVALID_ARGUMENT);
  EXPECT_NE(std::string(mp_rt_last_error()).find("not a regular file"),
            std::string::npos);
}
