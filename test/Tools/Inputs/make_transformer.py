#!/usr/bin/env python3
"""Writes a small transformer with named layers, and inputs for it.

  make_transformer.py MODEL.mlir INPUTS.safetensors LAYERS [SENSITIVE_LAYER ...]

In each sensitive layer the second product of the feed-forward part reads
numbers near 300 whose differences carry the signal, while every column of its
weights sums to zero: rounded to 16 bits, the signal is gone. All other ops can
do with 16 bits. Operands are drawn from a generator of its own, so the files
are the same everywhere.
"""
import sys

import plain_safetensors

TOKENS, WIDTH, HIDDEN = 4, 8, 16


class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) / 2**30 - 1.0

    def matrix(self, rows, columns, scale):
        return [[self.next() * scale for _ in range(columns)] for _ in range(rows)]


class Model:
    def __init__(self):
        self.lines, self.count, self.layer = [], 0, ""

    def op(self, text, type, name=None):
        value = f"%v{self.count}"
        self.count += 1
        loc = f' loc("{self.layer}/{name}")' if name else ""
        self.lines.append(f"  {value} = {text} : {type}{loc}")
        return value

    def constant(self, shape, values):
        if isinstance(values, list):
            body = "[" + ", ".join("[" + ", ".join(f"{v:.6e}" for v in row) + "]" for row in values) + "]"
        else:
            body = f"{values:.6e}" if isinstance(values, float) else values
        return self.op(f"stablehlo.constant dense<{body}>", tensor(shape))

    def binary(self, kind, a, b, shape, name):
        return self.op(f"stablehlo.{kind} {a}, {b}", tensor(shape), name)

    def unary(self, kind, a, shape, name):
        return self.op(f"stablehlo.{kind} {a}", tensor(shape), name)

    def dot(self, a, b, left, right, name):
        shape = [left[0], right[1]]
        return self.op(f"stablehlo.dot_general {a}, {b}, contracting_dims = [1] x [0]",
                       f"({tensor(left)}, {tensor(right)}) -> {tensor(shape)}", name)

    def reduce(self, kind, a, init, shape, name):
        zero = self.constant([], init)
        row = self.op(f"stablehlo.reduce({a} init: {zero}) applies stablehlo.{kind} across dimensions = [1]",
                      f"({tensor(shape)}, tensor<f32>) -> {tensor(shape[:1])}", name)
        return self.op(f"stablehlo.broadcast_in_dim {row}, dims = [0]", f"({tensor(shape[:1])}) -> {tensor(shape)}",
                       name)

    def norm(self, x, name):
        shape = [TOKENS, WIDTH]
        size = self.constant(shape, float(WIDTH))
        mean = self.binary("divide", self.reduce("add", x, 0.0, shape, name), size, shape, name)
        centred = self.binary("subtract", x, mean, shape, name)
        squares = self.binary("multiply", centred, centred, shape, name)
        variance = self.binary("divide", self.reduce("add", squares, 0.0, shape, name), size, shape, name)
        shifted = self.binary("add", variance, self.constant(shape, 1e-5), shape, name)
        return self.binary("multiply", centred, self.unary("rsqrt", shifted, shape, name), shape, name)

    def attention(self, x, random):
        shape, scores = [TOKENS, WIDTH], [TOKENS, TOKENS]
        q, k, v = (self.dot(x, self.constant([WIDTH, WIDTH], random.matrix(WIDTH, WIDTH, 0.5)), shape, [WIDTH, WIDTH],
                            f"attn/{name}") for name in "qkv")
        kt = self.op(f"stablehlo.transpose {k}, dims = [1, 0]", f"({tensor(shape)}) -> {tensor(shape[::-1])}",
                     "attn/k_t")
        s = self.dot(q, kt, shape, shape[::-1], "attn/scores")
        top = self.reduce("maximum", s, "0xFF800000", scores, "attn/softmax")
        e = self.unary("exponential", self.binary("subtract", s, top, scores, "attn/softmax"), scores, "attn/softmax")
        p = self.binary("divide", e, self.reduce("add", e, 0.0, scores, "attn/softmax"), scores, "attn/softmax")
        mixed = self.dot(p, v, scores, shape, "attn/values")
        return self.dot(mixed, self.constant([WIDTH, WIDTH], random.matrix(WIDTH, WIDTH, 0.5)), shape, [WIDTH, WIDTH],
                        "attn/out")

    def feed_forward(self, x, random, sensitive):
        shape, hidden = [TOKENS, WIDTH], [TOKENS, HIDDEN]
        up = self.dot(x, self.constant([WIDTH, HIDDEN], random.matrix(WIDTH, HIDDEN, 0.5)), shape, [WIDTH, HIDDEN],
                      "ffn/up")
        a = self.unary("tanh", up, hidden, "ffn/act")
        weights = random.matrix(HIDDEN, WIDTH, 0.5)
        if sensitive:
            a = self.binary("add", a, self.constant(hidden, 300.0), hidden, "ffn/act")
            means = [sum(column) / HIDDEN for column in zip(*weights)]
            # Multiples of 1/64 sum exactly, and 16 bits hold them.
            weights = [[round((w - m) * 64) / 64 for w, m in zip(row, means)] for row in weights]
            weights[0] = [w - sum(column) for w, column in zip(weights[0], zip(*weights))]
        return self.dot(a, self.constant([HIDDEN, WIDTH], weights), hidden, [HIDDEN, WIDTH], "ffn/down")


def tensor(shape):
    return "tensor<" + "".join(f"{n}x" for n in shape) + "f32>"


def main():
    path, inputs, layers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sensitive = {int(n) for n in sys.argv[4:]}
    random, model = Random(7), Model()
    shape = [TOKENS, WIDTH]
    x = "%x"
    for i in range(layers):
        model.layer = f"layer{i}"
        x = model.binary("add", x, model.attention(model.norm(x, "norm1"), random), shape, "residual1")
        x = model.binary("add", x, model.feed_forward(model.norm(x, "norm2"), random, i in sensitive), shape,
                         "residual2")
    with open(path, "w") as f:
        f.write(f"func.func @main(%x: {tensor(shape)}) -> {tensor(shape)} {{\n")
        f.write("\n".join(model.lines) + f"\n  return {x} : {tensor(shape)}\n}}\n")
    values = [random.next() for _ in range(TOKENS * WIDTH)]
    plain_safetensors.write(inputs, {"arg0": plain_safetensors.pack("F32", shape, values)})


main()
