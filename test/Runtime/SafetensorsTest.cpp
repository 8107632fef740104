#include "io/Safetensors.h"

#include "TempFolder.h"

#include <gtest/gtest.h>

using namespace mp::io;

namespace {

/// A file of a header and `data` bytes.
std::string make(const std::string &header, size_t data) {
  std::string text;
  for (int i = 0; i < 8; ++i)
    text += static_cast<char>(uint64_t(header.size()) >> (8 * i));
  text += header;
  for (size_t i = 0; i < data; ++i)
    text += static_cast<char>(i);
  return text;
}

std::unique_ptr<SafetensorsFile> parse(const std::string &text,
                                       std::string &error) {
  return SafetensorsFile::parse(
      "f", reinterpret_cast<const uint8_t *>(text.data()), text.size(), error);
}

std::string entry(const std::string &dtype, const std::string &shape,
                  const std::string &offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape +
         R"(,"data_offsets":)" + offsets + "}";
}

} // namespace

TEST(Safetensors, ReadsTensorsAndMetadata) {
  std::string text =
      make(R"({"__metadata__":{"k":"v"},"a":)" + entry("F32", "[2]", "[0,8]") +
               R"(,"b":)" + entry("BOOL", "[]", "[8,9]") + R"(,"c":)" +
               entry("I64", "[3,0]", "[9,9]") + "}  ",
           9);
  std::string error;
  auto file = parse(text, error);
  ASSERT_TRUE(file) << error;
  ASSERT_EQ(file->tensors().size(), 3u);
  EXPECT_EQ(file->metadata().at("k"), "v");
  const Tensor *a = file->find("a");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->type, DType::F32);
  EXPECT_EQ(a->shape, std::vector<int64_t>{2});
  EXPECT_EQ(a->size, 8u);
  EXPECT_EQ(a->data[1], 1);
  EXPECT_EQ(file->find("b")->shape.size(), 0u);
  EXPECT_EQ(file->find("c")->size, 0u);
  EXPECT_EQ(file->find("d"), nullptr);
}

// Each fault has one message that names file and key.
TEST(Safetensors, RefusesWhatIsNotWellFormed) {
  struct Fault {
    std::string text, error;
  };
  std::string good = entry("F32", "[2]", "[0,8]");
  const Fault faults[] = {
      {"", "'f' is not a safetensors file: expected at least 8 bytes, but got "
           "0"},
      {std::string(8, '\xff'), "'f' is not a safetensors file: its header of "
                               "18446744073709551615 bytes does not fit into "
                               "the file"},
      {make("{}", 0).substr(0, 9), "'f' is not a safetensors file: its header "
                                   "of 2 bytes does not fit into the file"},
      {make("[]", 0), "'f': its header is not a JSON object"},
      {make("{", 0), "'f': its header is not valid JSON"},
      {make("{}x", 0), "'f': its header is not valid JSON"},
      {make("{\"\xff\":1}", 0), "'f': its header is not valid JSON"},
      {make(R"({"a":)" + good + R"(,"a":)" + good + "}", 8),
       "'f': key 'a' appears twice"},
      {make(R"({"a":{"dtype":"F32","dtype":"F32"}})", 0),
       "'f': key 'dtype' appears twice"},
      {make(R"({"a":7})", 0),
       "'f': key 'a': expected an object with dtype, shape and data_offsets"},
      {make(R"({"a":{"shape":[]}})", 0),
       "'f': key 'a': expected a string 'dtype'"},
      {make(R"({"a":)" + entry("F12", "[]", "[0,4]") + "}", 4),
       "'f': key 'a': unsupported dtype 'F12'"},
      {make(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4),
       "'f': key 'a': expected an array 'shape'"},
      {make(R"({"a":)" + entry("F32", "[-1]", "[0,4]") + "}", 4),
       "'f': key 'a': expected sizes that are not negative, but got -1"},
      {make(R"({"a":)" + entry("F32", "[1.5]", "[0,4]") + "}", 4),
       "'f': key 'a': expected sizes that are not negative, but got 1.5"},
      {make(R"({"a":)" + entry("F32", "[4294967296,4294967296]", "[0,4]") + "}",
            4),
       "'f': key 'a': its shape [4294967296,4294967296] is too large"},
      {make(R"({"a":{"dtype":"F32","shape":[]}})", 4),
       "'f': key 'a': expected 'data_offsets' of two numbers"},
      {make(R"({"a":)" + entry("F32", "[]", "[0]") + "}", 4),
       "'f': key 'a': expected 'data_offsets' of two numbers"},
      {make(R"({"a":)" + entry("F32", "[2]", "[4,12]") + "}", 8),
       "'f': key 'a': its data_offsets [4,12] lie outside the 8 bytes of data"},
      {make(R"({"a":)" + entry("F32", "[2]", "[8,0]") + "}", 8),
       "'f': key 'a': its data_offsets [8,0] lie outside the 8 bytes of data"},
      {make(R"({"a":)" + entry("F32", "[3]", "[0,8]") + "}", 8),
       "'f': key 'a': expected 12 bytes for shape [3] of F32, but got 8"},
      {make(R"({"a":)" + good + R"(,"b":)" + entry("F32", "[1]", "[4,8]") + "}",
            8),
       "'f': key 'b': its bytes overlap those of 'a'"},
      {make(R"({"a":)" + entry("F32", "[1]", "[4,8]") + "}", 8),
       "'f': key 'a': 4 bytes before it belong to no tensor"},
      {make(R"({"a":)" + good + "}", 11),
       "'f': 3 bytes at its end belong to no tensor"},
      {make(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}})",
            8),
       "'f': key 'a': unknown field 'x'"},
      {make(R"({"__metadata__":[]})", 0),
       "'f': key '__metadata__': expected an object of strings"},
      {make(R"({"__metadata__":{"k":1}})", 0),
       "'f': key '__metadata__': expected a string for 'k'"}};
  for (const Fault &fault : faults) {
    std::string error;
    EXPECT_FALSE(parse(fault.text, error)) << fault.error;
    EXPECT_EQ(error.substr(0, fault.error.size()), fault.error);
  }
}

// Deep nesting must not exhaust the stack.
TEST(Safetensors, SurvivesDeepNesting) {
  std::string error;
  std::string deep(1 << 20, '[');
  EXPECT_FALSE(parse(make("{\"a\":" + deep + "}", 0), error));
  EXPECT_EQ(error, "'f': its header is not valid: its values are nested too "
                   "deeply");
  EXPECT_FALSE(parse(
      make("{\"a\":" + deep + std::string(1 << 20, ']') + "}", 0), error));
}

TEST(Safetensors, WhatIsWrittenIsReadAgain) {
  TempFolder folder;
  std::string path = folder.file("t.safetensors"), error;
  const uint8_t bytes[24] = {1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<Tensor> tensors = {{"flag", DType::Bool, {3}, bytes, 3},
                                 {"half", DType::BF16, {}, bytes, 2},
                                 {"wide", DType::I64, {3, 1}, bytes, 24},
                                 {"none", DType::F32, {0}, bytes, 0},
                                 {"q\"\n\xc3\xa4", DType::U8, {1}, bytes, 1}};
  ASSERT_TRUE(writeSafetensors(path, tensors, {{"step", "7"}}, error)) << error;
  auto file = SafetensorsFile::read(path, error);
  ASSERT_TRUE(file) << error;
  ASSERT_EQ(file->tensors().size(), tensors.size());
  EXPECT_EQ(file->metadata().at("step"), "7");
  for (const Tensor &tensor : tensors) {
    const Tensor *read = file->find(tensor.name);
    ASSERT_TRUE(read) << tensor.name;
    EXPECT_EQ(read->type, tensor.type);
    EXPECT_EQ(read->shape, tensor.shape);
    ASSERT_EQ(read->size, tensor.size);
    EXPECT_EQ(memcmp(read->data, tensor.data, tensor.size), 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(read->data) %
                  mp::io::bytes(read->type),
              0u);
  }
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Safetensors, WriterSaysWhatIsWrong) {
  const uint8_t bytes[4] = {};
  Tensor tensor{"a", DType::F32, {}, bytes, 4};
  std::string error;
  EXPECT_FALSE(writeSafetensors("/no/such/folder/f", {tensor}, {}, error));
  EXPECT_EQ(error,
            "cannot write '/no/such/folder/f': No such file or directory");
  EXPECT_FALSE(writeSafetensors("/dev/full", {tensor}, {}, error));
  EXPECT_EQ(error, "cannot write '/dev/full': No space left on device");
  EXPECT_FALSE(writeSafetensors("/dev/null", {tensor, tensor}, {}, error));
  EXPECT_EQ(error, "cannot write '/dev/null': two tensors are called 'a'");
}

TEST(Safetensors, FilesThatCannotBeRead) {
  std::string error;
  EXPECT_FALSE(SafetensorsFile::read("/no/such/file", error));
  EXPECT_EQ(error, "cannot read '/no/such/file': No such file or directory");
  EXPECT_FALSE(SafetensorsFile::read("/", error));
  EXPECT_EQ(error, "cannot read '/': it is not a regular file");
}
