//===- dnnl_adapter.h - oneDNN 2.x and 3.x under one spelling -------------===//
//
// 3.0 took the operation descriptors away. Everything that differs is here, so
// that the routines read the same for both.
//
//===----------------------------------------------------------------------===//

#ifndef MP_RT_CPU_DNNL_ADAPTER_H
#define MP_RT_CPU_DNNL_ADAPTER_H

#include "cpu/Library.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <unordered_map>

namespace mp::rt {

inline dnnl::engine &dnnlEngine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// False if oneDNN has no such element type.
inline bool dnnlType(const mp_rt_operand &operand,
                     dnnl::memory::data_type &type) {
  constexpr uint8_t floatCode = 2, bfloatCode = 4; // DLPack's
  if (operand.code == floatCode && operand.bits == 32)
    type = dnnl::memory::data_type::f32;
  else if (operand.code == bfloatCode && operand.bits == 16)
    type = dnnl::memory::data_type::bf16;
  else
    return false;
  return true;
}

/// Products of f32 are products of f32, whatever the environment asks for.
inline dnnl::primitive_attr dnnlStrictMath() {
  dnnl::primitive_attr attributes;
  attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::library);
  return attributes;
}

inline dnnl::matmul::primitive_desc dnnlMatmul(const dnnl::memory::desc &a,
                                               const dnnl::memory::desc &b,
                                               const dnnl::memory::desc &c) {
#if DNNL_VERSION_MAJOR >= 3
  return {dnnlEngine(), a, b, c, dnnlStrictMath()};
#else
  return {dnnl::matmul::desc(a, b, c), dnnlStrictMath(), dnnlEngine()};
#endif
}

struct DnnlWindow {
  dnnl::memory::dims strides, dilations, low, high; // dilation 0: dense
};

inline dnnl::convolution_forward::primitive_desc
dnnlConvolution(const dnnl::memory::desc &input,
                const dnnl::memory::desc &filter,
                const dnnl::memory::desc &result, const DnnlWindow &window) {
  auto kind = dnnl::prop_kind::forward_inference;
  auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  return {dnnlEngine(), kind,        algorithm,       input,
          filter,       result,      window.strides,  window.dilations,
          window.low,   window.high, dnnlStrictMath()};
#else
  return {dnnl::convolution_forward::desc(
              kind, algorithm, input, filter, result, window.strides,
              window.dilations, window.low, window.high),
          dnnlStrictMath(), dnnlEngine()};
#endif
}

/// What a call site keeps: the primitive, and its second operand in the layout
/// that the primitive asked for.
class DnnlState : public CallState {
public:
  uint64_t bytes() const override { return packedBytes; }

  bool ready = false;
  dnnl::primitive primitive;
  dnnl::memory::desc inputDesc, plainDesc, packedDesc, resultDesc;

  /// Runs the primitive on the call's three tensors. Weights marked invariant
  /// are reordered once for each generation.
  mp_rt_status run(mp_rt_exec *exec, const mp_rt_library_call *call);

private:
  dnnl::memory packed;
  uint64_t packedAt = 0, packedBytes = 0;
};

/// Runs `body`; what oneDNN throws becomes a status that names `what`.
template <typename Body>
mp_rt_status dnnlGuarded(const char *what, Body &&body) {
  try {
    return body();
  } catch (const dnnl::error &error) {
    if (error.status == dnnl_out_of_memory)
      return fail(MP_RT_OUT_OF_MEMORY, "%s: out of memory", what);
    return fail(error.status == dnnl_unimplemented ? MP_RT_UNSUPPORTED
                                                   : MP_RT_INTERNAL,
                "%s: oneDNN refused: %s", what, error.what());
  }
}

} // namespace mp::rt

#endif // MP_RT_CPU_DNNL_ADAPTER_H
