/* mp_rt.h - loads compiled models and runs them.
 *
 * C99, no C++ or vendor type, no exception crosses it. Functions that can fail
 * return a status; outputs come last and are untouched on failure. Structs that
 * cross begin with their size, and fields are only added at the end. */
#ifndef MP_RT_H
#define MP_RT_H

#include "mp_rt/mp_rt_base.h"
#include "mp_rt/mp_rt_dlpack.h"

#define MP_RT_ABI_MAJOR 1 /* a field moved, a meaning changed */
#define MP_RT_ABI_MINOR 1 /* fields or functions added at the end */

#ifdef __cplusplus
extern "C" {
#endif

/* A loaded model file: immutable, usable from any thread. */
typedef struct mp_rt_model mp_rt_model;

/* One user of a model: threads, arena, packed weights. One call at a time; use
 * an instance for each thread that calls. */
typedef struct mp_rt_instance mp_rt_instance;

/* Text of the calling thread's last failure, valid until its next failure.
 * Never null. */
MP_RT_API const char *mp_rt_last_error(void);

/* The ABI that the library was built with, to compare with MP_RT_ABI_*. */
MP_RT_API void mp_rt_version(uint32_t *out_major, uint32_t *out_minor);

/* ---- devices ------------------------------------------------------------ */

/* Kinds of device that this library knows: "cpu", "null" (checks everything,
 * computes nothing), "cuda". */
MP_RT_API int32_t mp_rt_device_kinds(void);
/* Null if `index` is out of range. */
MP_RT_API const char *mp_rt_device_kind_name(int32_t index);
/* Success if a device of that name can be used here, else why not. A null
 * `name` means the environment variable MP_RT_DEVICE, else "cpu". */
MP_RT_API mp_rt_status mp_rt_device_available(const char *name);

/* ---- models ------------------------------------------------------------- */

/* Loads a shared object made by mp-compile. The file is read and checked, and
 * the CPU's features compared with what it needs, before any of it runs. */
MP_RT_API mp_rt_status mp_rt_model_load(const char *path,
                                        mp_rt_model **out_model);

/* Gives up the caller's hold; instances keep the model alive. Accepts null. */
MP_RT_API void mp_rt_model_unload(mp_rt_model *model);

typedef struct mp_rt_model_info {
  size_t struct_size; /* set by the caller, as in all *_info structs */
  const char *compiler;
  const char *device;
  const char *cpu_features; /* comma-separated LLVM names */
  const char *manifest;     /* JSON */
  int32_t num_functions;
} mp_rt_model_info;

typedef struct mp_rt_function_info {
  size_t struct_size;
  const char *name;
  int32_t num_args, num_results;
  uint64_t arena_bytes;      /* temporaries of one call */
  uint64_t persistent_bytes; /* kept between calls: converted weights */
  int32_t has_prepare;       /* parameters are read once and kept converted */
} mp_rt_function_info;

typedef struct mp_rt_value_info {
  size_t struct_size;
  const char *name; /* what the source calls it, else "argN", "resultN" */
  const char *role; /* "param", "batch", ...; "" if unknown */
  DLDataType dtype;
  int32_t ndim;
  const int64_t *shape;
  uint64_t bytes;
  int32_t donated_to; /* of a result: the argument whose buffer it may take,
                         else -1 */
} mp_rt_value_info;

/* Strings and shapes live as long as the model. */
MP_RT_API mp_rt_status mp_rt_model_query(const mp_rt_model *model,
                                         mp_rt_model_info *out_info);
MP_RT_API mp_rt_status mp_rt_model_find_function(const mp_rt_model *model,
                                                 const char *name,
                                                 int32_t *out_function);
MP_RT_API mp_rt_status mp_rt_function_query(const mp_rt_model *model,
                                            int32_t function,
                                            mp_rt_function_info *out_info);
MP_RT_API mp_rt_status mp_rt_function_arg(const mp_rt_model *model,
                                          int32_t function, int32_t index,
                                          mp_rt_value_info *out_info);
MP_RT_API mp_rt_status mp_rt_function_result(const mp_rt_model *model,
                                             int32_t function, int32_t index,
                                             mp_rt_value_info *out_info);

/* ---- instances ---------------------------------------------------------- */

typedef enum mp_rt_event_kind {
  MP_RT_EVENT_LAUNCH = 0,  /* a kernel of the model */
  MP_RT_EVENT_LIBRARY = 1, /* a routine of the runtime */
  MP_RT_EVENT_PREPARE = 2, /* parameters read and converted */
  MP_RT_EVENT_CALL = 3     /* one whole mp_rt_call */
} mp_rt_event_kind;

typedef struct mp_rt_event {
  size_t struct_size;
  int32_t kind; /* mp_rt_event_kind */
  const char *name;
  int64_t extent, grain;     /* of a launch, else 0 */
  uint64_t begin_ns, end_ns; /* CLOCK_MONOTONIC */
} mp_rt_event;

/* Called on the thread that called mp_rt_call, after each event. */
typedef void (*mp_rt_profile_fn)(void *user, const mp_rt_event *event);

/* What a call computed for one value of the source program. Only models that
 * were compiled to be observed report values; their manifest has a list
 * "observed" that tells of each its id, op and location. */
typedef struct mp_rt_observation {
  size_t struct_size;
  int32_t value;          /* its place in the list */
  const char *label;      /* location and id, for messages */
  const DLTensor *tensor; /* valid during the callback */
  /* Of the finite elements, where there are any; complex elements count as two
   * numbers each, here and below. */
  double min, max;
  double smallest;  /* magnitude of the smallest that is not 0, else 0 */
  uint64_t numbers; /* in the tensor */
  uint64_t nans, infinities;
  const int64_t *sources; /* places of what the op read; -1: a constant that is
                             not finite */
  int32_t num_sources;
} mp_rt_observation;

/* Called on the thread that called mp_rt_call, when the value was computed: in
 * a loop, once for each round. */
typedef void (*mp_rt_observe_fn)(void *user, const mp_rt_observation *value);

typedef struct mp_rt_instance_options {
  size_t struct_size;
  int32_t threads;    /* 0: MP_RT_THREADS, else the CPUs this process may use */
  const char *device; /* null: MP_RT_DEVICE, else what the model was made for */
  mp_rt_profile_fn profile; /* optional */
  void *profile_user;
  mp_rt_observe_fn observe; /* optional */
  void *observe_user;
} mp_rt_instance_options;

/* `options` may be null. */
MP_RT_API mp_rt_status
mp_rt_instance_create(mp_rt_model *model, const mp_rt_instance_options *options,
                      mp_rt_instance **out_instance);

/* Accepts null. Not while a call is running. */
MP_RT_API void mp_rt_instance_destroy(mp_rt_instance *instance);

/* To be called after the contents of an argument with role "param" changed, or
 * when other buffers are passed for one: the next call reads them again. What
 * calls themselves write into the buffers of their results is known. */
MP_RT_API mp_rt_status mp_rt_instance_params_changed(mp_rt_instance *instance);

/* Runs a function. Tensors are row-major, contiguous, on the model's device,
 * of the types and shapes that the function tells, owned by the caller.
 * Results overlap nothing, but a result with `donated_to` may have exactly the
 * buffer of that argument. On failure the results' contents are undefined. */
MP_RT_API mp_rt_status mp_rt_call(mp_rt_instance *instance, int32_t function,
                                  DLTensor *const *args,
                                  DLTensor *const *results);

typedef struct mp_rt_memory_info {
  size_t struct_size;
  int32_t threads;
  uint64_t arena_bytes, persistent_bytes;
  uint64_t packed_bytes;  /* kept by library routines */
  uint64_t scratch_bytes; /* of all threads */
  uint64_t peak_bytes;    /* the most that all of these were together */
} mp_rt_memory_info;

MP_RT_API mp_rt_status mp_rt_instance_memory(const mp_rt_instance *instance,
                                             mp_rt_memory_info *out_info);

/* Where numbers that are not finite came from in the last call, by the first
 * rule of these that applies to a value. */
typedef enum mp_rt_culprit_kind {
  MP_RT_CULPRIT_NONE = 0,
  MP_RT_CULPRIT_OP = 1,       /* an op made them of finite numbers */
  MP_RT_CULPRIT_NAN = 2,      /* an op made a NaN of infinities */
  MP_RT_CULPRIT_ARGUMENT = 3, /* they came from outside */
} mp_rt_culprit_kind;

typedef struct mp_rt_culprit_info {
  size_t struct_size;
  int32_t kind;      /* mp_rt_culprit_kind */
  int32_t value;     /* the first such value, see mp_rt_observation; else -1 */
  const char *label; /* lives as long as the model; "" if there is none */
  uint64_t numbers, nans, infinities;
} mp_rt_culprit_info;

/* Of a model that was not compiled to be observed: none. */
MP_RT_API mp_rt_status mp_rt_instance_culprit(const mp_rt_instance *instance,
                                              mp_rt_culprit_info *out_info);

#ifdef __cplusplus
}
#endif
#endif /* MP_RT_H */
