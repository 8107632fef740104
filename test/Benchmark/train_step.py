#!/usr/bin/env python3
"""Times of one train step: FP32 and BF16 against PyTorch eager in FP32 and with autocast to BF16, in one run.

    python3 test/Benchmark/train_step.py MODELS --torch TORCH_PYTHON [--threads 2] [--rounds 7] [--profile]

MODELS holds the folder gpt_tiny_train: model.mlir (form A), meta.json (roles), train_data.safetensors. The wide MLP
(1024-4096-4096-1024, batch 256, Adam) is written by wide_mlp.py. TORCH_PYTHON is the Python of an environment with
torch; without it only ours are timed. --profile adds the kernels that take longest.

A step is all of forward, backward and update, on state that stays in memory; loading and compiling are not in it. Each
competitor is one process that starts from the same parameters and batch; they take turns, so that what else the machine
does falls on all alike. CPU time, of all threads together, is what to compare on a busy machine with --threads 1. The
losses of the first steps tell that all compute the same.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import step_worker
import wide_mlp
from gpt2 import cpu_class

COMPETITORS = ("mp-f32", "mp-bf16", "torch-f32", "torch-autocast")


def entries(model_dir):
    with open(os.path.join(model_dir, "meta.json"), encoding="utf-8") as f:
        return json.load(f)["entries"]["loss_and_grads"]["args"]


def make_values(model, model_dir):
    """First values of parameters and the batch, as bytes by name."""
    values, data = {}, os.path.join(model_dir, "train_data.safetensors")
    recorded = step_worker.read_tensors(data) if os.path.exists(data) else {}
    for index, arg in enumerate(entries(model_dir)):
        name, count = arg["name"], 1
        for size in arg["shape"]:
            count *= size
        if "init/" + name.removeprefix("params/") in recorded:
            values[name] = recorded["init/" + name.removeprefix("params/")]
        elif name + "_train" in recorded:
            values[name] = recorded[name + "_train"][:4 * count]
        elif arg["role"] in ("param", "batch", "label"):
            scale = 0.02 if arg["role"] == "param" else 1.0
            values[name] = step_worker.random_values(count, scale, index)
    return values


def work(args):
    """A competitor. Says when it is ready; for each line with a number of seconds, the times of its steps in ms."""
    values = make_values(args.model, args.model_dir)
    shapes = {arg["name"]: arg["shape"] for arg in entries(args.model_dir) if arg["role"] == "param"}
    if args.worker.startswith("torch"):
        import torch_steps
        step = torch_steps.make(args.model, values, shapes, args.worker == "torch-autocast", args.threads)
    else:
        library = os.path.join(args.bin, "..", "lib", "libmp_rt.so")
        step = step_worker.TrainStep(library, args.so, values, args.threads, args.profile)
    losses = []
    for _ in range(3):
        step.call()
        losses.append(step.loss())
    print(json.dumps(losses), flush=True)
    if args.profile and hasattr(step, "times"):
        step.times.clear()
    for line in sys.stdin:
        times, end, cpu = [], time.perf_counter() + float(line), time.process_time()
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            step.call()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"ms": times, "cpu_ms": (time.process_time() - cpu) * 1e3 / len(times)}), flush=True)
    if args.profile and hasattr(step, "times"):
        calls = next(count for name, (count, _) in step.times.items() if name.startswith("3 "))
        for name, (count, ns) in sorted(step.times.items(), key=lambda item: -item[1][1])[:40]:
            print(f"{ns / calls / 1e3:9.1f} us {count / calls:5.0f} x {name}", file=sys.stderr)


def start(args, model, model_dir, competitor):
    command = [args.torch if competitor.startswith("torch") else sys.executable, os.path.abspath(__file__), args.models,
               f"--worker={competitor}", f"--model={model}", f"--model-dir={model_dir}", f"--bin={args.bin}",
               f"--threads={args.threads}"] + (["--profile"] if args.profile else [])
    if competitor.startswith("mp"):
        so = os.path.join(args.out, f"{model}.{competitor}.so")
        subprocess.run([os.path.join(args.bin, "mp-compile"), os.path.join(model_dir, "model.mlir"), "-o", so, "--train",
                        f"--roles={model_dir}/meta.json"] +
                       (["--policy=bf16"] if competitor == "mp-bf16" else []), check=True)
        command.append(f"--so={so}")
    env = dict(os.environ, OMP_NUM_THREADS=str(args.threads), MKL_NUM_THREADS=str(args.threads))
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)


def compare(args, model, model_dir):
    names = [c for c in COMPETITORS if c in args.only.split(",") and (args.torch or not c.startswith("torch"))]
    workers = {name: start(args, model, model_dir, name) for name in names}
    losses = {name: json.loads(worker.stdout.readline()) for name, worker in workers.items()}
    times, cpu = {name: [] for name in names}, {name: float("inf") for name in names}
    for _ in range(args.rounds):
        for name, worker in workers.items():
            worker.stdin.write(f"{args.slice}\n")
            worker.stdin.flush()
            turn = json.loads(worker.stdout.readline())
            times[name] += turn["ms"]
            cpu[name] = min(cpu[name], turn["cpu_ms"])
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    best = {name: min(times[name]) for name in names}
    middle = {name: statistics.median(times[name]) for name in names}
    print(f"{model}: CPU class {cpu_class()}, {args.threads} threads")
    print(f"{'':16} {'best ms':>9} {'median ms':>10} {'CPU ms':>9} {'steps':>6}  losses of the first steps")
    for name in names:
        print(f"{name:16} {best[name]:9.3f} {middle[name]:10.3f} {cpu[name]:9.3f} {len(times[name]):6}  "
              + " ".join(f"{loss:.5f}" for loss in losses[name]))
    for ours, theirs in (("mp-bf16", "torch-autocast"), ("mp-bf16", "torch-f32"), ("mp-f32", "torch-f32"),
                         ("mp-bf16", "mp-f32")):
        if ours in names and theirs in names:
            print(f"{ours} is as fast as {theirs}, times: {best[theirs] / best[ours]:.2f} (best), "
                  f"{middle[theirs] / middle[ours]:.2f} (medians), {cpu[theirs] / cpu[ours]:.2f} (CPU time)")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("--torch")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--out", default="build/benchmark")
    parser.add_argument("--only", default=",".join(COMPETITORS))
    parser.add_argument("--workloads", default="gpt_tiny,wide_mlp")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slice", type=float, default=1.0, help="seconds of each turn")
    parser.add_argument("--profile", action="store_true")
    for hidden in ("worker", "model", "model-dir", "so"):
        parser.add_argument("--" + hidden, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        return work(args)
    os.makedirs(args.out, exist_ok=True)
    for model in args.workloads.split(","):
        model_dir = os.path.join(args.models, model + "_train")
        if model == "wide_mlp":
            model_dir = os.path.join(args.out, "wide_mlp_train")
            wide_mlp.save(model_dir)
        compare(args, model, model_dir)


if __name__ == "__main__":
    main()
