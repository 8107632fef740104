#!/usr/bin/env python3
"""Kills a training at random moments and checks that nothing is lost by it.

  kill_train.py DIR MP_TRAIN MODEL --data=F --batch=N --epochs=N [more options of mp-train] [--kills=N] [--random=SEED]

Trains once without interruption. Then trains again, killed by SIGKILL after random times and resumed, until N kills hit
a running training. Each training that ends must have left the same last checkpoint and metrics, bit for bit.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import time


def command(words, directory, resume):
    return [*words, f"--checkpoint={directory}", f"--metrics={directory}.jsonl", "--quiet", *(["--resume"] if resume else [])]


def last_files(directory):
    """The checkpoint that `latest` names, and the metrics."""
    with open(os.path.join(directory, "latest"), encoding="utf-8") as f:
        name = f.read().strip()
    with open(os.path.join(directory, name), "rb") as state, open(directory + ".jsonl", "rb") as metrics:
        return name, state.read(), metrics.read()


def main():
    kills, seed, words = 50, 0, []
    for word in sys.argv[2:]:
        if word.startswith("--kills="):
            kills = int(word[8:])
        elif word.startswith("--random="):
            seed = int(word[9:])
        else:
            words.append(word)
    folder = sys.argv[1]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    whole, parts = os.path.join(folder, "whole"), os.path.join(folder, "parts")

    # The first run compiles the model, the second one tells how long training takes.
    for _ in range(2):
        shutil.rmtree(whole, ignore_errors=True)
        start = time.monotonic()
        subprocess.run(command(words, whole, False), check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - start
    expected = last_files(whole)

    draw = random.Random(seed)
    landed, resumed, trainings = 0, 0, 0
    while True:
        had_state = os.path.exists(os.path.join(parts, "latest"))
        run = subprocess.Popen(command(words, parts, True), stdout=subprocess.DEVNULL)
        try:
            run.wait(timeout=draw.uniform(0, seconds / 3) if landed < kills else None)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()
        if run.returncode == -signal.SIGKILL:
            landed += 1
            resumed += had_state
            continue
        if run.returncode != 0:
            sys.exit(f"a resumed training failed with {run.returncode} after {landed} kills")
        trainings += 1
        found = last_files(parts)
        for what, a, b in zip(("last checkpoint's name", "last checkpoint", "metrics"), expected, found):
            if a != b:
                sys.exit(f"the {what} differs after {landed} kills")
        leftovers = [n for n in os.listdir(parts) if n != "latest" and not n.endswith(".safetensors")]
        if leftovers:
            sys.exit(f"unfinished files are left: {leftovers}")
        if landed >= kills:
            break
        shutil.rmtree(parts)
    print(f"{landed} kills, {resumed} of them in a resumed training; {trainings} trainings ended with the same bits")


if __name__ == "__main__":
    main()
