#!/usr/bin/env python3
"""Exports the training of a GPT, written in plain JAX, on the bytes of text files.

    python3 tools/export/examples/gpt.py out/gpt
    mp-train out/gpt/model.mlir --roles=out/gpt/roles.json --data=out/gpt/data.safetensors \
      --batch=8 --epochs=1 --policy=bf16

Without --text it reads this project's documentation. One of 100 million parameters, on random tokens:

    python3 tools/export/examples/gpt.py out/gpt100m --layers=12 --width=768 --heads=12 --vocabulary=19200 \
      --context=256 --batch=4 --random-steps=2
"""
import argparse
import glob
import os
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from export_jax_training import export_training


def layer_norm(p, x):
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * p["scale"] + p["bias"]


def dense(p, x):
    return x @ p["kernel"] + p["bias"]


def attention(p, x, heads):
    batch, length, width = x.shape
    q, k, v = (part.reshape(batch, length, heads, -1).swapaxes(1, 2) for part in jnp.split(dense(p["qkv"], x), 3, -1))
    scores = q @ k.swapaxes(2, 3) / np.sqrt(width // heads)
    causal = jnp.tril(jnp.ones((length, length), bool))
    mixed = jax.nn.softmax(jnp.where(causal, scores, -1e9)) @ v
    return dense(p["out"], mixed.swapaxes(1, 2).reshape(batch, length, width))


def forward(params, tokens, heads):
    x = params["token"][tokens] + params["position"]
    for p in params["blocks"]:
        x = x + attention(p["attention"], layer_norm(p["norm1"], x), heads)
        x = x + dense(p["down"], jax.nn.gelu(dense(p["up"], layer_norm(p["norm2"], x))))
    return layer_norm(params["norm"], x) @ params["token"].T


def init(args):
    random = np.random.default_rng(args.seed)

    def normal(*shape, scale=0.02):
        return random.standard_normal(shape, np.float32) * np.float32(scale)

    def linear(inputs, outputs, scale=0.02):
        return {"kernel": normal(inputs, outputs, scale=scale), "bias": np.zeros(outputs, np.float32)}

    def norm():
        return {"scale": np.ones(args.width, np.float32), "bias": np.zeros(args.width, np.float32)}

    last = 0.02 / np.sqrt(2 * args.layers)
    width = args.width
    blocks = [{"norm1": norm(), "attention": {"qkv": linear(width, 3 * width), "out": linear(width, width, last)},
               "norm2": norm(), "up": linear(width, 4 * width), "down": linear(4 * width, width, last)}
              for _ in range(args.layers)]
    return {"token": normal(args.vocabulary, width), "position": normal(args.context, width), "blocks": blocks,
            "norm": norm()}


def read_samples(args):
    """Pieces of context + 1 tokens."""
    length = args.context + 1
    if args.random_steps:
        random = np.random.default_rng(args.seed + 1)
        return random.integers(0, args.vocabulary, (args.random_steps * args.batch, length), np.int32)
    docs = os.path.join(os.path.dirname(__file__), "..", "..", "..", "docs", "*.md")
    text = b"".join(open(path, "rb").read() for path in args.text or sorted(glob.glob(docs)))
    tokens = np.frombuffer(text, np.uint8).astype(np.int32)
    tokens = np.where(tokens < args.vocabulary, tokens, ord("?"))
    starts = np.arange(0, len(tokens) - length, max(args.context // 4, 1))
    return np.stack([tokens[start:start + length] for start in starts])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    for name, default in (("layers", 2), ("width", 128), ("heads", 4), ("vocabulary", 128), ("context", 64),
                          ("batch", 8), ("seed", 0), ("random-steps", 0)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--text", nargs="*")
    args = parser.parse_args()

    def loss(params, x, y):
        return optax.softmax_cross_entropy_with_integer_labels(forward(params, x, args.heads), y).mean()

    def evaluate(params, x, y):
        return {"loss": loss(params, x, y)}

    samples = read_samples(args)
    x, y = samples[:, :-1], samples[:, 1:]
    params = init(args)
    rate = optax.warmup_cosine_decay_schedule(0.0, 1e-3, 20, max(len(x) // args.batch, 21))
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=0.01))
    export_training(args.out, loss, params, optimizer, {"x": x[:args.batch]}, {"y": y[:args.batch]},
                    evaluate=evaluate, data={"x_train": x, "y_train": y}, examples=not args.random_steps)
    count = sum(leaf.size for leaf in jax.tree.leaves(params))
    print(f"{args.out}: {count:,} parameters, {len(x)} samples")


if __name__ == "__main__":
    main()
