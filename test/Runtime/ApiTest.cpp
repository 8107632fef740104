// Through the public header only, as a host program sees the library.
#include "mp_rt/mp_rt.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include <xmmintrin.h>

namespace {

std::string lastError() { return mp_rt_last_error(); }

struct Tensor : DLTensor {
  std::vector<int64_t> sizes, steps;
  Tensor(void *data, uint8_t code, uint8_t bits, std::vector<int64_t> shape)
      : DLTensor{}, sizes(std::move(shape)) {
    this->data = data;
    device = {kDLCPU, 0};
    dtype = {code, bits, 1};
    ndim = static_cast<int32_t>(sizes.size());
    this->shape = sizes.data();
  }
};

/// The hand-written model, and one instance of it.
struct Api : testing::Test {
  void SetUp() override {
    ASSERT_EQ(mp_rt_model_load(MODEL_DIR "/good.so", &model), MP_RT_OK)
        << lastError();
    mp_rt_instance_options options = {};
    options.struct_size = sizeof(options);
    options.threads = 2;
    ASSERT_EQ(mp_rt_instance_create(model, &options, &instance), MP_RT_OK)
        << lastError();
  }
  void TearDown() override {
    mp_rt_instance_destroy(instance);
    mp_rt_model_unload(model);
  }
  int32_t function(const char *name) {
    int32_t index = -1;
    EXPECT_EQ(mp_rt_model_find_function(model, name, &index), MP_RT_OK);
    return index;
  }
  mp_rt_status call(int32_t index, std::vector<DLTensor *> args,
                    std::vector<DLTensor *> results) {
    return mp_rt_call(instance, index, args.data(), results.data());
  }

  mp_rt_model *model = nullptr;
  mp_rt_instance *instance = nullptr;
  float x[6] = {0, 1, 2, 3, 4, 5}, w[6] = {1, 1, 1, 2, 2, 2}, y[6] = {};
  Tensor tx{x, MP_RT_DL_FLOAT, 32, {2, 3}}, tw{w, MP_RT_DL_FLOAT, 32, {2, 3}},
      ty{y, MP_RT_DL_FLOAT, 32, {2, 3}};
};

} // namespace

TEST_F(Api, DescribesTheModel) {
  mp_rt_model_info info = {};
  info.struct_size = sizeof(info);
  ASSERT_EQ(mp_rt_model_query(model, &info), MP_RT_OK);
  EXPECT_STREQ(info.compiler, "written by hand");
  EXPECT_STREQ(info.device, "cpu");
  EXPECT_EQ(info.num_functions, 5);
  mp_rt_function_info function = {};
  function.struct_size = sizeof(function);
  ASSERT_EQ(mp_rt_function_query(model, 0, &function), MP_RT_OK);
  EXPECT_STREQ(function.name, "main");
  EXPECT_EQ(function.num_args, 2);
  EXPECT_EQ(function.persistent_bytes, 24u);
  EXPECT_TRUE(function.has_prepare);
  mp_rt_value_info value = {};
  value.struct_size = sizeof(value);
  ASSERT_EQ(mp_rt_function_arg(model, 0, 1, &value), MP_RT_OK);
  EXPECT_STREQ(value.name, "params/w");
  EXPECT_STREQ(value.role, "param");
  EXPECT_EQ(value.ndim, 2);
  EXPECT_EQ(value.shape[1], 3);
  EXPECT_EQ(value.bytes, 24u);
  EXPECT_EQ(value.dtype.code, MP_RT_DL_FLOAT);
}

// A program built against an older, shorter struct gets the fields it knows.
TEST_F(Api, OlderCallersGetTheFieldsTheyKnow) {
  mp_rt_model_info info = {};
  info.struct_size = offsetof(mp_rt_model_info, cpu_features);
  ASSERT_EQ(mp_rt_model_query(model, &info), MP_RT_OK);
  EXPECT_STREQ(info.device, "cpu");
  EXPECT_EQ(info.cpu_features, nullptr);
  info.struct_size = 0;
  EXPECT_EQ(mp_rt_model_query(model, &info), MP_RT_INVALID_ARGUMENT);
}

TEST_F(Api, RunsAndKeepsPreparedParameters) {
  ASSERT_EQ(call(0, {&tx, &tw}, {&ty}), MP_RT_OK) << lastError();
  EXPECT_EQ(std::vector<float>(y, y + 6),
            (std::vector<float>{1, 2, 3, 7, 9, 11}));
  // Parameters count as unchanged until the caller says otherwise.
  w[0] = w[1] = 10;
  ASSERT_EQ(call(0, {&tx, &tw}, {&ty}), MP_RT_OK);
  EXPECT_EQ(y[1], 2);
  ASSERT_EQ(mp_rt_instance_params_changed(instance), MP_RT_OK);
  ASSERT_EQ(call(0, {&tx, &tw}, {&ty}), MP_RT_OK);
  EXPECT_EQ(y[1], 11);
  mp_rt_memory_info memory = {};
  memory.struct_size = sizeof(memory);
  ASSERT_EQ(mp_rt_instance_memory(instance, &memory), MP_RT_OK);
  EXPECT_EQ(memory.threads, 2);
  EXPECT_EQ(memory.persistent_bytes, 24u);
  EXPECT_EQ(memory.scratch_bytes, 128u);
  EXPECT_EQ(memory.peak_bytes, 152u);
}

// A step that replaces its parameters leaves them prepared for a next one that
// goes on with its results; with other parameters they are prepared again.
TEST_F(Api, StepsKeepTheirOwnResultsPrepared) {
  int32_t step = function("step");
  int32_t a[4] = {1, 2, 3, 4}, b[4] = {};
  Tensor ta{a, MP_RT_DL_INT, 32, {4}}, tb{b, MP_RT_DL_INT, 32, {4}};
  ASSERT_EQ(call(step, {&ta}, {&ta}), MP_RT_OK) << lastError();
  EXPECT_EQ(a[0], 11);
  ASSERT_EQ(call(step, {&ta}, {&tb}), MP_RT_OK);
  EXPECT_EQ(b[0], 121);
  // What was kept is that of b: nobody has looked at b itself.
  b[0] = 0;
  ASSERT_EQ(call(step, {&tb}, {&tb}), MP_RT_OK);
  EXPECT_EQ(b[0], 1210);
  // a was not the last result.
  ASSERT_EQ(call(step, {&ta}, {&tb}), MP_RT_OK);
  EXPECT_EQ(b[0], 121);
  b[0] = 1;
  ASSERT_EQ(mp_rt_instance_params_changed(instance), MP_RT_OK);
  ASSERT_EQ(call(step, {&tb}, {&tb}), MP_RT_OK);
  EXPECT_EQ(b[0], 11);
}

TEST_F(Api, ChecksEveryTensor) {
  auto expect = [&](std::vector<DLTensor *> args, const char *text) {
    EXPECT_EQ(call(0, args, {&ty}), MP_RT_INVALID_ARGUMENT);
    EXPECT_EQ(lastError(), std::string("'main' argument 0 ('x'): ") + text);
  };
  Tensor t = tx;
  expect({nullptr, &tw}, "expected a tensor, but got null");
  t = Tensor(x, MP_RT_DL_FLOAT, 64, {2, 3});
  expect({&t, &tw}, "expected '2x3xf32', but got '2x3xf64'");
  t = Tensor(x, MP_RT_DL_FLOAT, 32, {3, 2});
  t.shape = t.sizes.data();
  expect({&t, &tw}, "expected '2x3xf32', but got '3x2xf32'");
  t = Tensor(x, MP_RT_DL_FLOAT, 32, {});
  expect({&t, &tw}, "expected '2x3xf32', but got 'f32'");
  t = Tensor(x, MP_RT_DL_FLOAT, 32, {2, 3});
  t.shape = t.sizes.data();
  t.dtype.lanes = 4;
  expect({&t, &tw}, "expected '2x3xf32', but got '2x3xf32' with vector lanes");
  t.dtype.lanes = 1;
  t.device.device_type = kDLCUDA;
  expect({&t, &tw}, "expected memory of device type 1, but got 2");
  t.device.device_type = kDLCPU;
  t.data = nullptr;
  expect({&t, &tw}, "expected 24 bytes of data, but got null");
  t.data = reinterpret_cast<char *>(x) + 1;
  expect({&t, &tw}, "expected an address that is a multiple of 4");
  t.data = x;
  int64_t transposed[] = {1, 2}, plain[] = {3, 1};
  t.strides = transposed;
  expect({&t, &tw}, "expected row-major contiguous elements, but got strides");
  t.strides = plain;
  EXPECT_EQ(call(0, {&t, &tw}, {&ty}), MP_RT_OK) << lastError();
}

TEST_F(Api, ByteOffsetCounts) {
  float padded[7] = {9, 0, 1, 2, 3, 4, 5};
  Tensor t(padded, MP_RT_DL_FLOAT, 32, {2, 3});
  t.byte_offset = 4;
  ASSERT_EQ(call(0, {&t, &tw}, {&ty}), MP_RT_OK) << lastError();
  EXPECT_EQ(y[5], 11);
}

TEST_F(Api, ResultsOverlapNothingButWhatIsDonated) {
  EXPECT_EQ(call(0, {&tx, &tw}, {&tx}), MP_RT_INVALID_ARGUMENT);
  EXPECT_EQ(lastError(),
            "'main' result 0 ('y'): its buffer overlaps argument 0");
  int32_t numbers[5] = {1, 2, 3, 4, 0};
  Tensor in(numbers, MP_RT_DL_INT, 32, {4});
  Tensor shifted(numbers + 1, MP_RT_DL_INT, 32, {4});
  int32_t index = function("increment");
  ASSERT_EQ(call(index, {&in}, {&in}), MP_RT_OK) << lastError();
  EXPECT_EQ(numbers[3], 5);
  EXPECT_EQ(call(index, {&in}, {&shifted}), MP_RT_INVALID_ARGUMENT);
}

TEST_F(Api, FailedChecksHaveTheirOwnStatus) {
  int32_t a[4] = {1, 2, 3, 4}, b[4] = {1, 2, 3, 5}, r[4];
  Tensor ta(a, MP_RT_DL_INT, 32, {4}), tb(b, MP_RT_DL_INT, 32, {4}),
      tr(r, MP_RT_DL_INT, 32, {4});
  EXPECT_EQ(call(function("check"), {&ta, &tb}, {&tr}), MP_RT_CHECK_FAILED);
  EXPECT_EQ(lastError(), "model.mlir:3:5: check failed for 1 of 4 elements of "
                         "'4xi32', first at [3]: expected 5, but got 4");
  EXPECT_EQ(call(function("check"), {&ta, &ta}, {&tr}), MP_RT_OK);
}

// Flushed subnormals or another rounding, set by a host program, would change
// results; they are the caller's again afterwards.
TEST_F(Api, RoundingModeOfTheCallerDoesNotMatter) {
  unsigned before = _mm_getcsr(), flushing = before | 0x8040;
  float tiny[6] = {1e-40f, 1e-40f, 1e-40f, 1e-40f, 1e-40f, 1e-40f};
  Tensor t(tiny, MP_RT_DL_FLOAT, 32, {2, 3});
  _mm_setcsr(flushing);
  mp_rt_status status = call(0, {&tx, &t}, {&ty});
  unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT_EQ(status, MP_RT_OK);
  EXPECT_EQ(after & 0xffc0, flushing & 0xffc0);
}

TEST_F(Api, ModelOutlivesItsUnloadingWhileInUse) {
  mp_rt_model_unload(model);
  EXPECT_EQ(call(0, {&tx, &tw}, {&ty}), MP_RT_OK);
  model = nullptr;
}

TEST_F(Api, EventsAreReported) {
  struct Seen {
    std::vector<std::string> names;
  } seen;
  mp_rt_instance_options options = {};
  options.struct_size = sizeof(options);
  options.threads = 1;
  options.profile_user = &seen;
  options.profile = [](void *user, const mp_rt_event *event) {
    static const char *const kinds[] = {"launch ", "library ", "prepare ",
                                        "call "};
    static_cast<Seen *>(user)->names.push_back(std::string(kinds[event->kind]) +
                                               event->name);
  };
  mp_rt_instance *profiled;
  ASSERT_EQ(mp_rt_instance_create(model, &options, &profiled), MP_RT_OK);
  DLTensor *args[] = {&tx, &tw}, *results[] = {&ty};
  EXPECT_EQ(mp_rt_call(profiled, 0, args, results), MP_RT_OK);
  mp_rt_instance_destroy(profiled);
  EXPECT_EQ(seen.names,
            (std::vector<std::string>{"launch double", "prepare main",
                                      "launch mul_add", "call main"}));
}

TEST_F(Api, TheNullDeviceChecksAndComputesNothing) {
  mp_rt_instance_options options = {};
  options.struct_size = sizeof(options);
  options.device = "null";
  mp_rt_instance *null;
  ASSERT_EQ(mp_rt_instance_create(model, &options, &null), MP_RT_OK);
  y[1] = 42;
  DLTensor *args[] = {&tx, &tw}, *results[] = {&ty};
  EXPECT_EQ(mp_rt_call(null, 0, args, results), MP_RT_OK);
  EXPECT_EQ(y[1], 42);
  args[0] = nullptr;
  EXPECT_EQ(mp_rt_call(null, 0, args, results), MP_RT_INVALID_ARGUMENT);
  mp_rt_instance_destroy(null);
}

TEST_F(Api, MisuseIsAnError) {
  EXPECT_EQ(mp_rt_call(nullptr, 0, nullptr, nullptr), MP_RT_INVALID_ARGUMENT);
  EXPECT_EQ(mp_rt_call(instance, 9, nullptr, nullptr), MP_RT_INVALID_ARGUMENT);
  EXPECT_EQ(mp_rt_call(instance, 0, nullptr, nullptr), MP_RT_INVALID_ARGUMENT);
  mp_rt_value_info value = {};
  value.struct_size = sizeof(value);
  EXPECT_EQ(mp_rt_function_arg(model, 0, 2, &value), MP_RT_INVALID_ARGUMENT);
  EXPECT_EQ(mp_rt_function_result(model, -1, 0, &value),
            MP_RT_INVALID_ARGUMENT);
  int32_t index;
  EXPECT_EQ(mp_rt_model_find_function(model, "sub", &index),
            MP_RT_INVALID_ARGUMENT);
  EXPECT_NE(lastError().find("expected one of 'main', 'check'"),
            std::string::npos);
  EXPECT_EQ(mp_rt_instance_params_changed(nullptr), MP_RT_INVALID_ARGUMENT);
  mp_rt_instance_destroy(nullptr);
  mp_rt_model_unload(nullptr);
}

TEST_F(Api, OptionsAreChecked) {
  mp_rt_instance *out = nullptr;
  mp_rt_instance_options options = {};
  EXPECT_EQ(mp_rt_instance_create(model, &options, &out),
            MP_RT_INVALID_ARGUMENT);
  options.struct_size = sizeof(options);
  options.threads = -1;
  EXPECT_EQ(mp_rt_instance_create(model, &options, &out),
            MP_RT_INVALID_ARGUMENT);
  options.threads = 1;
  options.device = "tpu";
  EXPECT_EQ(mp_rt_instance_create(model, &options, &out),
            MP_RT_INVALID_ARGUMENT);
  EXPECT_EQ(lastError(),
            "unknown device 'tpu': expected one of 'cpu', 'null', 'cuda'");
  setenv("MP_RT_THREADS", "many", 1);
  options.device = nullptr;
  options.threads = 0;
  EXPECT_EQ(mp_rt_instance_create(model, &options, &out),
            MP_RT_INVALID_ARGUMENT);
  unsetenv("MP_RT_THREADS");
  EXPECT_EQ(out, nullptr);
}

TEST(Devices, AreFoundByName) {
  std::vector<std::string> names;
  for (int32_t i = 0; i < mp_rt_device_kinds(); ++i)
    names.push_back(mp_rt_device_kind_name(i));
  EXPECT_EQ(names, (std::vector<std::string>{"cpu", "null", "cuda"}));
  EXPECT_EQ(mp_rt_device_kind_name(99), nullptr);
  EXPECT_EQ(mp_rt_device_available("cpu"), MP_RT_OK);
  EXPECT_EQ(mp_rt_device_available(nullptr), MP_RT_OK);
  EXPECT_EQ(mp_rt_device_available("cuda"), MP_RT_UNSUPPORTED);
  setenv("MP_RT_DEVICE", "abacus", 1);
  EXPECT_EQ(mp_rt_device_available(nullptr), MP_RT_INVALID_ARGUMENT);
  unsetenv("MP_RT_DEVICE");
}

TEST(Loading, EachFaultHasOneMessage) {
  auto expect = [](const char *name, mp_rt_status status, const char *text) {
    mp_rt_model *model = nullptr;
    std::string path = std::string(MODEL_DIR "/") + name;
    EXPECT_EQ(mp_rt_model_load(path.c_str(), &model), status);
    EXPECT_EQ(lastError(), "'" + path + "' " + text);
    EXPECT_EQ(model, nullptr);
  };
  expect("newer.so", MP_RT_UNSUPPORTED,
         "was compiled for runtime interface 9.0, but this runtime has 1.2; "
         "compile it again");
  expect("lying.so", MP_RT_UNSUPPORTED,
         "was compiled for runtime interface 9.2, but this runtime has 1.2; "
         "compile it again");
  expect("demanding.so", MP_RT_UNSUPPORTED,
         "needs CPU features that this machine does not have: 'lwp'; compile "
         "it for this machine");
  expect("strange.so", MP_RT_UNSUPPORTED,
         "needs the CPU feature 'flux-capacitor', which this runtime does not "
         "know");
  expect("foreign.so", MP_RT_INVALID_ARGUMENT,
         "is not a compiled model: it is a shared object without the note that "
         "mp-compile writes");
  expect("no_symbol.so", MP_RT_INVALID_ARGUMENT,
         "is not a compiled model: it does not export 'mp_rt_model'");
  EXPECT_EQ(mp_rt_model_load(nullptr, nullptr), MP_RT_INVALID_ARGUMENT);
}

TEST(Version, IsTheHeaders) {
  uint32_t major = 0, minor = 9;
  mp_rt_version(&major, &minor);
  EXPECT_EQ(major, static_cast<uint32_t>(MP_RT_ABI_MAJOR));
  EXPECT_EQ(minor, static_cast<uint32_t>(MP_RT_ABI_MINOR));
}
