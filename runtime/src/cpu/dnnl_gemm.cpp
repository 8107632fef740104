// mp_rt_gemm: result[b] = A[b] x B[b] through oneDNN.
//
// Operands: A, B; one result. Config: transpose A, transpose B (0 or 1).
// Formats f32 and bf16; f32 operands are multiplied as f32.
#include "cpu/dnnl_adapter.h"

#include <utility>

using namespace mp::rt;

/// A row-major tensor of rank 2 or 3, its last two dimensions swapped if
/// `transposed` (a view, nothing moves).
static dnnl::memory::desc describe(const mp_rt_operand &operand,
                                   dnnl::memory::data_type type,
                                   bool transposed) {
  dnnl::memory::dims sizes(operand.shape, operand.shape + operand.rank);
  dnnl::memory::dims strides(sizes.size(), 1);
  for (size_t i = sizes.size() - 1; i > 0; --i)
    strides[i - 1] = strides[i] * sizes[i];
  if (transposed) {
    size_t last = sizes.size() - 1;
    std::swap(sizes[last], sizes[last - 1]);
    std::swap(strides[last], strides[last - 1]);
  }
  return {sizes, type, strides};
}

static dnnl::memory::desc describeAny(const mp_rt_operand &operand,
                                      dnnl::memory::data_type type,
                                      bool transposed) {
  dnnl::memory::dims sizes(operand.shape, operand.shape + operand.rank);
  if (transposed)
    std::swap(sizes[sizes.size() - 1], sizes[sizes.size() - 2]);
  return {sizes, type, dnnl::memory::format_tag::any};
}

static mp_rt_status prepare(const mp_rt_library_call *call, DnnlState &state) {
  const mp_rt_operand &a = call->operands[0], &b = call->operands[1],
                      &result = call->operands[2];
  dnnl::memory::data_type aType, bType, resultType;
  if (!dnnlType(a, aType) || !dnnlType(b, bType) ||
      !dnnlType(result, resultType))
    return fail(MP_RT_INTERNAL, "mp_rt_gemm: expected f32 or bf16 tensors");
  if ((a.rank != 2 && a.rank != 3) || b.rank != a.rank || result.rank != a.rank)
    return fail(MP_RT_INTERNAL, "mp_rt_gemm: expected tensors of rank 2 or 3");
  state.inputDesc = describe(a, aType, call->config[0] != 0);
  state.plainDesc = describe(b, bType, call->config[1] != 0);
  state.resultDesc = describe(result, resultType, false);
  // A layout of oneDNN's own choice pays where it is made once.
  auto desc =
      dnnlMatmul(state.inputDesc,
                 b.invariant ? describeAny(b, bType, call->config[1] != 0)
                             : state.plainDesc,
                 state.resultDesc);
  state.packedDesc = desc.weights_desc();
  state.primitive = dnnl::matmul(desc);
  state.ready = true;
  return MP_RT_OK;
}

extern "C" MP_RT_API mp_rt_status mp_rt_gemm(mp_rt_exec *exec,
                                             const mp_rt_library_call *call) {
  return runRoutine("mp_rt_gemm", exec, call, [&]() -> mp_rt_status {
    if (mp_rt_status status = expectOperands("mp_rt_gemm", call, 2, 1, 2))
      return status;
    return dnnlGuarded("mp_rt_gemm", [&]() -> mp_rt_status {
      auto &state = callState<DnnlState>(exec, call);
      if (!state.ready)
        if (mp_rt_status status = prepare(call, state))
          return status;
      return state.run(exec, call);
    });
  });
}
