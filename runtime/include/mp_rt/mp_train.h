/* mp_train.h - the training loop around a compiled train step, as a C library.
 *
 * A train step is a function whose state (roles param, opt_state, state,
 * scaler) comes in as arguments and goes out as results of the same names, as
 * `mp-compile --train` makes it. The loop feeds it batches, keeps the state,
 * writes metrics and checkpoints, and can be stopped and resumed at any step
 * with the same bits as a run that was never stopped. */
#ifndef MP_TRAIN_H
#define MP_TRAIN_H

#include "mp_rt/mp_rt_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mp_train_progress {
  size_t struct_size;
  int64_t step, total_steps; /* steps done, of all epochs */
  int64_t epoch, epochs;     /* from 0 */
  double loss;               /* of this step */
  double scale;              /* loss scale used in this step; 1 without one */
  int64_t skipped;           /* steps skipped so far, for overflow */
  double samples_per_second; /* over the last second or so */
  const char *evaluation;    /* "loss 0.5, accuracy 0.97" after the last step of
                                an epoch that was evaluated, else null */
} mp_train_progress;

/* Called after every step on the calling thread. Non-zero asks to stop after
 * this step: a checkpoint is written and the run ends as stopped. */
typedef int32_t (*mp_train_progress_fn)(void *user,
                                        const mp_train_progress *progress);

/* Told of what the user should know but what does not stop the run. */
typedef void (*mp_train_warning_fn)(void *user, const char *text);

typedef struct mp_train_options {
  size_t struct_size;
  const char *model;      /* a compiled model (.so) */
  const char *function;   /* null: the only one, or "train_step" */
  const char *data;       /* safetensors: `<arg>_train`, `init/<param>`,
                             optional `init_opt/<name>`, `init_state/<name>`,
                             `batch_order` [epochs, n] */
  int64_t batch, epochs;  /* samples a step; must be the model's batch size */
  uint64_t seed;          /* of the shuffle, where there is no batch_order */
  const char *checkpoint; /* directory, null for none */
  int64_t every;          /* steps between checkpoints; 0: only at the end */
  int32_t resume;         /* start from DIR/latest if there is one */
  const char *metrics;    /* file of JSON lines, null for none */
  int32_t threads;        /* as in mp_rt_instance_options */
  float initial_scale;    /* of the scaler's first step; 0: the model's own */
  int64_t patience;       /* steps in a row that may overflow with the scale at
                             its minimum (or static); then the run fails and
                             names the gradients */
  mp_train_progress_fn progress; /* optional */
  void *progress_user;           /* of both callbacks */
  mp_train_warning_fn warning;   /* optional */
  int32_t fall_back;     /* with resume: where the newest checkpoint is damaged,
                            warn and take the newest whole one */
  const char *schedule;  /* JSON file with the scalars that change from step
                            to step, null for none */
  const char *eval_data; /* safetensors: `<arg>_test`; each epoch ends with
                            an evaluation. Null for none */
  const char *eval_model; /* compiled model to evaluate; null: `model` */
  const char
      *eval_function; /* null: "evaluate", or the only one of eval_model */
} mp_train_options;

typedef struct mp_train_summary {
  size_t struct_size;
  int64_t steps, skipped;    /* in all, including those before a resume */
  int32_t stopped;           /* progress asked to stop */
  double last_epoch_loss;    /* mean over the clean steps of the last epoch */
  double seconds;            /* of this run's steps */
  uint64_t state_bytes;      /* parameters, optimizer and scaler state */
  uint64_t peak_bytes;       /* of the instance: temporaries, packed weights */
  double samples_per_second; /* of this run */
  int64_t stuck_weights;     /* in the last step: weights that a nonzero update
                                left where they were; -1 where masters keep
                                them, or nobody counts */
  int64_t parameters;        /* weights in all */
  const char *evaluation;    /* the last one, as JSON; "" if there was none.
                                Valid until this thread's next mp_train call */
} mp_train_summary;

/* Sets every field to its default. */
MP_RT_API void mp_train_options_init(mp_train_options *options);

/* Trains. On failure the text is in mp_train_last_error(), and checkpoints
 * written so far are whole. `out_summary` may be null. */
MP_RT_API mp_rt_status mp_train_run(const mp_train_options *options,
                                    mp_train_summary *out_summary);

/* What went wrong in the calling thread's last mp_train call. */
MP_RT_API const char *mp_train_last_error(void);

#ifdef __cplusplus
}
#endif
#endif /* MP_TRAIN_H */
