#!/usr/bin/env python3
"""The demo behind tools/demo.sh: each example model in FP32 and BF16.

For each folder of --models (model.mlir, roles.json, inputs.safetensors,
labels.json): rewrite and explain, compile both ways, run on all test images,
and print accuracy, time, memory and casts side by side. Exits with 1 if the
accuracies differ by more than 0.3 percentage points.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

import plain_safetensors


def call(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"demo: error: {' '.join(command)}\n{done.stderr}")
    return done.stdout


def logits(path):
    """result0 of a safetensors file as rows of floats."""
    tensor = plain_safetensors.read(path)["result0"]
    values = plain_safetensors.unpack(tensor)
    rows, columns = tensor[1]
    return [values[i * columns:(i + 1) * columns] for i in range(rows)]


def accuracy(path, labels):
    rows = logits(path)
    return sum(max(range(len(r)), key=r.__getitem__) == y for r, y in zip(rows, labels)) / len(labels)


def decisions(explain):
    """(class, format, rule) -> number of ops."""
    table = collections.Counter()
    for op in explain["ops"]:
        table[(op["class"], op.get("compute", "as written"), op.get("rule", "-"))] += 1
    return table


def show(name, args):
    folder = os.path.join(args.models, name)
    out = os.path.join(args.out, name)
    os.makedirs(out, exist_ok=True)
    model, roles = f"{folder}/model.mlir", f"--roles={folder}/roles.json"
    with open(f"{folder}/labels.json", encoding="utf-8") as f:
        labels = json.load(f)

    print(f"\n{name}: {len(labels)} test images")
    mixed = ["--policy=" + args.policy, f"--explain={out}/explain.json"]
    call([f"{args.bin}/mp-compile", model, "-o", f"{out}/{args.policy}.mlir", "--emit=stablehlo", roles] + mixed)
    with open(f"{out}/explain.json", encoding="utf-8") as f:
        explain = json.load(f)

    rows = {}
    for label, policy in (("FP32", None), (args.policy.upper(), args.policy)):
        so = f"{out}/{label.lower()}.so"
        call([f"{args.bin}/mp-compile", model, "-o", so, roles] + ([f"--policy={policy}"] if policy else []))
        text = call([f"{args.bin}/mp-run", so, f"--inputs={folder}/inputs.safetensors",
                     f"--outputs={out}/{label.lower()}.safetensors", "--bench=50", "--json"])
        rows[label] = json.loads(text)
        rows[label]["accuracy"] = accuracy(f"{out}/{label.lower()}.safetensors", labels)
        rows[label]["casts"] = explain["totals"]["casts"] if policy else 0
        rows[label]["once"] = explain["totals"]["one_time_casts"] if policy else 0

    print(f"  {'':6}{'accuracy':>10}{'median ms':>11}{'memory KiB':>12}{'casts':>7}{'of them once':>14}")
    for label, row in rows.items():
        print(f"  {label:6}{row['accuracy']:>10.4f}{row['latency_ms']['median']:>11.3f}"
              f"{row['peak_memory_bytes'] / 1024:>12.0f}{row['casts']:>7}{row['once']:>14}")
    print(f"  {'decision':30}{'ops':>5}  rule")
    for (kind, compute, rule), count in sorted(decisions(explain).items()):
        print(f"  {kind + ' in ' + compute:30}{count:>5}  {rule}")
    print(f"  rewritten model: {out}/{args.policy}.mlir, every reason: {out}/explain.json")
    values = [row["accuracy"] for row in rows.values()]
    return abs(values[0] - values[1]) <= 0.003


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--models", default="examples")
    parser.add_argument("--out", default="build/demo")
    parser.add_argument("--policy", default="bf16")
    args = parser.parse_args()
    names = sorted(n for n in os.listdir(args.models) if os.path.exists(os.path.join(args.models, n, "labels.json")))
    if not names:
        sys.exit(f"demo: error: no models in {args.models}")
    if not all([show(name, args) for name in names]):
        sys.exit("demo: error: the accuracies differ by more than 0.3 percentage points")


if __name__ == "__main__":
    main()
