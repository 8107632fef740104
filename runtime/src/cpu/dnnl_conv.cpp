// mp_rt_conv: a convolution through oneDNN.
//
// Operands: input [N, X.., C], filter [W.., C / groups, O]; one result
// [N, Y.., O]. Config: groups, then for each spatial dimension its stride,
// low padding, high padding and filter dilation (1: dense). Formats f32 and
// bf16; f32 operands are multiplied as f32.
#include "cpu/dnnl_adapter.h"

using namespace mp::rt;

/// oneDNN counts batch and channels before the spatial dimensions; a channels-
/// last tensor is one with other strides.
static dnnl::memory::desc describePixels(const mp_rt_operand &operand,
                                         dnnl::memory::data_type type) {
  int32_t rank = operand.rank;
  dnnl::memory::dims sizes = {operand.shape[0], operand.shape[rank - 1]};
  for (int32_t i = 1; i < rank - 1; ++i)
    sizes.push_back(operand.shape[i]);
  dnnl::memory::dims strides(sizes.size());
  int64_t stride = operand.shape[rank - 1];
  strides[1] = 1;
  for (int32_t i = rank - 1; i >= 2; --i) {
    strides[i] = stride;
    stride *= sizes[i];
  }
  strides[0] = stride;
  return {sizes, type, strides};
}

/// [W.., C / groups, O] seen as [(groups,) O / groups, C / groups, W..].
static dnnl::memory::desc describeFilter(const mp_rt_operand &operand,
                                         dnnl::memory::data_type type,
                                         int64_t groups, bool any) {
  int32_t spatial = operand.rank - 2;
  int64_t inputs = operand.shape[spatial], outputs = operand.shape[spatial + 1];
  dnnl::memory::dims sizes, strides;
  if (groups > 1) {
    sizes.push_back(groups);
    strides.push_back(outputs / groups);
  }
  sizes.insert(sizes.end(), {outputs / groups, inputs});
  strides.insert(strides.end(), {1, outputs});
  size_t first = sizes.size();
  sizes.insert(sizes.end(), operand.shape, operand.shape + spatial);
  strides.resize(sizes.size());
  int64_t stride = outputs * inputs;
  for (int32_t i = spatial - 1; i >= 0; --i) {
    strides[first + i] = stride;
    stride *= operand.shape[i];
  }
  if (any)
    return {sizes, type, dnnl::memory::format_tag::any};
  return {sizes, type, strides};
}

static mp_rt_status prepare(const mp_rt_library_call *call, DnnlState &state) {
  const mp_rt_operand &input = call->operands[0], &filter = call->operands[1],
                      &result = call->operands[2];
  dnnl::memory::data_type inputType, filterType, resultType;
  if (!dnnlType(input, inputType) || !dnnlType(filter, filterType) ||
      !dnnlType(result, resultType))
    return fail(MP_RT_INTERNAL, "mp_rt_conv: expected f32 or bf16 tensors");
  int32_t spatial = input.rank - 2;
  if (spatial < 1 || spatial > 3 || filter.rank != input.rank ||
      result.rank != input.rank || call->num_config < 1 + 4 * spatial)
    return fail(MP_RT_INTERNAL,
                "mp_rt_conv: expected 1 to 3 spatial dimensions");
  int64_t groups = call->config[0];
  DnnlWindow window;
  for (int32_t i = 0; i < spatial; ++i) {
    const int64_t *config = call->config + 1 + 4 * i;
    window.strides.push_back(config[0]);
    window.low.push_back(config[1]);
    window.high.push_back(config[2]);
    window.dilations.push_back(config[3] - 1);
  }
  state.inputDesc = describePixels(input, inputType);
  state.resultDesc = describePixels(result, resultType);
  state.plainDesc = describeFilter(filter, filterType, groups, false);
  // Even a filter that changes is worth reordering: it is read for each pixel.
  auto desc = dnnlConvolution(state.inputDesc,
                              describeFilter(filter, filterType, groups, true),
                              state.resultDesc, window);
  state.packedDesc = desc.weights_desc();
  state.primitive = dnnl::convolution_forward(desc);
  state.ready = true;
  return MP_RT_OK;
}

extern "C" MP_RT_API mp_rt_status mp_rt_conv(mp_rt_exec *exec,
                                             const mp_rt_library_call *call) {
  return runRoutine("mp_rt_conv", exec, call, [&]() -> mp_rt_status {
    if (mp_rt_status status = expectOperands("mp_rt_conv", call, 2, 1, 5))
      return status;
    return dnnlGuarded("mp_rt_conv", [&]() -> mp_rt_status {
      auto &state = callState<DnnlState>(exec, call);
      if (!state.ready)
        if (mp_rt_status status = prepare(call, state))
          return status;
      return state.run(exec, call);
    });
  });
}
