#!/usr/bin/env python3
"""Trains models in FP32, BF16 and FP16 with mp-train and compares what they reach.

    python3 test/Benchmark/train_accuracy.py MODELS [--bin build/bin] [--seeds 3] [--only NAME,...]

MODELS holds a folder NAME_train for each model: model.mlir (form A), meta.json (roles, and under `training_fp32` a
recorded FP32 run) and train_data.safetensors (samples, initial parameters, batch order). Where a folder NAME_infer has
a forward model, the test samples are classified by it.

Seed 0 is the recorded run: its initial parameters and order of batches, whose FP32 losses have to follow the recorded
curve. Further seeds shuffle the samples anew and start from other parameters of the same distribution: each tensor's
values in another order. A 16-bit format passes if its mean over the seeds is within 0.5 points of accuracy, or 1 % of
the loss, of FP32's.
"""
import argparse
import json
import os
import subprocess
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

FORMATS = ("f32", "bf16", "f16")


class Model:
    def __init__(self, args, name):
        self.args, self.name = args, name
        self.folder = os.path.join(args.models, name + "_train")
        with open(os.path.join(self.folder, "meta.json"), encoding="utf-8") as f:
            self.recorded = json.load(f)["training_fp32"]
        self.data = load_file(os.path.join(self.folder, "train_data.safetensors"))
        self.epochs = self.data["batch_order"].shape[0]
        self.out = os.path.join(args.out, name)
        os.makedirs(self.out, exist_ok=True)

    def data_file(self, seed):
        if seed == 0:
            return os.path.join(self.folder, "train_data.safetensors")
        path = os.path.join(self.out, f"data-{seed}.safetensors")
        random = np.random.default_rng(seed)
        save_file({k: random.permutation(v.ravel()).reshape(v.shape) if k.startswith("init/") else v
                   for k, v in sorted(self.data.items()) if k != "batch_order"}, path)
        return path

    def train(self, policy, seed):
        """The losses of the steps, the number of skipped ones, and the final checkpoint."""
        run = os.path.join(self.out, f"{policy}-{seed}")
        subprocess.run([os.path.join(self.args.bin, "mp-train"), os.path.join(self.folder, "model.mlir"),
                        "--roles=" + os.path.join(self.folder, "meta.json"), "--data=" + self.data_file(seed),
                        f"--batch={self.recorded['batch']}", f"--epochs={self.epochs}", f"--seed={seed}",
                        f"--policy={policy}", "--checkpoint=" + run, f"--metrics={run}.jsonl", "--quiet"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(run + ".jsonl", encoding="utf-8") as f:
            steps = [json.loads(line) for line in f]
        with open(os.path.join(run, "latest"), encoding="utf-8") as f:
            state = load_file(os.path.join(run, f.read().strip()))
        losses = np.array([np.nan if s["loss"] is None else s["loss"] for s in steps])
        return losses, sum(s["skipped"] for s in steps), state

    def accuracy(self, policy, state):
        """Of the test samples, in per cent, by the forward model in the same format; None without one."""
        folder = os.path.join(self.args.models, self.name + "_infer")
        if not os.path.isdir(folder) or "x_test" not in self.data:
            return None
        inputs, outputs = (os.path.join(self.out, f"{what}.safetensors") for what in ("inputs", "outputs"))
        params = {k: v for k, v in state.items() if k.startswith("params/")}
        save_file({**params, "x": self.data["x_test"]}, inputs)
        subprocess.run([os.path.join(self.args.bin, "mp-run"), os.path.join(folder, "model.mlir"),
                        "--roles=" + os.path.join(folder, "meta.json"), "--inputs=" + inputs, "--outputs=" + outputs,
                        f"--policy={policy}", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        logits = next(iter(load_file(outputs).values()))
        return 100 * float(np.mean(np.argmax(logits, axis=-1) == self.data["y_test"]))

    def final_loss(self, losses):
        """Mean over the last epoch; over the last ten steps where there is only one."""
        return float(np.nanmean(losses[-(len(losses) // self.epochs) if self.epochs > 1 else -10:]))

    def curve_error(self, losses):
        """Largest relative difference from the recorded curve in the first epoch."""
        if "loss_per_step" in self.recorded:
            expected = np.array(self.recorded["loss_per_step"])
            return float(np.max(np.abs(losses[:len(expected)] - expected) / expected))
        expected = self.recorded["epoch_mean_loss"][0]
        return abs(float(np.mean(losses[:len(losses) // self.epochs])) - expected) / expected


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--out", default="build/benchmark/train-accuracy")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="digits_mlp,digits_cnn,gpt_tiny")
    args = parser.parse_args()

    failed = False
    print("| model | format | final loss | against FP32 | test accuracy | against FP32 | skipped steps | FP32 curve |")
    print("|---|---|---|---|---|---|---|---|")
    for name in args.only.split(","):
        model, base = Model(args, name), None
        for policy in FORMATS:
            runs = [model.train(policy, seed) for seed in range(args.seeds)]
            loss = float(np.mean([model.final_loss(r[0]) for r in runs]))
            skipped = sum(r[1] for r in runs)
            accuracies = [model.accuracy(policy, r[2]) for r in runs]
            accuracy = None if None in accuracies else float(np.mean(accuracies))
            curve = ""
            if policy == "f32":
                base = loss, accuracy
                error = model.curve_error(runs[0][0])
                failed |= not error < 1e-3
                curve = f"{error:.1e}"
            relative = loss / base[0] - 1
            points = "" if accuracy is None else f"{accuracy - base[1]:+.2f}"
            failed |= not (abs(relative) <= 0.01 if accuracy is None else abs(accuracy - base[1]) <= 0.5)
            shown = "" if accuracy is None else f"{accuracy:.2f} %"
            print(f"| {name} | {policy} | {loss:.5f} | {100 * relative:+.2f} % | {shown} | {points} | {skipped} | {curve} |",
                  flush=True)
    sys.exit("a format is out of its bounds" if failed else 0)


if __name__ == "__main__":
    main()
