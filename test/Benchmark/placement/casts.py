#!/usr/bin/env python3
"""Prints casts and bytes of the placement, of greedy painting and of the optimum.

    python3 test/Benchmark/placement/casts.py --bin build/bin [--policies bf16,mine.yaml] FOLDER|FILE...

A folder stands for all models in it (`*.mlir` and `*/model.mlir`); the policies
are all that are shipped where none are named. Roles are read from `meta.json`
beside the model, and where a policy needs recorded ranges, they are recorded
with the `*inputs.safetensors` there. All bytes are those of one call: what casts
move, and in brackets what free ops that stay f32 move beyond their low form.
Behind the table stand the sums for each policy. Exits with 1 where a placement
is not optimal, or painting is cheaper.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

NO_INPUTS = "needs recorded ranges, and there are no inputs to record them with"
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../lib/Policy/data")


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


def record(directory, path, out):
    """Writes the ranges of all values in a run with the inputs beside the model."""
    for inputs in sorted(glob.glob(os.path.join(os.path.dirname(path), "*inputs.safetensors"))):
        function = os.path.basename(inputs)[:-len("inputs.safetensors")].rstrip(".")
        subprocess.run([os.path.join(directory, "mp-run"), path, f"--inputs={inputs}", f"--record-ranges={out}"]
                       + ([f"--function={function}"] if function else []), capture_output=True)
    return os.path.exists(out)


def explain(directory, path, policy):
    meta = os.path.join(os.path.dirname(path), "meta.json")
    roles = [f"--mp-assign-roles=file={meta}"] if os.path.exists(meta) else []
    with tempfile.TemporaryDirectory() as folder:
        out, ranges = os.path.join(folder, "explain.json"), os.path.join(folder, "ranges.json")

        def run(options):
            return subprocess.run([os.path.join(directory, "mp-opt"), path, *roles,
                                   f"--mp-autocast=policy={policy} explain={out}{options}", "-o", os.devnull],
                                  capture_output=True, text=True)
        done = run("")
        if "needs recorded ranges" in done.stderr:
            if not record(directory, path, ranges):
                return None, NO_INPUTS
            done = run(f" ranges={ranges}")
        if done.returncode:
            return None, done.stderr.strip().splitlines()[0]
        with open(out) as file:
            return json.load(file), None


class Sums:
    def __init__(self):
        self.models = self.optimal = self.casts = self.bytes = self.painted_casts = self.painted = 0

    def add(self, t, p):
        # The casts that were inserted, not those that were planned.
        total = t["cast_bytes"] + p["wide_bytes"]
        optimal = total == p["lower_bound"] and p["greedy_cost"] >= total
        self.models += 1
        self.optimal += optimal
        self.casts += t["casts"]
        self.bytes += total
        self.painted_casts += p["greedy_casts"]
        self.painted += p["greedy_cost"]
        return optimal


def get_excess(painted, bytes):
    return f"{100 * (painted / bytes - 1):+.1f} %" if bytes else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--policies")
    args = parser.parse_args()
    shipped = sorted(os.path.splitext(os.path.basename(path))[0] for path in glob.glob(os.path.join(DATA, "*.yaml")))
    policies = args.policies.split(",") if args.policies else [name for name in shipped if name != "targets"]
    sums = {}
    failed = 0
    print("| model | policy | casts | bytes | painting: casts | bytes | lower bound | painting over bound |")
    print("|---|---|---|---|---|---|---|---|")
    for name, path in find(args.paths):
        for policy in policies:
            label = os.path.splitext(os.path.basename(policy))[0]
            found, error = explain(args.bin, path, policy)
            if error:
                print(f"| {name} | {label} | {error} | | | | | |")
                failed += error != NO_INPUTS
                continue
            p, t = found["placement"], found["totals"]
            print(f"| {name} | {label} | {t['casts']} | {t['cast_bytes']} [{p['wide_bytes']}] | {p['greedy_casts']} "
                  f"| {p['greedy_cast_bytes']} [{p['greedy_wide_bytes']}] | {p['lower_bound']} "
                  f"| {get_excess(p['greedy_cost'], p['lower_bound'])} |", flush=True)
            if not sums.setdefault(label, Sums()).add(t, p):
                print(f"{name}, {label}: not optimal", file=sys.stderr)
    print("\n| policy | models | optimal | casts | MB | painting: casts | MB | painting over ours |")
    print("|---|---|---|---|---|---|---|---|")
    for label, s in sums.items():
        print(f"| {label} | {s.models} | {s.optimal} | {s.casts} | {s.bytes / 1e6:.2f} | {s.painted_casts} "
              f"| {s.painted / 1e6:.2f} | {get_excess(s.painted, s.bytes)} |")
        failed += s.models - s.optimal
    if failed:
        print(f"{failed} placements are not optimal, or failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
