#!/usr/bin/env python3
"""Trains an MLP and a CNN on scikit-learn's handwritten digits and exports them.

    python3 tools/export/export_digits.py examples

1437 images train, 360 test; labels.json holds the labels of the test images.
"""
import json
import os
import sys

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from export_jax import export


def dense(key, inputs, outputs):
    return {"kernel": jax.random.normal(key, (inputs, outputs)) * jnp.sqrt(2.0 / inputs), "bias": jnp.zeros(outputs)}


def conv(key, inputs, outputs):
    return {"kernel": jax.random.normal(key, (3, 3, inputs, outputs)) * jnp.sqrt(2.0 / (9 * inputs)),
            "bias": jnp.zeros(outputs)}


def init_mlp(key):
    a, b, c = jax.random.split(key, 3)
    return {"dense0": dense(a, 64, 128), "dense1": dense(b, 128, 64), "dense2": dense(c, 64, 10)}


def mlp(params, x):
    for name in ("dense0", "dense1"):
        x = jax.nn.relu(x @ params[name]["kernel"] + params[name]["bias"])
    return x @ params["dense2"]["kernel"] + params["dense2"]["bias"]


def init_cnn(key):
    a, b, c, d = jax.random.split(key, 4)
    return {"conv0": conv(a, 1, 16), "conv1": conv(b, 16, 32), "dense0": dense(c, 128, 64), "dense1": dense(d, 64, 10)}


def cnn(params, x):
    x = x.reshape(-1, 8, 8, 1)
    for name in ("conv0", "conv1"):
        x = jax.lax.conv_general_dilated(x, params[name]["kernel"], (1, 1), "SAME",
                                         dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = jax.nn.relu(x + params[name]["bias"])
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = x.reshape(x.shape[0], -1)
    x = jax.nn.relu(x @ params["dense0"]["kernel"] + params["dense0"]["bias"])
    return x @ params["dense1"]["kernel"] + params["dense1"]["bias"]


def train(model, params, x, y, epochs=30, batch=32, rate=1e-3):
    """Adam on the mean cross-entropy."""

    def loss(p, xb, yb):
        logp = jax.nn.log_softmax(model(p, xb))
        return -jnp.mean(jnp.take_along_axis(logp, yb[:, None], axis=1))

    @jax.jit
    def step(p, m, v, t, xb, yb):
        g = jax.grad(loss)(p, xb, yb)
        m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
        v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
        p = jax.tree.map(lambda w, a, b: w - rate * (a / (1 - 0.9**t)) / (jnp.sqrt(b / (1 - 0.999**t)) + 1e-8), p, m, v)
        return p, m, v

    m = jax.tree.map(jnp.zeros_like, params)
    v = jax.tree.map(jnp.zeros_like, params)
    order = np.random.default_rng(0)
    t = 0
    for _ in range(epochs):
        index = order.permutation(len(x))
        for i in range(0, len(x) - batch + 1, batch):
            t += 1
            params, m, v = step(params, m, v, float(t), x[index[i:i + batch]], y[index[i:i + batch]])
    return params


def main():
    out = sys.argv[1] if len(sys.argv) > 1 else "examples"
    digits = load_digits()
    x = (digits.data / 16.0).astype(np.float32)
    x_train, x_test, y_train, y_test = train_test_split(x, digits.target, test_size=360, random_state=0,
                                                        stratify=digits.target)
    for name, init, model in (("digits_mlp", init_mlp, mlp), ("digits_cnn", init_cnn, cnn)):
        params = train(model, init(jax.random.key(0)), x_train, y_train)
        accuracy = float(np.mean(np.argmax(model(params, x_test), axis=1) == y_test))
        directory = os.path.join(out, name)
        export(directory, model, params, {"x": x_test}, result_role="logits")
        with open(os.path.join(directory, "labels.json"), "w", encoding="utf-8") as f:
            json.dump([int(label) for label in y_test], f)
            f.write("\n")
        print(f"{name}: test accuracy {accuracy:.4f}, written to {directory}")


if __name__ == "__main__":
    main()
