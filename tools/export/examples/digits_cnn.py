#!/usr/bin/env python3
"""Exports the training of a flax CNN with batch norm on scikit-learn's handwritten digits.

    python3 tools/export/examples/digits_cnn.py out/digits_cnn
    mp-train out/digits_cnn/model.mlir --roles=out/digits_cnn/roles.json --data=out/digits_cnn/data.safetensors \
      --batch=64 --epochs=10 --policy=bf16 --eval-data=out/digits_cnn/data.safetensors

1437 images train, 360 test. The learning rate falls by a cosine.
"""
import os
import sys

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from export_jax_training import export_training

BATCH = 64


class CNN(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        for features in (16, 32):
            x = nn.Conv(features, (3, 3), use_bias=False)(x)
            x = nn.relu(nn.BatchNorm(use_running_average=not train, momentum=0.9)(x))
            x = nn.max_pool(x, (2, 2), (2, 2))
        x = nn.relu(nn.Dense(64)(x.reshape(x.shape[0], -1)))
        return nn.Dense(10)(x)


def loss(params, state, x, y):
    logits, moved = CNN().apply({"params": params, **state}, x, train=True, mutable=["batch_stats"])
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), dict(moved)


def evaluate(params, state, x, y):
    logits = CNN().apply({"params": params, **state}, x, train=False)
    return {"loss": optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(),
            "accuracy": jnp.mean(jnp.argmax(logits, axis=-1) == y)}


def main():
    out = sys.argv[1] if len(sys.argv) > 1 else "out/digits_cnn"
    digits = load_digits()
    images = (digits.images / 16.0).astype(np.float32)[..., None]
    x_train, x_test, y_train, y_test = train_test_split(images, digits.target.astype(np.int32), test_size=360,
                                                        random_state=0, stratify=digits.target)
    variables = CNN().init(jax.random.key(0), x_train[:1], train=False)
    params, state = variables["params"], {"batch_stats": variables["batch_stats"]}
    rate = optax.cosine_decay_schedule(2e-3, decay_steps=10 * (len(x_train) // BATCH))
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate))
    export_training(out, loss, params, optimizer, {"x": x_train[:BATCH]}, {"y": y_train[:BATCH]}, state=state,
                    evaluate=evaluate,
                    data={"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test})


if __name__ == "__main__":
    main()
