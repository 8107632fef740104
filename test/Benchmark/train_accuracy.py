#!/usr/bin/env python3
"""Trains models in FP32, BF16 and FP16 with mp-train and compares what they reach.

    python3 test/Benchmark/train_accuracy.py MODELS [--bin build/bin] [--seeds 16] [--only NAME,...] [--formats ...]

MODELS holds a folder NAME_train for each model: model.mlir (form A), meta.json (roles, and under `training_fp32` a
recorded FP32 run) and train_data.safetensors (samples, initial parameters, batch order). Where a folder NAME_infer has
a forward model, the test samples are classified by it.

Seed 0 is the recorded run: its initial parameters and order of batches, whose FP32 losses have to follow the recorded
curve. Further seeds shuffle the samples anew and start from other parameters of the same distribution: each tensor's
values in another order. All formats start from the same parameters and see the same batches.

What a run reached is told by its final master weights: the mean loss over all training samples and over all test
samples, both computed in FP32 whatever the format of the training, and the share of test samples that the forward model
gets right in the format of the training. Two runs of one seed that round differently drift apart, so what a format
costs is told by means over the seeds, and the standard error of the difference from FP32, seed by seed, tells how well
it is known. A 16-bit format passes unless its training loss is worse than FP32's by 1 % or its accuracy by 0.5 points.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

from step_worker import TrainStep


class Model:
    def __init__(self, args, name):
        self.args, self.name = args, name
        self.folder = os.path.join(args.models, name + "_train")
        with open(os.path.join(self.folder, "meta.json"), encoding="utf-8") as f:
            meta = json.load(f)
        self.recorded, self.inputs = meta["training_fp32"], meta["entries"]["loss_and_grads"]["args"]
        self.data = load_file(os.path.join(self.folder, "train_data.safetensors"))
        self.epochs, self.batch = self.data["batch_order"].shape[0], self.recorded["batch"]
        self.out = os.path.join(args.out, name)
        os.makedirs(self.out, exist_ok=True)
        self.exact = os.path.join(self.out, "as-written.so")
        subprocess.run([self.tool("mp-compile"), self.model(), self.roles(), "-o", self.exact], check=True)

    def tool(self, name):
        return os.path.join(self.args.bin, name)

    def model(self):
        return os.path.join(self.folder, "model.mlir")

    def roles(self):
        return "--roles=" + os.path.join(self.folder, "meta.json")

    def data_file(self, seed):
        if seed == 0:
            return os.path.join(self.folder, "train_data.safetensors")
        path = os.path.join(self.out, f"data-{seed}.safetensors")
        random = np.random.default_rng(seed)
        save_file({k: random.permutation(v.ravel()).reshape(v.shape) if k.startswith("init/") else v
                   for k, v in sorted(self.data.items()) if k != "batch_order"}, path)
        return path

    def train(self, policy, seed):
        """The losses of the steps, the number of skipped ones, and the final parameters."""
        run = os.path.join(self.out, f"{policy}-{seed}")
        subprocess.run([self.tool("mp-train"), self.model(), self.roles(), "--data=" + self.data_file(seed),
                        f"--batch={self.batch}", f"--epochs={self.epochs}", f"--seed={seed}", f"--policy={policy}",
                        "--checkpoint=" + run, f"--metrics={run}.jsonl", "--quiet"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(run + ".jsonl", encoding="utf-8") as f:
            steps = [json.loads(line) for line in f]
        with open(os.path.join(run, "latest"), encoding="utf-8") as f:
            state = load_file(os.path.join(run, f.read().strip()))
        losses = np.array([np.nan if s["loss"] is None else s["loss"] for s in steps])
        return losses, sum(s["skipped"] for s in steps), {k: v for k, v in state.items() if k.startswith("params/")}

    def loss(self, params, which):
        """Mean FP32 loss over all samples of a set; None without that set. The model's loss is the mean over a batch,
        so what fills the last batch, copies of the first sample, can be taken out of it again."""
        samples = {arg["name"]: self.data.get(f"{arg['name']}_{which}") for arg in self.inputs
                   if arg["role"] in ("batch", "label")}
        if any(values is None for values in samples.values()):
            return None
        scale = next(arg["name"] for arg in self.inputs if arg["role"] == "loss_scale")
        values = {**{k: v.tobytes() for k, v in params.items()}, scale: np.float32(1).tobytes()}
        step = TrainStep(os.path.join(self.args.bin, "..", "lib", "libmp_rt.so"), self.exact, values, 1,
                         function="loss_and_grads")

        def of_batch(rows):
            for name, given in samples.items():
                step.put(name, given[rows].tobytes())
            step.call()
            return step.loss()

        count = len(next(iter(samples.values())))
        rows = np.arange(-(-count // self.batch) * self.batch)
        filled = len(rows) - count
        rows[count:] = 0
        total = self.batch * sum(of_batch(part) for part in rows.reshape(-1, self.batch))
        return (total - (filled * of_batch(np.zeros(self.batch, int)) if filled else 0)) / count

    def accuracy(self, policy, params):
        """Of the test samples, in per cent, by the forward model in the same format; None without one."""
        folder = os.path.join(self.args.models, self.name + "_infer")
        if not os.path.isdir(folder) or "x_test" not in self.data:
            return None
        inputs, outputs = (os.path.join(self.out, f"{what}.safetensors") for what in ("inputs", "outputs"))
        save_file({**params, "x": self.data["x_test"]}, inputs)
        subprocess.run([self.tool("mp-run"), os.path.join(folder, "model.mlir"),
                        "--roles=" + os.path.join(folder, "meta.json"), "--inputs=" + inputs, "--outputs=" + outputs,
                        f"--policy={policy}", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        logits = next(iter(load_file(outputs).values()))
        return 100 * float(np.mean(np.argmax(logits, axis=-1) == self.data["y_test"]))

    def curve_error(self, losses):
        """Largest relative difference from the recorded curve in the first epoch."""
        if "loss_per_step" in self.recorded:
            expected = np.array(self.recorded["loss_per_step"])
            return float(np.max(np.abs(losses[:len(expected)] - expected) / expected))
        expected = self.recorded["epoch_mean_loss"][0]
        return abs(float(np.mean(losses[:len(losses) // self.epochs])) - expected) / expected


def compare(values, base, relative):
    """How far the mean over the seeds is from FP32's, and how the two are written."""
    if None in values:
        return None, ["", ""]
    mean, first = statistics.mean(values), statistics.mean(base)
    shown = f"{mean:.5f}" if relative else f"{mean:.2f} %"
    if values is base:
        return None, [shown, ""]
    factor, shift, unit = (mean / first, 0, " %") if relative else (1, mean - first, "")
    # Of a ratio of means, to first order: what is left of each value behind its part of the base.
    rest = [value - factor * b - shift for value, b in zip(values, base)]
    error = statistics.stdev(rest) / len(rest) ** 0.5 if len(rest) > 1 else float("nan")
    difference, error = (100 * (factor - 1), 100 * error / first) if relative else (shift, error)
    return difference, [shown, f"{difference:+.2f} ± {error:.2f}{unit}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--out", default="build/benchmark/train-accuracy")
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--only", default="digits_mlp,digits_cnn,gpt_tiny")
    parser.add_argument("--formats", default="f32,bf16,f16", help="policies; the first one is what others are held to")
    args = parser.parse_args()

    failed = False
    print("| model | format | training loss | against FP32 | test loss | against FP32 | test accuracy | against FP32 | "
          "skipped steps | FP32 curve |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in args.only.split(","):
        model, base = Model(args, name), None
        for policy in args.formats.split(","):
            runs = [model.train(policy, seed) for seed in range(args.seeds)]
            reached = [[model.loss(params, "train") for _, _, params in runs],
                       [model.loss(params, "test") for _, _, params in runs],
                       [model.accuracy(policy, params) for _, _, params in runs]]
            base, curve = base or reached, ""
            if policy == "f32":
                error = model.curve_error(runs[0][0])
                failed |= not error < 1e-3
                curve = f"{error:.1e}"
            columns, bounds = [], ((1, 1), (1, math.inf), (-1, 0.5))
            for values, first, (worse, bound), relative in zip(reached, base, bounds, (True, True, False)):
                difference, shown = compare(values, first, relative)
                failed |= difference is not None and not worse * difference <= bound
                columns += shown
            skipped = sum(run[1] for run in runs)
            print(f"| {name} | {policy} | {' | '.join(columns)} | {skipped} | {curve} |", flush=True)
    sys.exit("a format is out of its bounds" if failed else 0)


if __name__ == "__main__":
    main()
