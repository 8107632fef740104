"""compare_losses.py A.jsonl B.jsonl R: whether the last losses agree within R."""
import json
import sys


def last(path):
    with open(path) as f:
        return json.loads(f.readlines()[-1])["loss"]


a, b = last(sys.argv[1]), last(sys.argv[2])
print(a, b)
sys.exit(not abs(a - b) <= float(sys.argv[3]) * abs(a))
