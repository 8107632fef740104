/* A model written by hand against mp_rt_codegen.h, for tests of the runtime and
 * of mp-run. The build sets NOTE_* and MODEL_* to make it faulty. */
#include "mp_rt/mp_rt_codegen.h"
#include "mp_rt/mp_rt_dlpack.h"

#ifndef MODEL_MAJOR
#define MODEL_MAJOR MP_RT_CODEGEN_MAJOR
#endif
#ifndef NOTE_VERSION
#define NOTE_VERSION "1.0"
#endif
#ifndef NOTE_FEATURES
#define NOTE_FEATURES "sse2,64bit"
#endif
#define NOTE_TEXT NOTE_VERSION ";cpu;" NOTE_FEATURES

#ifndef MODEL_NO_NOTE
__attribute__((section(".note.mp"), aligned(4), used)) static const struct {
  uint32_t namesz, descsz, type;
  char name[4];
  char desc[(sizeof(NOTE_TEXT) + 3) / 4 * 4];
} note = {3, sizeof(NOTE_TEXT), MP_RT_NOTE_TYPE, MP_RT_NOTE_OWNER, NOTE_TEXT};
#endif

/* ---- main: result0 = x * weight + 1 over 2x3, weight doubled by `prepare` --
 */

static void doubleKernel(void *const *buffers, int64_t begin, int64_t end,
                         void *scratch) {
  (void)scratch;
  const float *from = buffers[0];
  float *to = buffers[1];
  for (int64_t i = begin; i < end; ++i)
    to[i] = 2 * from[i];
}

static mp_rt_status mainPrepare(mp_rt_exec *exec, void *const *args,
                                void *const *results, void *arena,
                                void *persistent) {
  (void)results;
  (void)arena;
  void *buffers[] = {args[1], persistent};
  return mp_rt_launch(exec, doubleKernel, buffers, 6, 2, 0, "double");
}

static void mulAddKernel(void *const *buffers, int64_t begin, int64_t end,
                         void *scratch) {
  const float *x = buffers[0], *w = buffers[1];
  float *out = buffers[2], *temporary = scratch;
  for (int64_t i = begin; i < end; ++i) {
    temporary[0] = x[i] * w[i] / 2;
    out[i] = temporary[0] + 1;
  }
}

static mp_rt_status mainRun(mp_rt_exec *exec, void *const *args,
                            void *const *results, void *arena,
                            void *persistent) {
  (void)arena;
  void *buffers[] = {args[0], persistent, results[0]};
  return mp_rt_launch(exec, mulAddKernel, buffers, 6, 1, 64, "mul_add");
}

/* ---- check: result0 = x; fails unless x equals the second argument --------
 */

static const int64_t shape4[] = {4};

static mp_rt_status checkRun(mp_rt_exec *exec, void *const *args,
                             void *const *results, void *arena,
                             void *persistent) {
  (void)arena;
  (void)persistent;
  const int64_t config[] = {0, 0, 0};
  mp_rt_operand operands[2] = {{args[0], shape4, 1, MP_RT_DL_INT, 32, 0, 0},
                               {args[1], shape4, 1, MP_RT_DL_INT, 32, 0, 0}};
  mp_rt_library_call call = {sizeof(call),    1, 2, 0, 3, operands, config,
                             "model.mlir:3:5"};
  for (int i = 0; i < 4; ++i)
    ((int32_t *)results[0])[i] = ((int32_t *)args[0])[i];
  return mp_rt_check(exec, &call);
}

/* ---- conj: result0 = complex conjugate ------------------------------------
 */

static const int64_t shape2[] = {2};

static mp_rt_status conjRun(mp_rt_exec *exec, void *const *args,
                            void *const *results, void *arena,
                            void *persistent) {
  (void)exec;
  (void)persistent;
  /* The arena is aligned and as large as asked for. */
  if ((uintptr_t)arena % 64)
    return mp_rt_fail(MP_RT_INTERNAL, "the arena is not aligned");
  for (int i = 0; i < 2; ++i) {
    ((float *)results[0])[2 * i] = ((const float *)args[0])[2 * i];
    ((float *)results[0])[2 * i + 1] = -((const float *)args[0])[2 * i + 1];
  }
  return MP_RT_OK;
}

/* ---- increment: in place where the buffer is given ------------------------
 */

static mp_rt_status incrementRun(mp_rt_exec *exec, void *const *args,
                                 void *const *results, void *arena,
                                 void *persistent) {
  (void)exec;
  (void)arena;
  (void)persistent;
  for (int i = 0; i < 4; ++i)
    ((int32_t *)results[0])[i] = ((const int32_t *)args[0])[i] + 1;
  return MP_RT_OK;
}

/* ---- step: weights += ten times themselves, which `prepare` multiplies for
 * the first call and `run` for the next one ------------------------------- */

static void timesTen(const int32_t *from, int32_t *to) {
  for (int i = 0; i < 4; ++i)
    to[i] = 10 * from[i];
}

static mp_rt_status stepPrepare(mp_rt_exec *exec, void *const *args,
                                void *const *results, void *arena,
                                void *persistent) {
  (void)exec;
  (void)results;
  (void)arena;
  timesTen(args[0], persistent);
  return MP_RT_OK;
}

static mp_rt_status stepRun(mp_rt_exec *exec, void *const *args,
                            void *const *results, void *arena,
                            void *persistent) {
  (void)exec;
  (void)arena;
  for (int i = 0; i < 4; ++i)
    ((int32_t *)results[0])[i] =
        ((const int32_t *)args[0])[i] + ((const int32_t *)persistent)[i];
  timesTen(results[0], persistent);
  return MP_RT_OK;
}

/* ---- descriptor -----------------------------------------------------------
 */

#define VALUE(name, role, shape, rank, code, bits, donated, bytes)             \
  {sizeof(mp_rt_value_desc),                                                   \
   name,                                                                       \
   role,                                                                       \
   shape,                                                                      \
   rank,                                                                       \
   code,                                                                       \
   bits,                                                                       \
   donated,                                                                    \
   bytes}

static const int64_t shape23[] = {2, 3};
static const mp_rt_value_desc mainArgs[] = {
    VALUE("x", "batch", shape23, 2, MP_RT_DL_FLOAT, 32, -1, 24),
    VALUE("params/w", "param", shape23, 2, MP_RT_DL_FLOAT, 32, -1, 24)};
static const mp_rt_value_desc mainResults[] = {
    VALUE("y", "", shape23, 2, MP_RT_DL_FLOAT, 32, -1, 24)};
static const mp_rt_value_desc checkArgs[] = {
    VALUE("arg0", "", shape4, 1, MP_RT_DL_INT, 32, -1, 16),
    VALUE("arg1", "", shape4, 1, MP_RT_DL_INT, 32, -1, 16)};
static const mp_rt_value_desc checkResults[] = {
    VALUE("result0", "", shape4, 1, MP_RT_DL_INT, 32, -1, 16)};
static const mp_rt_value_desc conjArgs[] = {
    VALUE("z", "", shape2, 1, MP_RT_DL_COMPLEX, 64, -1, 16)};
static const mp_rt_value_desc conjResults[] = {
    VALUE("result0", "", shape2, 1, MP_RT_DL_COMPLEX, 64, -1, 16)};
static const mp_rt_value_desc incrementResults[] = {
    VALUE("result0", "", shape4, 1, MP_RT_DL_INT, 32, 0, 16)};
static const mp_rt_value_desc stepArgs[] = {
    VALUE("params/w", "param", shape4, 1, MP_RT_DL_INT, 32, -1, 16)};

static const mp_rt_function_desc functions[] = {
    {sizeof(mp_rt_function_desc), "main", 2, 1, mainArgs, mainResults, 0, 24,
     mainPrepare, mainRun, 0},
    {sizeof(mp_rt_function_desc), "check", 2, 1, checkArgs, checkResults, 0, 0,
     NULL, checkRun, 0},
    {sizeof(mp_rt_function_desc), "conj", 1, 1, conjArgs, conjResults, 100, 0,
     NULL, conjRun, 0},
    {sizeof(mp_rt_function_desc), "increment", 1, 1, checkArgs,
     incrementResults, 0, 0, NULL, incrementRun, 0},
    {sizeof(mp_rt_function_desc), "step", 1, 1, stepArgs, incrementResults, 0,
     16, stepPrepare, stepRun, 1}};

static const mp_rt_model_desc model = {sizeof(mp_rt_model_desc),
                                       MODEL_MAJOR,
                                       MP_RT_CODEGEN_MINOR,
                                       "written by hand",
                                       "cpu",
                                       "sse2,64bit",
                                       "{}",
                                       sizeof(functions) / sizeof(functions[0]),
                                       functions};

#ifndef MODEL_NO_SYMBOL
MP_RT_API const mp_rt_model_desc *mp_rt_model(void);
const mp_rt_model_desc *mp_rt_model(void) { return &model; }
#else
MP_RT_API const mp_rt_model_desc *another_name(void);
const mp_rt_model_desc *another_name(void) { return &model; }
#endif
