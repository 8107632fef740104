#!/usr/bin/env python3
"""Compares placements of four architectures with those of other tools.

    python3 test/Benchmark/placement/against_tools.py --bin build/bin OUT_DIR   # needs jax and networkx

Writes the architectures to OUT_DIR where they are not there. The policies beside
this file say what may be low. For each it prints the casts of our placement and
what it moves (KiB; in brackets the part that free ops move because they stay
f32), painting as graph rewriters of frameworks do it, our lower bound, and the
minimum that reference.py finds without the compiler, which may also round what
the compiler hands on unrounded. Of other tools it prints what they reach by
their own rule on our very graph (all low that is not denied), and what was
measured of the best of them on its own export of the same architecture: casts
and KiB, no free op being f32. Exits with 1 where a placement is not optimal,
moves more than a tool, or has more casts than a tool on a forward graph.
"""
import argparse
import os
import subprocess
import sys

import casts
import reference

HERE = os.path.dirname(os.path.abspath(__file__))
# Casts and KiB. Forward: the fewest of onnxconverter-common, ONNX Runtime's
# converter and ModelOpt AutoCast for policy p, eager PyTorch 2.15 for torch-cpu,
# without casts of weights, and with one of its low result to the f32 that the
# signature asks for. Backward: their rule on PyTorch's own graph for p, eager
# PyTorch for the others, with casts of weights.
TORCH = {"bert": (86, 7333), "gpt2": (80, 10900), "llama": (37, 4560), "resnet18": (47, 137768)}
BEST = {
    ("forward", "p"): {"bert": (16, 1345), "gpt2": (19, 4014), "llama": (11, 676), "resnet18": (4, 1038)},
    ("forward", "torch-cpu"): {"bert": (12, 962), "gpt2": (13, 2748), "llama": (8, 864), "resnet18": (2, 888)},
    ("backward", "p"): {"bert": (141, 10176), "gpt2": (133, 15622), "llama": (49, 4279), "resnet18": (211, 195238)},
    ("backward", "torch"): TORCH,
    ("backward", "torch-cpu"): TORCH,
}


def kib(bytes):
    return f"{bytes / 1024:.0f}" if bytes >= 1024 or not bytes else f"{bytes / 1024:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--bin", default="build/bin")
    args = parser.parse_args()
    if not os.path.exists(os.path.join(args.folder, "resnet18-backward.mlir")):
        subprocess.run([sys.executable, os.path.join(HERE, "architectures.py"), args.folder], check=True)
    mp_opt, failures = os.path.join(args.bin, "mp-opt"), []
    print("| graph | policy | ours | painting | lower bound | reference | all low, our graph | best tool | ours to it |")
    print("|---|---|---|---|---|---|---|---|---|")
    for (phase, policy), best in BEST.items():
        for name, (tool_casts, tool_kib) in best.items():
            path = os.path.join(args.folder, f"{name}-{phase}.mlir")
            file = os.path.join(HERE, policy + ".yaml")
            found, error = casts.explain(args.bin, path, file)
            if error:
                sys.exit(f"{path}: {error}")
            p, t = found["placement"], found["totals"]
            program = reference.load(mp_opt, path, file)
            low_casts, low_bytes = reference.count_all_low(program)
            total = t["cast_bytes"] + p["wide_bytes"]
            print(f"| {name} {phase} | {policy} | {t['casts']} / {kib(total)} [{kib(p['wide_bytes'])}] "
                  f"| {p['greedy_casts']} / {kib(p['greedy_cost'])} [{kib(p['greedy_wide_bytes'])}] "
                  f"| {kib(p['lower_bound'])} | {kib(reference.solve(program))} | {low_casts} / {kib(low_bytes)} "
                  f"| {tool_casts} / {tool_kib} | {total / 1024 / tool_kib - 1:+.1%} |", flush=True)
            if total != p["lower_bound"]:
                failures.append(f"{name} {phase}, {policy}: not optimal")
            if round(total / 1024) > tool_kib or total > low_bytes:
                failures.append(f"{name} {phase}, {policy}: moves more than a tool")
            if phase == "forward" and t["casts"] > tool_casts:
                failures.append(f"{name} {phase}, {policy}: more casts than a tool")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
