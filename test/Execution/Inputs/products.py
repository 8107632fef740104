"""Compiles products and convolutions of every format, runs them, and compares
with sums in double (Python's float).

    products.py MP_COMPILE MP_RUN FOLDER

A result may differ from the exact one by
  (K + 4) * 2^-24 * sum |a b|   the f32 sum's own bound, whatever its order
                                (2^-53 for f64),
  half a unit in the last place of the result's format, relative or, below the
  normal numbers, absolute,
  and with an activation 4 units of f32 of the larger of |x| and 1, since the
  activation is computed from the rounded sum.
"""
import itertools
import math
import os
import random
import subprocess
import sys

import plain_safetensors


class Format:
    """A float format of at most 64 bits by its field sizes."""

    def __init__(self, mlir, tensor, bits, exponent, fraction, finite_only=False):
        self.mlir, self.tensor, self.bytes = mlir, tensor, bits // 8
        self.fraction, self.finite_only = fraction, finite_only
        self.bias = 2 ** (exponent - 1) - 1
        self.exponent, self.bits = exponent, bits
        self.ulp = 2.0 ** (-fraction - 1)
        self.tiny = 2.0 ** (1 - self.bias - fraction - 1)

    def decode(self, code):
        sign = -1.0 if code >> (self.bits - 1) else 1.0
        e = code >> self.fraction & (1 << self.exponent) - 1
        f = code & (1 << self.fraction) - 1
        if e == (1 << self.exponent) - 1:
            if self.finite_only:
                if f == (1 << self.fraction) - 1:
                    return math.nan
            else:
                return math.nan if f else sign * math.inf
        if e == 0:
            return sign * math.ldexp(f, 1 - self.bias - self.fraction)
        return sign * math.ldexp(f + (1 << self.fraction), e - self.bias - self.fraction)

    def random_code(self, rng):
        """Magnitudes in about [2^-4, 2): exact in every format, no overflow."""
        e = self.bias - rng.randrange(4)
        f = rng.randrange(1 << min(self.fraction, 20)) << max(0, self.fraction - 20)
        return rng.randrange(2) << (self.bits - 1) | e << self.fraction | f


FORMATS = {f.mlir: f for f in [
    Format("f64", "F64", 64, 11, 52), Format("f32", "F32", 32, 8, 23),
    Format("bf16", "BF16", 16, 8, 7), Format("f16", "F16", 16, 5, 10),
    Format("f8E4M3FN", "F8_E4M3", 8, 4, 3, True), Format("f8E5M2", "F8_E5M2", 8, 5, 2)]}


class Tensor:
    def __init__(self, shape, fmt, rng=None, data=None):
        self.shape, self.fmt = list(shape), FORMATS[fmt]
        count = math.prod(shape)
        if data is None:
            codes = [self.fmt.random_code(rng) for _ in range(count)]
            data = b"".join(c.to_bytes(self.fmt.bytes, "little") for c in codes)
        else:
            size = self.fmt.bytes
            codes = [int.from_bytes(data[i * size:(i + 1) * size], "little")
                     for i in range(count)]
        self.data, self.values = data, [self.fmt.decode(c) for c in codes]

    @property
    def type(self):
        return "tensor<" + "".join(f"{n}x" for n in self.shape) + self.fmt.mlir + ">"


def write_tensors(path, tensors):
    plain_safetensors.write(path, {name: (t.fmt.tensor, t.shape, t.data) for name, t in tensors.items()})


def read_tensor(path, name, fmt):
    _, shape, data = plain_safetensors.read(path)[name]
    return Tensor(shape, fmt, data=data)


def activate(x, epilogue):
    if epilogue == "relu":
        return max(x, 0.0)
    if epilogue == "gelu_tanh":
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    if epilogue == "gelu_erf":
        return 0.5 * x * math.erfc(-x / math.sqrt(2))
    if epilogue == "silu":
        return x / (1 + math.exp(-x)) if x > -700 else 0.0
    return x


class Case:
    """One function: text, operands, and the exact sums with their magnitudes."""

    def __init__(self, rng, a, b, result, bias=None, residual=None, epilogue="none",
                 param=True):
        self.a, self.b, self.result, self.epilogue = a, b, result, epilogue
        self.accumulator = "f64" if "f64" in (a.fmt.mlir, b.fmt.mlir) else "f32"
        columns = result[0][-1]
        self.bias = Tensor([columns], bias, rng) if bias else None
        self.residual = Tensor(result[0], residual, rng) if residual else None
        self.param = param

    def text(self, name):
        operands = [t for t in (self.a, self.b, self.bias, self.residual) if t]
        names = ["%a", "%b"] + ["%c"] * bool(self.bias) + ["%r"] * bool(self.residual)
        args = ", ".join(n + ": " + t.type + (' {mp.role = "param"}' if n == "%b" and self.param
                                              else "") for n, t in zip(names, operands))
        shape, fmt = self.result
        result = "tensor<" + "".join(f"{n}x" for n in shape) + fmt + ">"
        tail = " bias %c" * bool(self.bias) + " residual %r" * bool(self.residual)
        tail += self.attributes()
        if self.epilogue != "none":
            tail += " epilogue " + self.epilogue
        types = ", ".join(t.type for t in operands)
        return (f"func.func @{name}({args}) -> {result} {{\n"
                f"  %y = {self.op()}{tail} accumulator {self.accumulator}\n"
                f"       : ({types}) -> {result}\n  return %y : {result}\n}}\n")

    def inputs(self):
        operands = [t for t in (self.a, self.b, self.bias, self.residual) if t]
        return {f"arg{i}": t for i, t in enumerate(operands)}

    def check(self, path):
        shape, fmt = self.result
        got = read_tensor(path, "result0", fmt)
        unit = 2.0 ** (-53 if self.accumulator == "f64" else -24)
        columns = shape[-1]
        worst = 0.0
        for i, (total, magnitude, terms) in enumerate(self.sums()):
            if self.bias:
                total += self.bias.values[i % columns]
                magnitude += abs(self.bias.values[i % columns])
            if self.residual:
                total += self.residual.values[i]
                magnitude += abs(self.residual.values[i])
            want = activate(total, self.epilogue)
            # Activations have slopes below 1.2.
            bound = 1.2 * (terms + 4) * unit * magnitude
            if self.epilogue not in ("none", "relu"):
                bound += 8 * 2.0 ** -24 * max(1.0, abs(total))
            bound += got.fmt.ulp * (abs(want) + bound) + got.fmt.tiny
            error = abs(got.values[i] - want)
            if not error <= bound:
                return f"element {i}: expected {want} +- {bound}, got {got.values[i]}"
            worst = max(worst, error / bound if bound else 0.0)
        return None


class Gemm(Case):
    def __init__(self, rng, m, n, k, ta, tb, fmt_a, fmt_b=None, out=None, batch=0, **kw):
        lead = [batch] if batch else []
        self.size, self.ta, self.tb, self.batch = (m, n, k), ta, tb, batch
        super().__init__(rng, Tensor(lead + ([k, m] if ta else [m, k]), fmt_a, rng),
                         Tensor(lead + ([n, k] if tb else [k, n]), fmt_b or fmt_a, rng),
                         (lead + [m, n], out or fmt_a), **kw)

    def op(self):
        return ("mp.gemm %a" + " transposed" * self.ta + ", %b" + " transposed" * self.tb)

    def attributes(self):
        return ""

    def sums(self):
        m, n, k = self.size
        a, b = self.a.values, self.b.values
        for g in range(self.batch or 1):
            for i in range(m):
                row = [a[g * m * k + (l * m + i if self.ta else i * k + l)] for l in range(k)]
                for j in range(n):
                    products = [row[l] * b[g * n * k + (j * k + l if self.tb else l * n + j)]
                                for l in range(k)]
                    yield math.fsum(products), math.fsum(map(abs, products)), k


class Conv(Case):
    def __init__(self, rng, batch, x, channels, w, outputs, strides, padding, lhs, rhs,
                 groups=1, fmt="f32", out=None, **kw):
        self.x, self.w, self.strides, self.padding = x, w, strides, padding
        self.lhs, self.rhs, self.groups = lhs, rhs, groups
        self.y = [((n - 1) * l + 1 + padding[2 * i] + padding[2 * i + 1]
                   - (rhs[i] * (w[i] - 1) + 1)) // strides[i] + 1
                  for i, (n, l) in enumerate(zip(x, lhs))]
        super().__init__(rng, Tensor([batch, *x, channels], fmt, rng),
                         Tensor([*w, channels // groups, outputs], fmt, rng),
                         ([batch, *self.y, outputs], out or fmt), **kw)

    def op(self):
        return "mp.conv %a, %b"

    def attributes(self):
        text = (f" strides {self.strides} padding {self.padding}"
                f" lhs_dilation {self.lhs} rhs_dilation {self.rhs}")
        return text + f" groups {self.groups}" * (self.groups > 1)

    def sums(self):
        channels, outputs = self.a.shape[-1], self.b.shape[-1]
        cg, og = channels // self.groups, outputs // self.groups
        taps = list(itertools.product(*map(range, self.w)))
        for place in itertools.product(range(self.a.shape[0]), *map(range, self.y)):
            reads = []
            for t, tap in enumerate(taps):
                pixel = place[0]
                for i, k in enumerate(tap):
                    q = place[i + 1] * self.strides[i] + k * self.rhs[i] - self.padding[2 * i]
                    if q < 0 or q % self.lhs[i] or q // self.lhs[i] >= self.x[i]:
                        break
                    pixel = pixel * self.x[i] + q // self.lhs[i]
                else:
                    reads.append((t, pixel))
            for o in range(outputs):
                products = [self.a.values[pixel * channels + o // og * cg + c]
                            * self.b.values[(t * cg + c) * outputs + o]
                            for t, pixel in reads for c in range(cg)]
                yield math.fsum(products), math.fsum(map(abs, products)), len(products)


def product_cases(rng):
    # Edges of tiles, vectors and k, in all four layouts.
    for ta, tb in itertools.product((False, True), repeat=2):
        for m, n, k in [(1, 40, 130), (7, 17, 40), (37, 50, 33), (3, 5, 7)]:
            yield Gemm(rng, m, n, k, ta, tb, "f32")
    yield Gemm(rng, 1, 1, 1, False, False, "f32")
    yield Gemm(rng, 6, 1, 100, False, False, "f32")
    yield Gemm(rng, 4, 9, 0, False, False, "f32", bias="f32", epilogue="relu")
    # Packing is straight-line code here, which LLVM once turned into vectors of
    # bfloat that it has no code for.
    yield Gemm(rng, 70, 16, 4, False, False, "bf16", out="f32")
    # More than one block of k.
    yield Gemm(rng, 13, 18, 900, False, False, "f32", residual="f32")
    # One row reads several panels side by side: five of them, the last not
    # whole, finished in registers and through scratch, and with k in two blocks.
    yield Gemm(rng, 1, 70, 64, False, False, "bf16", out="f32", epilogue="relu")
    yield Gemm(rng, 1, 70, 64, False, True, "f32", bias="f32", epilogue="silu")
    yield Gemm(rng, 1, 35, 16402, False, True, "bf16", out="f32")
    for fmt in ("f64", "bf16", "f16", "f8E4M3FN", "f8E5M2"):
        for m, n, k, ta, tb in [(1, 33, 130, False, False), (19, 35, 41, False, False),
                                (19, 35, 41, True, True), (3, 6, 9, False, True)]:
            yield Gemm(rng, m, n, k, ta, tb, fmt)
        yield Gemm(rng, 19, 35, 41, False, False, fmt, out="f64" if fmt == "f64" else "f32")
    for out in ("bf16", "f16", "f8E4M3FN", "f8E5M2"):
        yield Gemm(rng, 9, 20, 40, False, False, "f64", out=out)
        yield Gemm(rng, 9, 20, 40, False, False, "f32", out=out)
    yield Gemm(rng, 9, 20, 40, False, True, "bf16", "f32", out="f16")
    yield Gemm(rng, 9, 20, 40, False, False, "f8E5M2", "f8E4M3FN", out="bf16")
    for batch, m in ((3, 17), (3, 2)):
        for tb in (False, True):
            yield Gemm(rng, m, 20, 24, False, tb, "f32", batch=batch, param=False)
    for epilogue in ("relu", "gelu_tanh", "gelu_erf", "silu"):
        for fmt in ("f32", "bf16"):
            yield Gemm(rng, 9, 21, 40, False, False, fmt, bias="f32", residual=fmt,
                       epilogue=epilogue)


def convolution_cases(rng):
    yield Conv(rng, 2, [8, 9], 3, [3, 3], 10, [1, 1], [1, 1, 1, 1], [1, 1], [1, 1])
    yield Conv(rng, 1, [8, 9], 4, [3, 2], 20, [2, 1], [0, 1, 2, 0], [1, 1], [1, 2])
    yield Conv(rng, 1, [30], 8, [4], 17, [3], [2, 1], [1], [2], bias="f32", epilogue="relu")
    yield Conv(rng, 1, [5, 6, 7], 2, [2, 3, 1], 9, [1, 2, 1], [1, 0, 0, 1, 0, 0],
               [1, 1, 1], [1, 1, 1])
    # What oneDNN has no word for.
    yield Conv(rng, 2, [6, 6], 4, [3, 3], 9, [1, 1], [2, 2, 2, 2], [2, 2], [1, 1])
    yield Conv(rng, 2, [8, 8], 4, [3, 3], 9, [1, 1], [-1, 0, 0, -2], [1, 1], [1, 1])
    yield Conv(rng, 2, [8, 8], 8, [3, 3], 8, [1, 1], [1, 1, 1, 1], [1, 1], [1, 1], groups=8)
    yield Conv(rng, 2, [6, 6], 8, [3, 3], 16, [1, 2], [1, 1, 1, 1], [1, 1], [1, 1],
               groups=2, fmt="bf16", bias="f32", residual="bf16", epilogue="relu")
    yield Conv(rng, 1, [6, 6], 3, [3, 3], 10, [1, 1], [1, 1, 1, 1], [1, 1], [1, 1], fmt="f64")
    yield Conv(rng, 1, [6, 6], 3, [3, 3], 10, [1, 1], [1, 1, 1, 1], [1, 1], [1, 1], fmt="f16")
    yield Conv(rng, 1, [6, 6], 3, [3, 3], 10, [1, 1], [1, 1, 1, 1], [1, 1], [1, 1],
               fmt="f8E4M3FN", out="f32")


def main():
    compile_tool, run_tool, folder = sys.argv[1:4]
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(7)
    cases = [*product_cases(rng), *convolution_cases(rng)]
    source, model = os.path.join(folder, "m.mlir"), os.path.join(folder, "m.so")
    with open(source, "w") as f:
        f.write("".join(c.text(f"f{i}") for i, c in enumerate(cases)))
    subprocess.run([compile_tool, source, "-o", model], check=True)
    failures = 0
    for i, case in enumerate(cases):
        given, got = (os.path.join(folder, n) for n in ("in.safetensors", "out.safetensors"))
        write_tensors(given, case.inputs())
        subprocess.run([run_tool, model, f"--function=f{i}", f"--inputs={given}",
                        f"--outputs={got}", "--quiet"], check=True)
        message = case.check(got)
        if message:
            failures += 1
            print(f"f{i}: {message}\n{case.text(f'f{i}')}")
    print(f"{len(cases) - failures} of {len(cases)} right")
    sys.exit(failures != 0)


main()
