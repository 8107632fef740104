// The library routines against loops in double. Inputs are small integers, so
// sums are exact in f32 and results must be equal.
#include "cpu/Library.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace mp::rt;

extern "C" mp_rt_status mp_rt_gemm(mp_rt_exec *, const mp_rt_library_call *);
extern "C" mp_rt_status mp_rt_conv(mp_rt_exec *, const mp_rt_library_call *);

namespace {

struct Tensor {
  std::vector<int64_t> shape;
  std::vector<float> data;
  explicit Tensor(std::vector<int64_t> sizes, int seed = 0)
      : shape(std::move(sizes)) {
    size_t count = 1;
    for (int64_t size : shape)
      count *= static_cast<size_t>(size);
    for (size_t i = 0; i < count; ++i)
      data.push_back(static_cast<float>(int(i * 7 + i / 5 + seed) % 9 - 4));
  }
  mp_rt_operand operand(bool invariant = false) {
    return {
        data.data(), shape.data(), int32_t(shape.size()), 2, 32, invariant, 0};
  }
};

struct DnnlTest : testing::Test {
  DnnlTest() { ThreadPool::create(2, exec.pool); }

  mp_rt_status call(mp_rt_library_routine routine, int32_t id,
                    std::vector<mp_rt_operand> operands,
                    std::vector<int64_t> config) {
    mp_rt_library_call call = {sizeof(call),
                               id,
                               int32_t(operands.size()) - 1,
                               1,
                               int32_t(config.size()),
                               operands.data(),
                               config.data(),
                               "m.mlir:3:4"};
    return routine(&exec, &call);
  }
  mp_rt_exec exec;
};

void expectProduct(const Tensor &a, const Tensor &b, const Tensor &c,
                   bool transposeA, bool transposeB) {
  size_t rank = c.shape.size();
  int64_t batch = rank == 3 ? c.shape[0] : 1;
  int64_t m = c.shape[rank - 2], n = c.shape[rank - 1];
  int64_t k = a.shape[rank - (transposeA ? 2 : 1)];
  for (int64_t g = 0; g < batch; ++g)
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (int64_t l = 0; l < k; ++l)
          sum +=
              double(a.data[g * m * k + (transposeA ? l * m + i : i * k + l)]) *
              b.data[g * n * k + (transposeB ? j * k + l : l * n + j)];
        ASSERT_EQ(c.data[g * m * n + i * n + j], sum)
            << g << ' ' << i << ' ' << j;
      }
}

TEST_F(DnnlTest, Products) {
  int32_t id = 0;
  for (bool invariant : {false, true})
    for (bool transposeA : {false, true})
      for (bool transposeB : {false, true})
        for (int64_t batch : {0, 3}) {
          auto shape = [&](int64_t rows, int64_t columns, bool transposed) {
            std::vector<int64_t> sizes;
            if (batch)
              sizes.push_back(batch);
            sizes.push_back(transposed ? columns : rows);
            sizes.push_back(transposed ? rows : columns);
            return sizes;
          };
          Tensor a(shape(5, 17, transposeA)), b(shape(17, 33, transposeB), 2),
              c(shape(5, 33, false));
          ASSERT_EQ(call(mp_rt_gemm, id++,
                         {a.operand(), b.operand(invariant), c.operand()},
                         {transposeA, transposeB}),
                    MP_RT_OK);
          expectProduct(a, b, c, transposeA, transposeB);
        }
}

// What is kept of invariant weights is good for one generation.
TEST_F(DnnlTest, WeightsArePackedOncePerGeneration) {
  Tensor a({64, 64}), b({64, 64}, 1), c({64, 64});
  auto run = [&] {
    ASSERT_EQ(call(mp_rt_gemm, 1, {a.operand(), b.operand(true), c.operand()},
                   {0, 0}),
              MP_RT_OK);
  };
  run();
  b = Tensor({64, 64}, 3);
  ++exec.generation;
  run();
  expectProduct(a, b, c, false, false);
}

struct Window {
  std::vector<int64_t> input, filter, stride, low, high, dilation;
  int64_t batch, channels, outputs, groups;
};

TEST_F(DnnlTest, Convolutions) {
  std::vector<Window> windows = {
      {{9}, {3}, {1}, {1}, {1}, {1}, 2, 4, 6, 1},
      {{8, 9}, {3, 2}, {2, 1}, {0, 1}, {2, 0}, {1, 2}, 1, 3, 10, 1},
      {{6, 6}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, 2, 8, 8, 8},
      {{6, 6}, {3, 3}, {1, 2}, {1, 1}, {1, 1}, {1, 1}, 2, 8, 12, 2},
      {{4, 5, 6},
       {2, 1, 3},
       {1, 1, 2},
       {1, 0, 1},
       {0, 0, 1},
       {1, 1, 1},
       1,
       2,
       5,
       1}};
  int32_t id = 0;
  for (const Window &w : windows) {
    SCOPED_TRACE(id);
    size_t spatial = w.input.size();
    std::vector<int64_t> in = {w.batch}, filter = w.filter, out = {w.batch};
    std::vector<int64_t> config = {w.groups};
    // Three spatial dimensions for the loops below, the first ones of size 1.
    std::vector<int64_t> x(3, 1), f(3, 1), y(3, 1), s(3, 1), p(3, 0), d(3, 1);
    for (size_t i = 0; i < spatial; ++i) {
      size_t at = 3 - spatial + i;
      x[at] = w.input[i], f[at] = w.filter[i], s[at] = w.stride[i];
      p[at] = w.low[i], d[at] = w.dilation[i];
      y[at] = (w.input[i] + w.low[i] + w.high[i] -
               (w.dilation[i] * (w.filter[i] - 1) + 1)) /
                  w.stride[i] +
              1;
      in.push_back(w.input[i]);
      out.push_back(y[at]);
      config.insert(config.end(),
                    {w.stride[i], w.low[i], w.high[i], w.dilation[i]});
    }
    in.push_back(w.channels);
    out.push_back(w.outputs);
    int64_t cg = w.channels / w.groups, og = w.outputs / w.groups;
    filter.insert(filter.end(), {cg, w.outputs});
    Tensor input(in), weights(filter, 2), result(out);
    ASSERT_EQ(call(mp_rt_conv, id++,
                   {input.operand(), weights.operand(true), result.operand()},
                   config),
              MP_RT_OK)
        << mp_rt_last_error();
    for (int64_t i = 0; i < int64_t(result.data.size()); ++i) {
      int64_t o = i % w.outputs, rest = i / w.outputs, at[3];
      for (int j = 2; j >= 0; --j) {
        at[j] = rest % y[j];
        rest /= y[j];
      }
      double sum = 0;
      for (int64_t t = 0; t < f[0] * f[1] * f[2]; ++t) {
        int64_t tap[3] = {t / (f[1] * f[2]), t / f[2] % f[1], t % f[2]},
                pixel = rest;
        bool inside = true;
        for (int j = 0; j < 3; ++j) {
          int64_t q = at[j] * s[j] - p[j] + tap[j] * d[j];
          inside = inside && q >= 0 && q < x[j];
          pixel = pixel * x[j] + q;
        }
        for (int64_t c = 0; inside && c < cg; ++c)
          sum += double(input.data[pixel * w.channels + o / og * cg + c]) *
                 weights.data[(t * cg + c) * w.outputs + o];
      }
      ASSERT_EQ(result.data[i], sum) << i;
    }
  }
}

TEST_F(DnnlTest, RefusesOtherFormats) {
  Tensor a({4, 4}), b({4, 4}), c({4, 4});
  mp_rt_operand half = a.operand();
  half.bits = 16;
  EXPECT_EQ(call(mp_rt_gemm, 1, {half, b.operand(), c.operand()}, {0, 0}),
            MP_RT_INTERNAL);
  EXPECT_STREQ(mp_rt_last_error(),
               "m.mlir:3:4: mp_rt_gemm: expected f32 or bf16 tensors");
  EXPECT_EQ(call(mp_rt_gemm, 2, {a.operand(), c.operand()}, {0, 0}),
            MP_RT_INTERNAL);
}

} // namespace
