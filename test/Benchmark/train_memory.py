#!/usr/bin/env python3
"""Trains models for two steps in FP32, BF16 and FP16 and tells what their memory holds.

    python3 test/Benchmark/train_memory.py MODEL... [--bin build/bin]

MODEL is a folder with model.mlir (form A), its roles (roles.json or meta.json) and its data (data.safetensors or
train_data.safetensors), such as tools/export/examples/gpt.py writes.

What a 16-bit format is expected to take follows from the roles and the FP32 run alone, nothing of it from how the mixed
step is planned: masters, optimizer state and samples as they are, gradients too; two bytes more for each parameter that
a product reads; and half of all else that the FP32 step holds at its peak. It passes if its activations at peak are at
most 55 % of those of FP32, and its memory is within 5 % of the expected: as planned by the compiler, and as measured by
the system where it is so large that the program itself does not matter.
"""
import argparse
import json
import math
import os
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "tools", "scripts"))
import plain_safetensors as st

MIB = 1 << 20
FORMATS = ("f32", "bf16", "f16")
WIDTHS = {"float64": 8, "int64": 8, "float32": 4, "int32": 4, "uint32": 4, "float16": 2, "bfloat16": 2, "bool": 1}


def first(folder, *names):
    return next(path for path in (os.path.join(folder, name) for name in names) if os.path.exists(path))


def manifest(path):
    """What the compiler wrote into a model about its making."""
    with open(path, "rb") as f:
        data = f.read()
    start = data.index(b'{"cpu_features"')
    return json.JSONDecoder().raw_decode(data[start:data.index(b"\0", start)].decode())[0]


def measure(command):
    """Peak of the resident memory of a process, in bytes. A small process starts it: the peak includes its parent's."""
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    return 1024 * int(subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True).stdout)


class Model:
    def __init__(self, folder, args):
        self.folder, self.args = folder, args
        self.name = os.path.basename(os.path.normpath(folder))
        self.out = os.path.join(args.out, self.name)
        os.makedirs(self.out, exist_ok=True)
        self.roles = first(folder, "roles.json", "meta.json")
        with open(self.roles, encoding="utf-8") as f:
            values = json.load(f)["entries"]["loss_and_grads"]["args"]
        self.batch = next(v["shape"][0] for v in values if v["role"] == "batch")
        self.data = os.path.join(self.out, "data.safetensors")
        tensors = st.read(first(folder, "data.safetensors", "train_data.safetensors"))
        tensors["batch_order"] = st.pack("I64", [1, 2 * self.batch], list(range(2 * self.batch)))
        st.write(self.data, tensors)
        #: What is in memory besides the training: the samples. Initial values are given back.
        self.samples = sum(len(data) for name, (_, _, data) in tensors.items() if not name.startswith("init"))

    def tool(self, name):
        return os.path.join(self.args.bin, name)

    def run(self, policy):
        """The planned memory of the train step, what the system measured without samples and program, and losses."""
        library = os.path.join(self.out, policy + ".so")
        subprocess.run([self.tool("mp-compile"), os.path.join(self.folder, "model.mlir"), "--train",
                        "--roles=" + self.roles, "--policy=" + policy, "-o", library], check=True)
        metrics = os.path.join(self.out, policy + ".jsonl")
        peak = measure([self.tool("mp-train"), library, "--data=" + self.data, f"--batch={self.batch}", "--epochs=1",
                        "--metrics=" + metrics, "--quiet"])
        program = measure([self.tool("mp-train"), "--help"])
        with open(metrics, encoding="utf-8") as f:
            losses = [json.loads(line)["loss"] for line in f]
        plan = next(m for m in manifest(library)["memory"] if m["function"] == "train_step")
        return plan, peak - self.samples - program, losses


def state_bytes(plan):
    return sum(plan["arguments"].get(role, 0) for role in ("param", "opt_state", "state", "scaler"))


def total(plan):
    """All that training holds: what is kept between steps, and the arena with everything inside of one."""
    return sum(plan["arguments"].values()) + plan["arena"] + plan["persistent"] + plan["results"]


def arguments(model):
    """Shapes and element widths of what both functions take, each once; gradients pass from one to the other."""
    with open(model.roles, encoding="utf-8") as f:
        entries = json.load(f)["entries"]
    return {(v["role"], v["name"]): (v["shape"], WIDTHS[v["dtype"]])
            for entry in ("loss_and_grads", "apply_updates")
            for v in entries[entry]["args"] if v["role"] not in ("grad", "loss_scale")}


def expected_bytes(model, base, base_total):
    """Of a 16-bit format, where FP32 has the plan `base` and takes `base_total`."""
    values = arguments(model)
    stays = sum(math.prod(shape) * width for shape, width in values.values()) + base["at_peak"]["gradients"]
    # Those with two axes or more: what products and convolutions read, and tables of embeddings.
    copies = sum(2 * math.prod(shape) for (role, _), (shape, _) in values.items() if role == "param" and len(shape) > 1)
    return stays + copies + (base_total - stays) / 2


def check(model):
    """Prints the rows of one model; whether all formats are within their bounds."""
    base, fine = None, True
    for policy in FORMATS:
        plan, measured, losses = model.run(policy)
        if base is None:
            base, base_measured = plan, measured
        activations = plan["at_peak"]["activations"] / base["at_peak"]["activations"]
        expected, expected_measured = total(base), base_measured
        if policy != "f32":
            expected, expected_measured = (expected_bytes(model, base, of) for of in (expected, expected_measured))
            fine &= activations <= 0.55
        planned_error, measured_error = total(plan) / expected - 1, measured / expected_measured - 1
        fine &= abs(planned_error) <= 0.05 and (expected < 100 * MIB or abs(measured_error) <= 0.05)
        cells = [state_bytes(plan), plan["persistent"] + plan["at_peak"]["weights"],
                 *(plan["at_peak"][use] for use in ("gradients", "activations", "other"))]
        print(f"| {model.name} | {policy} | " + " | ".join(f"{cell / MIB:.1f}" for cell in cells) +
              f" | {activations:.2f} | {expected / MIB:.1f} | {total(plan) / MIB:.1f} ({100 * planned_error:+.1f} %) | "
              f"{measured / MIB:.1f} ({100 * measured_error:+.1f} %) | {losses[-1]:.5f} |", flush=True)
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--out", default="build/benchmark/train-memory")
    args = parser.parse_args()
    print("MiB at the peak of a step; activations also as part of FP32's.\n")
    print("| model | format | masters, states | working copies | gradients | activations | other | of FP32 | expected |"
          " planned | measured | loss of step 2 |")
    print("|" + "---|" * 12)
    fine = [check(Model(folder, args)) for folder in args.models]
    sys.exit(0 if all(fine) else "a format is out of its bounds")


if __name__ == "__main__":
    main()
