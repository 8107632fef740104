"""same_losses.py A.jsonl B.jsonl R: whether the losses agree within R, step by step, and how many they are."""
import json
import sys


def read(path):
    with open(path) as f:
        return [json.loads(line)["loss"] for line in f]


ours, theirs = read(sys.argv[1]), read(sys.argv[2])
worst = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
print(f"{len(ours)} steps, {'the same' if worst <= float(sys.argv[3]) else 'other'} losses: {ours} and {theirs}")
