"""Writes a GPT-2-like forward pass as StableHLO text, with roles and random inputs.

Only the standard library is used, so that benchmarks run wherever mp does.
The random weights repeat every megabyte: their values do not matter for time,
their bytes do.
"""
import array
import json
import math
import os
import random


class Writer:
    """Prints one function; every method returns the name of a value."""

    def __init__(self):
        self.lines, self.args, self.count = [], [], 0

    def arg(self, name, shape, dtype="f32", role="param", scale=0.02, mean=0.0):
        self.args.append(dict(name=name, shape=shape, dtype=dtype, role=role, scale=scale, mean=mean))
        return f"%arg{len(self.args) - 1}"

    def op(self, text):
        value = f"%{self.count}"
        self.count += 1
        self.lines.append(f"    {value} = {text}")
        return value

    @staticmethod
    def type(shape, dtype="f32"):
        return f"tensor<{''.join(f'{d}x' for d in shape)}{dtype}>"

    def constant(self, value, dtype="f32"):
        return self.op(f"stablehlo.constant dense<{value}> : {self.type([], dtype)}")

    def splat(self, value, shape):
        return self.broadcast(self.constant(value), [], shape, [])

    def broadcast(self, x, old, new, dims):
        return self.op(f"stablehlo.broadcast_in_dim {x}, dims = {dims} : ({self.type(old)}) -> {self.type(new)}")

    def binary(self, name, a, b, shape):
        return self.op(f"stablehlo.{name} {a}, {b} : {self.type(shape)}")

    def unary(self, name, a, shape):
        return self.op(f"stablehlo.{name} {a} : {self.type(shape)}")

    def reduce(self, name, x, init, shape):
        start = self.constant(init)
        return self.op(f"stablehlo.reduce({x} init: {start}) applies stablehlo.{name} across dimensions = "
                       f"[{len(shape) - 1}] : ({self.type(shape)}, tensor<f32>) -> {self.type(shape[:-1])}")

    def dot(self, a, ashape, b, bshape, contract, batch, out):
        batching = f"batching_dims = {batch[0]} x {batch[1]}, " if batch[0] else ""
        return self.op(f"stablehlo.dot_general {a}, {b}, {batching}contracting_dims = {contract[0]} x {contract[1]}, "
                       f"precision = [DEFAULT, DEFAULT] : ({self.type(ashape)}, {self.type(bshape)}) -> {self.type(out)}")

    def reshape(self, x, old, new):
        return self.op(f"stablehlo.reshape {x} : ({self.type(old)}) -> {self.type(new)}")

    def transpose(self, x, dims, old, new):
        return self.op(f"stablehlo.transpose {x}, dims = {dims} : ({self.type(old)}) -> {self.type(new)}")


def linear(w, x, name, rows, inputs, outputs):
    kernel, bias = w.arg(f"params/{name}/kernel", [inputs, outputs]), w.arg(f"params/{name}/bias", [outputs])
    y = w.dot(x, [rows, inputs], kernel, [inputs, outputs], ([1], [0]), ([], []), [rows, outputs])
    return w.binary("add", y, w.broadcast(bias, [outputs], [rows, outputs], [1]), [rows, outputs])


def layer_norm(w, x, name, rows, width):
    full, row = [rows, width], [rows]
    scale = w.arg(f"params/{name}/scale", [width], scale=0.0, mean=1.0)
    shift = w.arg(f"params/{name}/bias", [width])
    n = w.splat(f"{float(width):e}", row)
    mean = w.binary("divide", w.reduce("add", x, "0.000000e+00", full), n, row)
    centred = w.binary("subtract", x, w.broadcast(mean, row, full, [0]), full)
    var = w.binary("divide", w.reduce("add", w.binary("multiply", centred, centred, full), "0.000000e+00", full), n, row)
    inv = w.unary("rsqrt", w.binary("add", var, w.splat("1.000000e-05", row), row), row)
    y = w.binary("multiply", centred, w.broadcast(inv, row, full, [0]), full)
    y = w.binary("multiply", y, w.broadcast(scale, [width], full, [1]), full)
    return w.binary("add", y, w.broadcast(shift, [width], full, [1]), full)


def attention(w, x, name, rows, width, heads):
    depth = width // heads
    split, by_head, scores = [rows, heads, depth], [heads, rows, depth], [heads, rows, rows]
    parts = []
    for part in "qkv":
        y = w.reshape(linear(w, x, f"{name}/{part}", rows, width, width), [rows, width], split)
        parts.append(w.transpose(y, [1, 0, 2], split, by_head))
    q, k, v = parts
    s = w.dot(q, by_head, k, by_head, ([2], [2]), ([0], [0]), scores)
    s = w.binary("multiply", s, w.splat(f"{1 / math.sqrt(depth):e}", scores), scores)
    ints = w.type([rows, rows], "i32")
    i, j = w.op(f"stablehlo.iota dim = 0 : {ints}"), w.op(f"stablehlo.iota dim = 1 : {ints}")
    keep = w.op(f"stablehlo.compare GE, {i}, {j}, SIGNED : ({ints}, {ints}) -> {w.type([rows, rows], 'i1')}")
    keep = w.op(f"stablehlo.broadcast_in_dim {keep}, dims = [1, 2] : ({w.type([rows, rows], 'i1')}) -> {w.type(scores, 'i1')}")
    s = w.op(f"stablehlo.select {keep}, {s}, {w.splat('-1.000000e+10', scores)} : {w.type(scores, 'i1')}, {w.type(scores)}")
    top = w.broadcast(w.reduce("maximum", s, "0xFF800000", scores), scores[:-1], scores, [0, 1])
    e = w.unary("exponential", w.binary("subtract", s, top, scores), scores)
    total = w.broadcast(w.reduce("add", e, "0.000000e+00", scores), scores[:-1], scores, [0, 1])
    y = w.dot(w.binary("divide", e, total, scores), scores, v, by_head, ([2], [1]), ([0], [0]), by_head)
    y = w.reshape(w.transpose(y, [1, 0, 2], by_head, split), split, [rows, width])
    return linear(w, y, f"{name}/out", rows, width, width)


def gelu(w, x, shape):
    cube = w.binary("multiply", w.binary("multiply", x, x, shape), x, shape)
    inner = w.binary("add", x, w.binary("multiply", cube, w.splat("4.471500e-02", shape), shape), shape)
    t = w.unary("tanh", w.binary("multiply", inner, w.splat("0.797884583", shape), shape), shape)
    t = w.binary("multiply", w.binary("add", t, w.splat("1.000000e+00", shape), shape), w.splat("5.000000e-01", shape), shape)
    return w.binary("multiply", x, t, shape)


def gpt2(layers=12, width=768, heads=12, tokens=128, vocabulary=50257):
    """The writer of a forward pass over one sequence: ids [tokens] -> logits."""
    w = Writer()
    full = [tokens, width]
    table = w.arg("params/wte", [vocabulary, width])
    positions = w.arg("params/wpe", [tokens, width])
    ids = w.arg("ids", [tokens, 1], "i32", "batch")
    x = w.op(f'"stablehlo.gather"({table}, {ids}) <{{dimension_numbers = #stablehlo.gather<offset_dims = [1], '
             f"collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, indices_are_sorted = false, "
             f"slice_sizes = array<i64: 1, {width}>}}> : ({w.type([vocabulary, width])}, {w.type([tokens, 1], 'i32')}) -> {w.type(full)}")
    x = w.binary("add", x, positions, full)
    for i in range(layers):
        y = attention(w, layer_norm(w, x, f"h{i}/ln1", tokens, width), f"h{i}/attn", tokens, width, heads)
        x = w.binary("add", x, y, full)
        y = linear(w, layer_norm(w, x, f"h{i}/ln2", tokens, width), f"h{i}/fc", tokens, width, 4 * width)
        y = linear(w, gelu(w, y, [tokens, 4 * width]), f"h{i}/proj", tokens, 4 * width, width)
        x = w.binary("add", x, y, full)
    x = layer_norm(w, x, "ln_f", tokens, width)
    logits = w.dot(x, full, table, [vocabulary, width], ([1], [1]), ([], []), [tokens, vocabulary])
    w.lines.append(f"    return {logits} : {w.type([tokens, vocabulary])}")
    w.result = [tokens, vocabulary]
    return w


def save(writer, directory):
    """Writes model.mlir, roles.json and inputs.safetensors."""
    os.makedirs(directory, exist_ok=True)
    types = ", ".join(f"%arg{i}: {writer.type(a['shape'], a['dtype'])}" for i, a in enumerate(writer.args))
    with open(os.path.join(directory, "model.mlir"), "w", encoding="utf-8") as f:
        f.write(f"module @transformer {{\n  func.func public @main({types}) -> {writer.type(writer.result)} {{\n")
        f.write("\n".join(writer.lines) + "\n  }\n}\n")
    dtype = {"f32": "float32", "i32": "int32"}
    roles = [dict(index=i, name=a["name"], role=a["role"], shape=a["shape"], dtype=dtype[a["dtype"]])
             for i, a in enumerate(writer.args)]
    with open(os.path.join(directory, "roles.json"), "w", encoding="utf-8") as f:
        json.dump({"entry": "main", "args": roles, "results": []}, f)

    draw = random.Random(0)
    noise = array.array("f", (draw.gauss(0.0, 1.0) for _ in range(1 << 16)))
    header, offset = {}, 0
    for i, a in enumerate(writer.args):
        size = 4 * math.prod(a["shape"])
        header[f"arg{i}"] = dict(dtype=a["dtype"].upper(), shape=a["shape"], data_offsets=[offset, offset + size])
        offset += size
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(os.path.join(directory, "inputs.safetensors"), "wb") as f:
        f.write(len(head).to_bytes(8, "little") + head)
        for a in writer.args:
            count = math.prod(a["shape"])
            if a["dtype"] == "i32":
                f.write(array.array("i", (draw.randrange(50000) for _ in range(count))).tobytes())
                continue
            block = array.array("f", (a["mean"] + a["scale"] * v for v in noise)).tobytes()
            left = 4 * count
            while left > 0:
                f.write(block[:left])
                left -= len(block)
