#include "cpu/dnnl_adapter.h"

using namespace mp::rt;

mp_rt_status DnnlState::run(mp_rt_exec *exec, const mp_rt_library_call *call) {
  limitOpenMP(threads(exec));
  dnnl::engine &engine = dnnlEngine();
  dnnl::stream stream(engine);
  dnnl::memory input(inputDesc, engine, call->operands[0].data);
  dnnl::memory weights(plainDesc, engine, call->operands[1].data);
  dnnl::memory result(resultDesc, engine, call->operands[2].data);

  if (packedDesc != plainDesc) {
    bool keep = call->operands[1].invariant;
    if (!keep || packedAt != generation(exec)) {
      if (!packed) {
        packed = dnnl::memory(packedDesc, engine);
        packedBytes = packedDesc.get_size();
      }
      dnnl::reorder(weights, packed).execute(stream, weights, packed);
      packedAt = keep ? generation(exec) : 0;
    }
    weights = packed;
  }
  primitive.execute(stream, {{DNNL_ARG_SRC, input},
                             {DNNL_ARG_WEIGHTS, weights},
                             {DNNL_ARG_DST, result}});
  stream.wait();
  return MP_RT_OK;
}
