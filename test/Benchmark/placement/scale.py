#!/usr/bin/env python3
"""Times autocast, parse to print, on generated modules of many ops.

    python3 test/Benchmark/placement/scale.py --bin build/bin [--ops 20000,200000] [--policy bf16] [--runs 3] [--lock]

The module is a stack of transformer layers (attention, layer norm, GELU) as
exporters print them, in one function, with its own parameters in each layer.
Prints the median of CPU seconds, the peak of memory and, for each size after
the first, the growth over what is linear; with --lock the same for writing a
lock and for replaying it. Exits with 1 above the given limits.

A round gives each size the same work: a small module is run as often as it fits
into the largest, half of that before the larger ones and half behind them, so
that a machine whose speed drifts slows all sizes alike. The growth is the
median of those of the rounds.
"""
import argparse
import os
import statistics
import sys
import tempfile

T, S, P = "tensor<8x64xf32>", "tensor<8x8xf32>", "tensor<8xf32>"
W, F, G = "tensor<64x64xf32>", "tensor<64x128xf32>", "tensor<8x128xf32>"
DOWN, VECTOR = "tensor<128x64xf32>", "tensor<64xf32>"


class Module:
    def __init__(self):
        self.arguments, self.lines, self.constants = [f"%x: {T}"], [], {}

    def op(self, text):
        self.lines.append(f"    %{len(self.lines)} = stablehlo.{text}")
        return f"%{len(self.lines) - 1}"

    def parameter(self, type):
        name = f"%p{len(self.arguments)}"
        self.arguments.append(f'{name}: {type} {{mp.role = "param"}}')
        return name

    def binary(self, name, a, b, type=T):
        return self.op(f"{name} {a}, {b} : {type}")

    def unary(self, name, a, type=T):
        return self.op(f"{name} {a} : {type}")

    def splat(self, value, type):
        scalar = self.op(f"constant dense<{value}> : tensor<f32>")
        return self.op(f"broadcast_in_dim {scalar}, dims = [] : (tensor<f32>) -> {type}")

    def dot(self, a, b, ta, tb, result, lhs=1, rhs=0):
        return self.op(f"dot_general {a}, {b}, contracting_dims = [{lhs}] x [{rhs}] : ({ta}, {tb}) -> {result}")

    def reduce(self, name, init, a, type):
        zero = self.op(f"constant dense<{init}> : tensor<f32>")
        row = self.op(f"reduce({a} init: {zero}) applies stablehlo.{name} across dimensions = [1] : "
                      f"({type}, tensor<f32>) -> {P}")
        return self.op(f"broadcast_in_dim {row}, dims = [0] : ({P}) -> {type}")

    def norm(self, x):
        mean = self.binary("multiply", self.reduce("add", "0.0", x, T), self.splat("1.562500e-02", T))
        c = self.binary("subtract", x, mean)
        v = self.reduce("add", "0.0", self.binary("multiply", c, c), T)
        r = self.unary("rsqrt", self.binary("add", v, self.splat("1.0e-05", T)))
        gain = self.op(f"broadcast_in_dim {self.parameter(VECTOR)}, dims = [1] : ({VECTOR}) -> {T}")
        return self.binary("multiply", self.binary("multiply", c, r), gain)

    def softmax(self, s):
        e = self.unary("exponential", self.binary("subtract", s, self.reduce("maximum", "0xFF800000", s, S), S), S)
        return self.binary("divide", e, self.reduce("add", "0.0", e, S), S)

    def layer(self, x):
        y = self.norm(x)
        q, k, v = (self.dot(y, self.parameter(W), T, W, T) for _ in "qkv")
        s = self.binary("multiply", self.dot(q, k, T, T, S, 1, 1), self.splat("0.125", S), S)
        a = self.dot(self.dot(self.softmax(s), v, S, T, T), self.parameter(W), T, W, T)
        x = self.binary("add", x, a)
        h = self.dot(self.norm(x), self.parameter(F), T, F, G)
        g = self.unary("tanh", self.binary("multiply", h, self.splat("0.797884583", G), G), G)
        h = self.binary("multiply", h, self.binary("add", g, self.splat("1.0", G), G), G)
        return self.binary("add", x, self.dot(h, self.parameter(DOWN), G, DOWN, T))


def generate(ops, path):
    module = Module()
    x = "%x"
    while len(module.lines) < ops:
        x = module.layer(x)
    with open(path, "w") as file:
        file.write(f"func.func @main({', '.join(module.arguments)}) -> {T} {{\n")
        file.write("\n".join(module.lines))
        file.write(f"\n    return {x} : {T}\n}}\n")
    return len(module.lines)


def measure(command):
    pid = os.spawnvp(os.P_NOWAIT, command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure_round(models, kinds, command):
    """Mean seconds and peak MiB of each (ops, kind) in one round."""
    largest = models[-1][0]
    plan = [(model, max(1, round(largest / model[0] / 2))) for model in models[:-1]]
    order = plan + [(models[-1], 1)] + plan[::-1]
    seconds, memory = {}, {}
    for kind in kinds:
        for (ops, path), times in order:
            for _ in range(times):
                used, peak = measure(command(path, kind))
                seconds.setdefault((ops, kind), []).append(used)
                memory[ops, kind] = max(memory.get((ops, kind), 0), peak)
    return {key: (statistics.mean(used), memory[key]) for key, used in seconds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--ops", default="20000,200000", help="sizes, rising")
    parser.add_argument("--policy", default="bf16")
    parser.add_argument("--runs", type=int, default=3, help="rounds")
    parser.add_argument("--lock", action="store_true")
    parser.add_argument("--max-seconds", type=float, default=15)
    parser.add_argument("--max-mib", type=float, default=4096)
    parser.add_argument("--max-growth", type=float, default=1.2)
    args = parser.parse_args()
    kinds = ["decide"] + ["write lock", "replay"] * args.lock

    def command(path, kind):
        option = {"decide": "", "write lock": f" write-lock={path}.lock", "replay": f" lock={path}.lock"}[kind]
        return [os.path.join(args.bin, "mp-opt"), path, "-o", os.devnull, f"--mp-autocast=policy={args.policy}{option}"]

    with tempfile.TemporaryDirectory() as directory:
        models = []
        for size in map(int, args.ops.split(",")):
            path = os.path.join(directory, f"{size}.mlir")
            models.append((generate(size, path), path))
        rounds = [measure_round(models, kinds, command) for _ in range(args.runs)]
    fits = True
    print(f"{'ops':>8} {'run':>10} {'CPU s':>8} {'MiB':>8} {'over linear':>12}")
    for ops, kind in rounds[0]:
        seconds = statistics.median(result[ops, kind][0] for result in rounds)
        memory = max(result[ops, kind][1] for result in rounds)
        smallest = models[0][0]
        growth = statistics.median(
            result[ops, kind][0] / result[smallest, kind][0] / (ops / smallest) for result in rounds)
        print(f"{ops:8} {kind:>10} {seconds:8.2f} {memory:8.0f} {growth:12.2f}")
        fits &= seconds <= args.max_seconds and memory <= args.max_mib and growth <= args.max_growth
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
