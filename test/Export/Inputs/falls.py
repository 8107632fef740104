"""falls.py METRICS.jsonl F: whether the loss of the last steps is below F times that of the first."""
import json
import sys

with open(sys.argv[1]) as f:
    losses = [step["loss"] for step in map(json.loads, f) if "loss" in step]
first, last = losses[0], sum(losses[-3:]) / 3
print("falls" if last < float(sys.argv[2]) * first else "stays", first, last, len(losses))
