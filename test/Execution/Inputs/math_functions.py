"""Compiles f32 math functions, runs them on bit patterns from all of the
format, and compares with the C library in double.

    math_functions.py MP_COMPILE MP_RUN FOLDER

Specials must be right (NaN for NaN, infinities and the sign of zero equal);
elsewhere the error is counted in units of the last place of the exact result,
subnormal ones in units of the smallest subnormal. The C library's own error in
double is below 2^-28 of such a unit.
"""
import math
import os
import struct
import subprocess
import sys

import plain_safetensors


def safe(function, pole=None):
    def call(x):
        try:
            return function(x)
        except OverflowError:
            return math.inf
        except ValueError:  # a pole or outside the domain
            return -math.inf if x == pole else math.nan
    return call


FUNCTIONS = {  # name: (op in the math dialect, reference, bound)
    "exp": ("exp", safe(math.exp), 1.0),
    "exponential_minus_one": ("expm1", safe(math.expm1), 1.5),
    "log": ("log", safe(math.log, pole=0.0), 1.0),
    "log_plus_one": ("log1p", safe(math.log1p, pole=-1.0), 2.25),
    "tanh": ("tanh", math.tanh, 2.5),
    "erf": ("erf", math.erf, 1.0),
}


def to_f32(value):
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def error_in_ulp(got, exact):
    rounded = to_f32(exact)
    if math.isnan(rounded) or math.isinf(rounded) or rounded == 0 == got:
        same = math.isnan(got) if math.isnan(rounded) else got == rounded
        same &= math.isnan(rounded) or math.copysign(1, got) == math.copysign(1, rounded)
        return 0.0 if same else math.inf
    if math.isnan(got) or math.isinf(got):
        return math.inf
    _, exponent = math.frexp(abs(exact))
    return abs(got - exact) / math.ldexp(1.0, max(exponent, -125) - 24)


def main(mp_compile, mp_run, folder):
    os.makedirs(folder, exist_ok=True)
    # A step that is odd and shares no factor with a power of two visits all
    # exponents and both signs; the specials are added.
    codes = list(range(0, 1 << 32, 65521))
    codes += [0, 0x80000000, 1, 0x80000001, 0x7F800000, 0xFF800000, 0x7FC00000,
              0x3F800000, 0xBF800000, 0x42B17218, 0xC2CFF1B5]
    data = struct.pack(f"<{len(codes)}I", *codes)
    inputs = struct.unpack(f"<{len(codes)}f", data)
    tensor = f"tensor<{len(codes)}xf32>"
    model = os.path.join(folder, "model.mlir")
    with open(model, "w") as file:
        file.write("#id = affine_map<(d0) -> (d0)>\n")
        for name, (op, _, _) in FUNCTIONS.items():
            file.write(f"""func.func @{name}(%x: {tensor}) -> {tensor} {{
  %e = tensor.empty() : {tensor}
  %y = linalg.generic {{indexing_maps = [#id, #id], iterator_types = ["parallel"]}}
      ins(%x : {tensor}) outs(%e : {tensor}) {{
  ^bb0(%a: f32, %o: f32):
    %r = math.{op} %a : f32
    linalg.yield %r : f32
  }} -> {tensor}
  return %y : {tensor}
}}
""")
    shared = os.path.join(folder, "model.so")
    subprocess.run([mp_compile, model, "-o", shared], check=True)
    arguments = os.path.join(folder, "inputs.safetensors")
    plain_safetensors.write(arguments, {"arg0": ("F32", [len(data) // 4], data)})
    for name, (_, reference, bound) in FUNCTIONS.items():
        results = os.path.join(folder, name + ".safetensors")
        subprocess.run([mp_run, shared, "--function=" + name, "--quiet",
                        "--inputs=" + arguments, "--outputs=" + results], check=True)
        errors = [(error_in_ulp(y, reference(x)), x)
                  for x, y in zip(inputs, plain_safetensors.unpack(plain_safetensors.read(results)["result0"]))]
        worst, at = max(errors)
        if worst <= bound:
            print(f"{name}: within {bound} ulp")
        else:
            print(f"{name}: {worst} ulp at {at!r}")


main(*sys.argv[1:])
