/* mp_rt_codegen.h - what compiled models and the runtime say to each other.
 *
 * Not for host programs (those use mp_rt.h). The compiler writes code against
 * this page; a change of a layout or a meaning raises MP_RT_CODEGEN_MAJOR, a
 * field or function added at an end raises MP_RT_CODEGEN_MINOR. */
#ifndef MP_RT_CODEGEN_H
#define MP_RT_CODEGEN_H

#include "mp_rt/mp_rt_base.h"

#define MP_RT_CODEGEN_MAJOR 1
#define MP_RT_CODEGEN_MINOR 2

#ifdef __cplusplus
extern "C" {
#endif

/* One call of one model instance: thread pool, scratch, packed-weight cache.
 * Opaque to generated code, owned by the runtime, used by one thread. */
typedef struct mp_rt_exec mp_rt_exec;

/* A kernel works on items [begin, end). `buffers` are its inputs, then its
 * results. `scratch` is private to the thread and 64-byte aligned. */
typedef void (*mp_rt_kernel)(void *const *buffers, int64_t begin, int64_t end,
                             void *scratch);

/* Covers [0, extent) with calls of `kernel` on pieces of at least `grain`
 * items, each of which begins at a multiple of `grain` (the last may be
 * shorter), split by extent and grain only, on the threads of the pool; returns
 * when all are done. `name` lives as long as the model and is for traces. Fails
 * only if scratch cannot be allocated. */
MP_RT_API mp_rt_status mp_rt_launch(mp_rt_exec *exec, mp_rt_kernel kernel,
                                    void *const *buffers, int64_t extent,
                                    int64_t grain, int64_t scratch_bytes,
                                    const char *name);

/* One tensor of a library call. `code`, `bits` are DLPack's data type. */
typedef struct mp_rt_operand {
  void *data;
  const int64_t *shape; /* `rank` sizes, row-major and contiguous */
  int32_t rank;
  uint8_t code, bits; /* elements narrower than a byte take one byte each */
  uint8_t invariant;  /* input whose value is the same in every call of one
                         instance until its parameters change: packed forms of
                         it may be kept in the instance */
  uint8_t reserved;
} mp_rt_operand;

typedef struct mp_rt_library_call {
  size_t struct_size;
  int32_t call_id; /* unique in the model: key of what the instance keeps */
  int32_t num_inputs, num_outputs, num_config;
  const mp_rt_operand *operands; /* inputs, then results */
  const int64_t *config;         /* the routine's own parameters */
  const char *label;             /* for messages, often a source location */
} mp_rt_library_call;

typedef mp_rt_status (*mp_rt_library_routine)(mp_rt_exec *exec,
                                              const mp_rt_library_call *call);

/* Sets the calling thread's error text (truncated to 4 KiB) and returns code.
 */
MP_RT_API mp_rt_status mp_rt_fail(mp_rt_status code, const char *text);

/* Library routine: compares input 0 (got) with input 1 (expected), both of one
 * type and shape; NaN equals NaN. config is [kind, min_ulp, max_ulp]; kind 0:
 * equal; 1: for floats, between min_ulp and max_ulp units in the last place
 * apart, else equal; 2: for floats, |got - expected| at most 1e-3, absolute or
 * relative to the expected value, else equal. Fails with MP_RT_CHECK_FAILED. */
MP_RT_API mp_rt_status mp_rt_check(mp_rt_exec *exec,
                                   const mp_rt_library_call *call);

/* Library routine: looks at input 0, a tensor of floats or complex numbers that
 * the program has just computed, and changes nothing. config is [value, kind,
 * mode, source...]: `value` is its number in the model; `kind` is 0 for a value
 * that comes from outside (an argument, a large constant), 1 for one that is
 * only passed on (by a loop or a branch), 2 for the result of an op. The
 * sources are the values that the op read, as their numbers; -1 stands for a
 * constant that is not finite. With mode 1 each element of the result was made
 * of the elements at its own place in the sources, with mode 0 of any. */
MP_RT_API mp_rt_status mp_rt_observe(mp_rt_exec *exec,
                                     const mp_rt_library_call *call);

/* ---- what a model file exports ------------------------------------------ */

typedef struct mp_rt_value_desc {
  size_t struct_size;
  const char
      *name; /* what the source or the roles call it; else "argN", "resultN" */
  const char *role;     /* "param", "batch", ...; "" if unknown */
  const int64_t *shape; /* `rank` sizes */
  int32_t rank;
  uint8_t code, bits; /* DLPack data type; complex has bits of the pair */
  int16_t donated_to; /* argument whose buffer this result may take; -1 none */
  uint64_t bytes;
} mp_rt_value_desc;

/* Arguments and results are row-major and contiguous; any alignment that suits
 * the element type will do. The arena and the persistent block are 64-byte
 * aligned, of at least the sizes below, not cleared. */
typedef mp_rt_status (*mp_rt_entry)(mp_rt_exec *exec, void *const *args,
                                    void *const *results, void *arena,
                                    void *persistent);

typedef struct mp_rt_function_desc {
  size_t struct_size;
  const char *name;
  int32_t num_args, num_results;
  const mp_rt_value_desc *args, *results;
  uint64_t arena_bytes;      /* temporaries, planned at compile time */
  uint64_t persistent_bytes; /* what `prepare` leaves for `run` */
  /* Computes from constants and arguments with role "param" what `run` needs
   * of them (packed and converted weights). Called before the first run of an
   * instance and whenever those arguments changed. `results` is unused. */
  mp_rt_entry prepare; /* optional: null if nothing is to be done */
  mp_rt_entry run;
  /* Since 1.2. Not 0: `run` replaces parameters (results that are donated the
   * arguments with role "param"), and leaves in the persistent block what
   * `prepare` would make of the new ones. */
  uint64_t keeps_prepared;
} mp_rt_function_desc;

typedef struct mp_rt_model_desc {
  size_t struct_size;
  uint32_t codegen_major, codegen_minor;
  const char *compiler;     /* "mp 0.1.0 (LLVM 22.1.8)" */
  const char *device;       /* "cpu" or "cuda" */
  const char *cpu_features; /* comma-separated LLVM names that the code needs */
  const char *manifest;     /* JSON: options, memory plan, report figures */
  int32_t num_functions;
  const mp_rt_function_desc *functions;
} mp_rt_model_desc;

/* The only symbol a model exports. The descriptor lives as long as the file
 * is loaded. */
#define MP_RT_MODEL_SYMBOL "mp_rt_model"
typedef const mp_rt_model_desc *(*mp_rt_model_fn)(void);

/* Beside the symbol, a model carries an allocated ELF note (owner "mp", type 1)
 * whose text is "codegen_major.codegen_minor;device;cpu_features", so that a
 * file that is not ours, or code this CPU cannot run, is refused before any of
 * it runs. */
#define MP_RT_NOTE_OWNER "mp"
#define MP_RT_NOTE_TYPE 1

#ifdef __cplusplus
}
#endif
#endif /* MP_RT_CODEGEN_H */
