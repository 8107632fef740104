#!/usr/bin/env python3
"""GPT-2 small forward (batch 1, 128 tokens), FP32 against mixed, in one run.

    python3 test/Benchmark/gpt2.py --bin build/bin [--policies bf16,f16] [--layers 12]

Prints compile time, latency (runs of the formats alternate; the best run and
the median), peak memory and the ratios to FP32. On a machine that does other
work too, the best runs say more. Random weights: this is about time, not
accuracy.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import transformer


def cpu_class():
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "").split()
    for name, flag in (("amx", "amx_bf16"), ("avx512_bf16", "avx512_bf16"), ("avx512", "avx512f"), ("avx2", "avx2")):
        if flag in flags:
            return name
    return "baseline"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--out", default="build/benchmark")
    parser.add_argument("--policies", default="bf16,f16")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    args = parser.parse_args()

    directory = os.path.join(args.out, f"gpt2-{args.layers}")
    if not os.path.exists(os.path.join(directory, "inputs.safetensors")):
        transformer.save(transformer.gpt2(layers=args.layers), directory)
    model, roles = os.path.join(directory, "model.mlir"), os.path.join(directory, "roles.json")
    formats = ["f32"] + args.policies.split(",")
    compiled = {}
    for name in formats:
        out = os.path.join(directory, name + ".so")
        start = time.monotonic()
        subprocess.run([os.path.join(args.bin, "mp-compile"), model, "-o", out, f"--roles={roles}"] +
                       ([] if name == "f32" else [f"--policy={name}"]), check=True)
        compiled[name] = time.monotonic() - start
    medians, best, peak = {name: [] for name in formats}, {}, {}
    for _ in range(args.rounds):
        for name in formats:
            text = subprocess.run([os.path.join(args.bin, "mp-run"), os.path.join(directory, name + ".so"),
                                   f"--inputs={directory}/inputs.safetensors", f"--bench={args.runs}",
                                   f"--threads={args.threads}", "--json"],
                                  check=True, capture_output=True, text=True).stdout
            result = json.loads(text)
            medians[name].append(result["latency_ms"]["median"])
            best[name] = min(best.get(name, float("inf")), result["latency_ms"]["min"])
            peak[name] = result["peak_memory_bytes"]
    print(f"CPU class {cpu_class()}, {args.threads} threads, {args.layers} layers")
    print(f"{'format':8} {'compile s':>10} {'best ms':>9} {'/ FP32':>7} {'median ms':>10} {'/ FP32':>7} {'memory MiB':>11}")
    middle = {name: statistics.median(medians[name]) for name in formats}
    for name in formats:
        print(f"{name:8} {compiled[name]:10.2f} {best[name]:9.2f} {best['f32'] / best[name]:7.2f} {middle[name]:10.2f} "
              f"{middle['f32'] / middle[name]:7.2f} {peak[name] / 2**20:11.1f}")


if __name__ == "__main__":
    main()
