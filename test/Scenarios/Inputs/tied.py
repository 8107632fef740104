"""Checks that ops which are told to be tied have one format: tied.py EXPLANATION."""
import json
import sys

with open(sys.argv[1]) as file:
    ops = json.load(file)["ops"]
formats = {op["id"]: [op.get(key) for key in ("compute", "accumulate", "result", "rule")] for op in ops}
tied = [op for op in ops if "tied_to" in op]
assert len(tied) >= 8, f"only {len(tied)} ops are tied"
for op in tied:
    assert formats[op["id"]] == formats[op["tied_to"]], (op["id"], op["tied_to"])
