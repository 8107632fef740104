"""Trains with overflows at drawn steps and compares the loss scale of every step with DeepSpeed's scaler.

  replay_hysteresis.py MP-TRAIN MODEL FOLDER

The model has one parameter and one sample in a step, which is its gradient. DeepSpeed counts iterations where
mp.update_scale counts clean steps, so `DeepSpeed` is written from its side: the scale grows in a clean iteration whose
distance from the last overflow is a multiple of the window.
"""
import json
import random
import subprocess
import sys

import plain_safetensors as st

STEPS, WINDOW = 400, 6


class DeepSpeed:
    def __init__(self, scale, delay, consecutive):
        self.scale, self.delay, self.consecutive = scale, delay, consecutive
        self.patience, self.iteration, self.last_overflow = delay, 0, -1

    def step(self, overflow):
        if overflow:
            self.last_overflow = self.iteration
            if self.patience > 1:
                self.patience -= 1
            else:
                self.scale = max(self.scale / 2, 1.0)
        else:
            grows = (self.iteration - self.last_overflow) % WINDOW == 0
            if self.consecutive or grows:
                self.patience = self.delay
            if grows:
                self.scale *= 2
        self.iteration += 1


def overflows(seed):
    """Steps with overflow come alone and in rows of up to five, with pauses in which the scale grows or does not."""
    draw, steps = random.Random(seed), []
    while len(steps) < STEPS:
        steps += [False] * draw.randrange(1, 3 * WINDOW) + [True] * draw.randrange(1, 6)
    return steps[:STEPS]


def check(tool, model, folder, delay, consecutive, bad):
    data, metrics = f"{folder}/data.safetensors", f"{folder}/metrics.jsonl"
    st.write(data, {"x_train": st.pack("F32", [STEPS], [float("inf") if b else 0.5 for b in bad]),
                    "init/w": st.pack("F32", [1], [1.0]),
                    "batch_order": st.pack("I32", [1, STEPS], list(range(STEPS)))})
    options = f"compute=f16 preset=deepspeed hysteresis={delay} interval={WINDOW}"
    subprocess.run([tool, model, f"--data={data}", "--batch=1", "--epochs=1", "--quiet", f"--metrics={metrics}",
                    f"--patience={STEPS}", f"--train-step={options}{' consecutive-hysteresis' if consecutive else ''}"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(metrics) as f:
        found = [json.loads(line) for line in f]
    scaler, faults, scales = DeepSpeed(2.0**16, delay, consecutive), 0, []
    for step, b in zip(found, bad, strict=True):
        scales.append(scaler.scale)
        if (step["scale"], step["skipped"]) != (scaler.scale, b):
            faults += 1
            print(f"hysteresis {delay}, consecutive {consecutive}, step {step['step']}: expected {scaler.scale}, {b}, "
                  f"but got {step['scale']}, {step['skipped']}")
        scaler.step(b)
    return scales, faults


def main():
    tool, model, folder = sys.argv[1:]
    bad = overflows(1)
    faults = 0
    for delay in (1, 2, 3):
        alone, more = check(tool, model, folder, delay, False, bad)
        faults += more
        in_a_row, more = check(tool, model, folder, delay, True, bad)
        faults += more
        differ = sum(a != b for a, b in zip(alone, in_a_row))
        print(f"hysteresis {delay}: {STEPS} steps, {'another' if differ else 'the same'} scale when consecutive")
    print(f"{faults} differences")
    sys.exit(faults != 0)


if __name__ == "__main__":
    main()
