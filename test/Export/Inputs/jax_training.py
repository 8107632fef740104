"""Exports the training of a small model, and trains it in JAX alone.

  jax_training.py OUT    writes the export, OUT/rates.json for mp-train --schedule, and OUT/jax.jsonl: the losses

The model has a table that is read by index and by a product, and a running mean. The learning rate and the smoothing of
the labels change in every step.
"""
import json
import os
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

from export_jax_training import export_training

STEPS, BATCH, WORDS, WIDTH = 3, 8, 11, 16
RATES, SMOOTHING = [0.02, 0.005, 0.01], [0.2, 0.1, 0.0]


def loss(params, state, x, y, *, smoothing):
    hidden = params["table"][x].mean(1)
    mean = hidden.mean(0)
    hidden = jnp.tanh((hidden - mean) @ params["dense"]["kernel"] + params["dense"]["bias"])
    rows = optax.softmax_cross_entropy(hidden @ params["table"].T, optax.smooth_labels(jax.nn.one_hot(y, WORDS), smoothing))
    return rows.mean(), {"mean": 0.9 * state["mean"] + 0.1 * mean}


def make_optimizer(learning_rate):
    return optax.chain(optax.clip_by_global_norm(0.5), optax.adamw(learning_rate, weight_decay=0.1))


def train(params, state, x, y):
    """In JAX, with the rates as constants of each step."""
    opt_state, losses = make_optimizer(1.0).init(params), []
    for i, (rate, smoothing) in enumerate(zip(RATES, SMOOTHING, strict=True)):
        rows = slice(i * BATCH, (i + 1) * BATCH)
        (value, state), grads = jax.value_and_grad(loss, has_aux=True)(params, state, x[rows], y[rows],
                                                                      smoothing=smoothing)
        updates, opt_state = make_optimizer(rate).update(grads, opt_state, params)
        params = optax.apply_updates(params, updates)
        losses.append(float(value))
    return losses


def main():
    out = sys.argv[1]
    random = np.random.default_rng(0)
    params = {"table": random.standard_normal((WORDS, WIDTH), np.float32),
              "dense": {"kernel": random.standard_normal((WIDTH, WIDTH), np.float32) / 4,
                        "bias": np.zeros(WIDTH, np.float32)}}
    state = {"mean": np.zeros(WIDTH, np.float32)}
    x = random.integers(0, WORDS, (STEPS * BATCH, 5), np.int32)
    y = random.integers(0, WORDS, STEPS * BATCH, np.int32)
    export_training(out, loss, params, make_optimizer, {"x": x[:BATCH]}, {"y": y[:BATCH]}, state=state,
                    schedules={"learning_rate": RATES[0]}, loss_schedules={"smoothing": SMOOTHING[0]},
                    data={"x_train": x, "y_train": y, "batch_order": np.arange(STEPS * BATCH, dtype=np.int32)[None]})
    with open(os.path.join(out, "rates.json"), "w", encoding="utf-8") as f:
        json.dump({"learning_rate": RATES, "smoothing": SMOOTHING}, f)
    with open(os.path.join(out, "jax.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"loss": value}) + "\n" for value in train(params, state, x, y))


if __name__ == "__main__":
    main()
