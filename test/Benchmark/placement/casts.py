#!/usr/bin/env python3
"""Prints casts and bytes of the placement, of greedy painting and of the optimum.

    python3 test/Benchmark/placement/casts.py --bin build/bin --policies bf16,torch-cpu-bf16 FOLDER|FILE...

A folder stands for all models in it (`*.mlir` and `*/model.mlir`). All bytes are
those of one call: what casts move, and in brackets what free ops that stay f32
move beyond their low form. Exits with 1 where a placement is not optimal, or
painting is cheaper.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile


def find(paths):
    for path in paths:
        if os.path.isfile(path):
            yield os.path.splitext(os.path.basename(path))[0], path
            continue
        for name in sorted(os.listdir(path)):
            inner = os.path.join(path, name, "model.mlir")
            if name.endswith(".mlir"):
                yield name[:-5], os.path.join(path, name)
            elif os.path.exists(inner):
                yield name, inner


def explain(binary, path, policy):
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "explain.json")
        done = subprocess.run([binary, path, f"--mp-autocast=policy={policy} explain={out}", "-o", os.devnull],
                              capture_output=True, text=True)
        if done.returncode:
            return None, done.stderr.strip().splitlines()[0]
        with open(out) as file:
            return json.load(file), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--policies", default="bf16")
    args = parser.parse_args()
    worse = 0
    print("| model | policy | casts | bytes | painting: casts | bytes | lower bound | painting over bound |")
    print("|---|---|---|---|---|---|---|---|")
    for name, path in find(args.paths):
        for policy in args.policies.split(","):
            label = os.path.splitext(os.path.basename(policy))[0]
            found, error = explain(os.path.join(args.bin, "mp-opt"), path, policy)
            if error:
                print(f"| {name} | {label} | {error} | | | | | |")
                worse += 1
                continue
            p, t = found["placement"], found["totals"]
            # The casts that were inserted, not those that were planned.
            total = t["cast_bytes"] + p["wide_bytes"]
            over = 100 * (p["greedy_cost"] / p["lower_bound"] - 1) if p["lower_bound"] else 0
            print(f"| {name} | {label} | {t['casts']} | {t['cast_bytes']} [{p['wide_bytes']}] | {p['greedy_casts']} "
                  f"| {p['greedy_cast_bytes']} [{p['greedy_wide_bytes']}] | {p['lower_bound']} | {over:+.1f} % |")
            worse += total != p["lower_bound"] or p["greedy_cost"] < total
    if worse:
        print(f"{worse} placements are not optimal", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
