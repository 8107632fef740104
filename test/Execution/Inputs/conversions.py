"""Compiles `mp.cast` between f32 and the narrow formats, runs it, and compares
with exact arithmetic: all codes of a format to f32, and from f32 the points
halfway between neighbouring codes with the floats on both sides of them, the
codes themselves, overflow, infinities and NaN.

    conversions.py MP_COMPILE MP_RUN FOLDER
"""
import bisect
import math
import os
import struct
import subprocess
import sys

import plain_safetensors


class Format:
    def __init__(self, mlir, tensor, exponent, fraction, has_inf=True):
        self.mlir, self.tensor, self.has_inf = mlir, tensor, has_inf
        self.exponent, self.fraction = exponent, fraction
        self.bits = 1 + exponent + fraction
        self.letter = "H" if self.bits == 16 else "B"
        bias = (1 << exponent - 1) - 1
        top = ((1 << exponent) - 1) << fraction
        self.last = top - 1 if has_inf else (1 << self.bits - 1) - 2
        # Magnitudes of the finite codes, in order.
        self.values = []
        for code in range(self.last + 1):
            e, f = code >> fraction, code & (1 << fraction) - 1
            self.values.append(
                math.ldexp(f + ((1 << fraction) if e else 0), max(e, 1) - bias - fraction))

    def decode(self, code):
        magnitude = code & (1 << self.bits - 1) - 1
        sign = -1.0 if code >> self.bits - 1 else 1.0
        if magnitude <= self.last:
            return sign * self.values[magnitude]
        return sign * math.inf if self.has_inf and magnitude == self.last + 1 else math.nan

    def encode(self, x, saturate):
        """The code of x rounded to nearest even; None for any NaN."""
        if math.isnan(x):
            return None
        sign = (1 << self.bits - 1) if math.copysign(1, x) < 0 else 0
        x = abs(x)
        above = bisect.bisect_left(self.values, x)
        limit = 2 * self.values[-1] - self.values[-2]  # the code after the last
        half = (self.values[-1] + limit) / 2
        if x > half or (x == half and self.last & 1):
            if saturate:
                return sign | self.last
            return sign | self.last + 1 if self.has_inf else None
        if above > self.last:
            return sign | self.last
        if self.values[above] == x:
            return sign | above
        low, high = self.values[above - 1], self.values[above]
        down, up = x - low, high - x
        code = above if up < down or (up == down and above % 2 == 0) else above - 1
        return sign | code


FORMATS = [Format("f16", "F16", 5, 10), Format("bf16", "BF16", 8, 7),
           Format("f8E4M3FN", "F8_E4M3", 4, 3, has_inf=False),
           Format("f8E5M2", "F8_E5M2", 5, 2)]


def f32_bits(x):
    return struct.unpack("<I", struct.pack("<f", x))[0]


def directed(form):
    """Bits of f32 inputs at and around the points that matter."""
    step = max(1, len(form.values) // 4096)
    bits = {0, 1, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0x7FC00000, 0x7F800001}
    edges = list(range(0, form.last, step)) + [0, 1, form.last - 1]
    for code in edges:
        for point in (form.values[code], (form.values[code] + form.values[code + 1]) / 2):
            center = f32_bits(point)
            bits.update(b for b in (center - 1, center, center + 1) if b >= 0)
    largest = form.values[-1]
    if largest < 1e30:
        beyond = 2 * largest - form.values[-2]
        for point in (largest, (largest + beyond) / 2, beyond, 2 * beyond):
            center = f32_bits(point)
            bits.update((center - 1, center, center + 1))
    return sorted(bits) + sorted(b | 0x80000000 for b in bits)


def main(mp_compile, mp_run, folder):
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    with open(path("model.mlir"), "w") as file:
        for form in FORMATS:
            wide = f"tensor<{len(directed(form))}xf32>"
            narrow = wide.replace("f32", form.mlir)
            for mode in ("ieee", "satfinite"):
                file.write(f"func.func @{form.mlir}_{mode}(%x: {wide}) -> {narrow} {{\n"
                           f"  %0 = mp.cast %x overflow {mode} : {wide} to {narrow}\n"
                           f"  return %0 : {narrow}\n}}\n")
            codes = f"tensor<{1 << form.bits}x{form.mlir}>"
            wide = codes.replace(form.mlir, "f32")
            file.write(f"func.func @{form.mlir}_widen(%x: {codes}) -> {wide} {{\n"
                       f"  %0 = mp.cast %x : {codes} to {wide}\n"
                       f"  return %0 : {wide}\n}}\n")
    subprocess.run([mp_compile, path("model.mlir"), "-o", path("model.so")], check=True)

    def run(name, dtype, count, data):
        plain_safetensors.write(path("in.safetensors"), {"arg0": (dtype, [count], data)})
        subprocess.run([mp_run, path("model.so"), "--function=" + name, "--quiet",
                        "--inputs=" + path("in.safetensors"),
                        "--outputs=" + path("out.safetensors")], check=True)
        return plain_safetensors.read(path("out.safetensors"))["result0"][2]

    def report(name, wrong):
        print(f"{name}: exact" if not wrong else f"{name}: wrong at {wrong[:4]}")

    for form in FORMATS:
        bits = directed(form)
        inputs = struct.pack(f"<{len(bits)}I", *bits)
        values = struct.unpack(f"<{len(bits)}f", inputs)
        for mode in ("ieee", "satfinite"):
            got = struct.unpack(f"<{len(bits)}{form.letter}",
                                run(f"{form.mlir}_{mode}", "F32", len(bits), inputs))
            wrong = []
            for bit, value, code in zip(bits, values, got):
                expected = form.encode(value, mode == "satfinite")
                if not (math.isnan(form.decode(code)) if expected is None
                        else code == expected):
                    wrong.append((hex(bit), code, expected))
            report(f"{form.mlir}_{mode}", wrong)
        count = 1 << form.bits
        codes = struct.pack(f"<{count}{form.letter}", *range(count))
        got = struct.unpack(f"<{count}f", run(f"{form.mlir}_widen", form.tensor, count, codes))
        wrong = []
        for code, value in enumerate(got):
            expected = form.decode(code)
            same = (math.isnan(value) if math.isnan(expected)
                    else struct.pack("<f", value) == struct.pack("<f", expected))
            if not same:
                wrong.append((code, value, expected))
        report(f"{form.mlir}_widen", wrong)


main(*sys.argv[1:])
