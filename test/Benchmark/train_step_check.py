"""Runs one train step here and by another StableHLO compiler, and compares the
losses step by step. Each follows its own state from the same start.

  PYTHONPATH=tools/scripts python3 test/Benchmark/train_step_check.py MODEL.mlir ROLES.json DATA.safetensors
    --batch=64 --options="compute=bf16" --other="python3 their_compiler.py {model} {inputs} {outputs}"

The other compiler gets StableHLO text with one public function @train_step,
inputs as arg0, arg1, ... and writes result0, result1, ...
"""
import argparse
import math
import os
import re
import shlex
import struct
import subprocess
import sys
import tempfile

import plain_safetensors as st

STORED = {"f32": "F32", "f64": "F64", "f16": "F16", "bf16": "BF16", "i1": "BOOL", "i8": "I8", "i32": "I32",
          "i64": "I64", "ui8": "U8", "ui32": "U32", "ui64": "U64"}
BYTES = {"F32": 4, "F64": 8, "F16": 2, "BF16": 2, "BOOL": 1, "I8": 1, "I32": 4, "I64": 8, "U8": 1, "U32": 4, "U64": 8}


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("roles")
    parser.add_argument("data")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--options", default="compute=bf16")
    parser.add_argument("--other", required=True)
    parser.add_argument("--tools", default="build/bin")
    parser.add_argument("--rtol", type=float, default=1e-2)
    return parser.parse_args()


def values_of(text):
    """(kind, role, name, dtype, shape) of what --mp-print-roles lists."""
    pattern = r"^  (argument|result) \d+: (\S+) (\S+) : tensor<((?:\d+x)*)(\w+)>$"
    return [(kind, role, name, STORED[element], [int(size) for size in sizes.split("x") if size])
            for kind, role, name, sizes, element in re.findall(pattern, text, re.M)]


def zeros(dtype, shape):
    count = 1
    for size in shape:
        count *= size
    return dtype, shape, bytes(count * BYTES[dtype])


def narrowed(tensor, dtype):
    """The tensor in the format in which a step keeps it (masters, low-states): f32 rounded to nearest even."""
    if tensor[0] != "F32" or dtype not in ("BF16", "F16"):
        return tensor
    words = bytearray()
    for value in st.unpack(tensor):
        if dtype == "F16":
            try:
                words += struct.pack("<e", value)
            except OverflowError:
                words += struct.pack("<e", math.copysign(math.inf, value))
        else:
            bits, = struct.unpack("<I", struct.pack("<f", value))
            if value == value:
                bits += 0x7FFF + (bits >> 16 & 1)
            words += struct.pack("<H", bits >> 16)
    return dtype, tensor[1], bytes(words)


def first_state(arguments, data, step_text):
    """Parameters from the data, the scaler from its attributes, the rest zero."""
    initial = {name: float(value) for value, name in
               re.findall(r'mp\.initial = ([-+.\dE]+)(?: : \w+)?, mp\.name = "([^"]*)"', step_text, re.I)}
    state = {}
    for _, role, name, dtype, shape in arguments:
        stem = name.split("/", 1)[-1]
        if role == "param":
            state[name] = narrowed(data[f"init/{stem}"], dtype)
        elif role in ("opt_state", "state", "scaler"):
            given = data.get(f"init_opt/{stem}") or data.get(f"init_state/{stem}")
            state[name] = narrowed(given, dtype) if given else zeros(dtype, shape)
            if name in initial:
                value = initial[name] if dtype == "F32" else int(initial[name])
                state[name] = st.pack(dtype, [], [value])
    return state


def batch_of(arguments, data, order, number, batch):
    """The samples of one step, in the order that the data name."""
    rows = order[number * batch:(number + 1) * batch]
    chosen = {}
    for _, role, name, dtype, shape in arguments:
        source = data.get(f"{name}_train")
        if role not in ("batch", "label") or source is None:
            continue
        width = len(source[2]) // source[1][0]
        chosen[name] = dtype, shape, b"".join(source[2][row * width:(row + 1) * width] for row in rows)
    return chosen


def call(command, model, folder, arguments, results, values, by_name):
    inputs, outputs = os.path.join(folder, "in"), os.path.join(folder, "out")
    st.write(inputs, {name if by_name else f"arg{i}": values[name]
                      for i, (_, _, name, _, _) in enumerate(arguments)})
    words = [word.format(model=model, inputs=inputs, outputs=outputs) for word in shlex.split(command)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    found = st.read(outputs)
    return {name: found[f"result{i}"] for i, (_, _, name, _, _) in enumerate(results)}


def main():
    args = parse()
    data = st.read(args.data)
    folder = tempfile.mkdtemp(prefix="train-step-")
    text, library = os.path.join(folder, "step.mlir"), os.path.join(folder, "step.so")
    opt, options = os.path.join(args.tools, "mp-opt"), f"{args.options} roles={args.roles}"
    listing = subprocess.run([opt, args.model, f"--mp-train-step={options}", "--mp-print-roles", "--mp-to-stablehlo",
                              "-o", text], check=True, capture_output=True, text=True).stdout
    subprocess.run([os.path.join(args.tools, "mp-compile"), args.model, "--train", f"--roles={args.roles}",
                    f"--train-step={args.options}", "-o", library], check=True)
    values = values_of(listing)
    arguments = [value for value in values if value[0] == "argument"]
    results = [value for value in values if value[0] == "result"]
    with open(text) as f:
        state = first_state(arguments, data, f.read())
    order = st.unpack(data["batch_order"]) if "batch_order" in data else range(1 << 30)

    runners = [(f"{os.path.join(args.tools, 'mp-run')} {{model}} --inputs={{inputs}} --outputs={{outputs}} --quiet",
                library, True), (args.other, text, False)]
    states, worst = [dict(state), dict(state)], 0.0
    print("step  mp          other       relative difference")
    for number in range(args.steps):
        losses = []
        for i, (command, model, by_name) in enumerate(runners):
            batch = batch_of(arguments, data, order, number, args.batch)
            new = call(command, model, folder, arguments, results, {**states[i], **batch}, by_name)
            losses.append(struct.unpack("<f", new["loss"][2])[0])
            states[i] = {name: new[name] for name in state}
        difference = abs(losses[0] - losses[1]) / abs(losses[1])
        worst = max(worst, difference)
        print(f"{number + 1:4}  {losses[0]:<10.6f}  {losses[1]:<10.6f}  {difference:.2e}")
    print(f"largest relative difference {worst:.2e}, allowed {args.rtol:.0e}")
    sys.exit(worst > args.rtol)


if __name__ == "__main__":
    main()
