#!/usr/bin/env python3
"""Writes four architectures as StableHLO, forward and forward plus backward.

    python3 test/Benchmark/placement/architectures.py OUT_DIR   # needs jax

A BERT-like and a GPT-2-like encoder (2 layers, hidden 128, 64 tokens, batch 2),
a Llama block (grouped queries, rotary, SwiGLU, RMS norm) and ResNet-18 (224 x
224, batch norm folded forward, batch norm of batches backward). Parameters have
role "param". What the forward functions do with them alone is done once; the
others return their gradients, so that they change every step and their casts
count.
"""
import argparse
import functools
import os
import re

import jax
import jax.numpy as jnp

D, T, B, V = 128, 64, 2, 1000


def linear(p, x):
    return x @ p["w"] + p["b"] if "b" in p else x @ p["w"]


def norm(p, x):
    c = x - x.mean(-1, keepdims=True)
    return c / jnp.sqrt((c * c).mean(-1, keepdims=True) + 1e-5) * p["g"] + p["b"]


def rms(p, x):
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * p


def heads(x, h):
    return x.reshape(B, T, h, -1).transpose(0, 2, 1, 3)


def attend(q, k, v, mask):
    s = q @ k.transpose(0, 1, 3, 2) / jnp.sqrt(jnp.float32(q.shape[-1])) + mask
    return (jax.nn.softmax(s) @ v).transpose(0, 2, 1, 3).reshape(B, T, -1)


def attention(p, x, h, mask):
    return linear(p["o"], attend(*(heads(linear(p[n], x), h) for n in "qkv"), mask))


def causal():
    return jnp.triu(jnp.full((T, T), -1e4), 1)


def bert(p, ids, present):
    mask = (1.0 - present[:, None, None, :]) * -1e4
    x = norm(p["norm"], p["words"][ids] + p["places"])
    for l in p["layers"]:
        x = norm(l["n1"], x + attention(l, x, 2, mask))
        x = norm(l["n2"], x + linear(l["down"], jax.nn.gelu(linear(l["up"], x), approximate=False)))
    return linear(p["head"], jnp.tanh(linear(p["pool"], x[:, 0])))


def gpt2(p, ids):
    x = p["words"][ids] + p["places"]
    for l in p["layers"]:
        x = x + attention(l, norm(l["n1"], x), 4, causal())
        x = x + linear(l["down"], jax.nn.gelu(linear(l["up"], norm(l["n2"], x)), approximate=True))
    return norm(p["norm"], x) @ p["words"].T


def llama(p, x):
    h, kv = 4, 2
    size = D // h
    angle = jnp.outer(jnp.arange(T), 1.0 / 10000 ** (jnp.arange(0, size, 2) / size))
    angle = jnp.concatenate([angle, angle], -1)

    def rotate(x):
        a, b = jnp.split(x, 2, -1)
        return x * jnp.cos(angle) + jnp.concatenate([-b, a], -1) * jnp.sin(angle)

    y = rms(p["n1"], x)
    q, k, v = rotate(heads(y @ p["q"], h)), rotate(heads(y @ p["k"], kv)), heads(y @ p["v"], kv)
    k, v = (jnp.repeat(t, h // kv, axis=1) for t in (k, v))
    x = x + attend(q, k, v, causal()) @ p["o"]
    y = rms(p["n2"], x)
    return x + (jax.nn.silu(y @ p["gate"]) * (y @ p["up"])) @ p["down"]


def resnet(p, x, folded):
    def conv(c, x, stride):
        k = c["w"].shape[2]
        y = jax.lax.conv_general_dilated(x, c["w"], (stride, stride), [(k // 2, k // 2)] * 2)
        if folded:
            return y + c["b"][:, None, None]
        mean = y.mean((0, 2, 3), keepdims=True)
        var = ((y - mean) ** 2).mean((0, 2, 3), keepdims=True)
        return (y - mean) * jax.lax.rsqrt(var + 1e-5) * c["g"][:, None, None] + c["b"][:, None, None]

    x = jax.nn.relu(conv(p["stem"], x, 2))
    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 3, 3), (1, 1, 2, 2), [(0, 0), (0, 0), (1, 1), (1, 1)])
    for block in p["blocks"]:
        stride = 2 if "skip" in block and block["skip"]["w"].shape[1] != block["skip"]["w"].shape[0] else 1
        y = conv(block["c2"], jax.nn.relu(conv(block["c1"], x, stride)), 1)
        x = jax.nn.relu(y + (conv(block["skip"], x, stride) if "skip" in block else x))
    return linear(p["head"], x.mean((2, 3)))


def shapes(tree):
    return jax.tree_util.tree_map(lambda s: jax.ShapeDtypeStruct(s, jnp.float32), tree,
                                  is_leaf=lambda s: isinstance(s, tuple))


def dense(i, o):
    return {"w": (i, o), "b": (o,)}


def transformer(head):
    gain = {"g": (D,), "b": (D,)}
    layer = {**{n: dense(D, D) for n in "qkvo"}, "n1": gain, "n2": gain, "up": dense(D, 4 * D), "down": dense(4 * D, D)}
    return {"words": (V, D), "places": (T, D), "norm": gain, "layers": [layer, layer], **head}


def llama_parameters():
    kv = D // 2
    return {"q": (D, D), "k": (D, kv), "v": (D, kv), "o": (D, D), "gate": (D, 352), "up": (D, 352), "down": (352, D),
            "n1": (D,), "n2": (D,)}


def resnet_parameters():
    def conv(i, o, k):
        return {"w": (o, i, k, k), "g": (o,), "b": (o,)}

    blocks, before = [], 64
    for width in (64, 128, 256, 512):
        for i in range(2):
            block = {"c1": conv(before, width, 3), "c2": conv(width, width, 3)}
            if before != width:
                block["skip"] = conv(before, width, 1)
            blocks.append(block)
            before = width
    return {"stem": conv(3, 64, 7), "blocks": blocks, "head": dense(512, V)}


def classify(y):
    return -jax.nn.log_softmax(y)[..., 0].mean()


def write(path, fn, params, inputs):
    text = jax.jit(fn, keep_unused=True).lower(params, *inputs).as_text()
    for i in range(len(jax.tree_util.tree_leaves(params))):
        text = re.sub(r"(%%arg%d: tensor<[^>]*>)" % i, r'\1 {mp.role = "param"}', text, count=1)
    # A forward function has one result, the others hand out loss and gradients.
    text = text.replace('jax.result_info = "result[0]"', 'mp.role = "loss"')
    text = re.sub(r'jax.result_info = "result\[1\][^"]*"', 'mp.role = "grad"', text)
    with open(path, "w") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    ids = jax.ShapeDtypeStruct((B, T), jnp.int32)
    floats = functools.partial(jax.ShapeDtypeStruct, dtype=jnp.float32)
    image = [floats((1, 3, 224, 224))]
    models = {
        "bert": (bert, bert, transformer({"pool": dense(D, D), "head": dense(D, 4)}), [ids, floats((B, T))], classify),
        "gpt2": (gpt2, gpt2, transformer({}), [ids], classify),
        "llama": (llama, llama, llama_parameters(), [floats((B, T, D))], lambda y: (y * y).mean()),
        "resnet18": (functools.partial(resnet, folded=True), functools.partial(resnet, folded=False),
                     resnet_parameters(), image, classify),
    }
    for name, (forward, trained, parameters, inputs, loss) in models.items():
        params = shapes(parameters)
        write(os.path.join(args.out, name + "-forward.mlir"), forward, params, inputs)

        def step(p, *x, trained=trained, loss=loss):
            return jax.value_and_grad(lambda p: loss(trained(p, *x)))(p)
        write(os.path.join(args.out, name + "-backward.mlir"), step, params, inputs)


if __name__ == "__main__":
    main()
