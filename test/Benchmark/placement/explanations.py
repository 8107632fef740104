#!/usr/bin/env python3
"""Checks what autocast tells about itself, on every model under every policy.

    python3 test/Benchmark/placement/explanations.py --bin build/bin FOLDER [--only REGEX] [--policies a,b]

FOLDER holds one folder for each model, with `model.mlir`, and `inputs.safetensors`
or `ENTRY.inputs.safetensors` where ranges are to be recorded (else they are taken
from `--ranges=DIR/NAME.json`). For each model and policy:

- the output verifies, reads back as it was printed, and a second run gives the
  same bytes;
- every op of the imported model stands exactly once in the explanation, with a
  rule and a reason, and the remarks say the same of the same ops in that order;
- a lock replays to the same bytes and the same explanation, and is written again
  as it was;
- with an unrelated function beside the model, every entry of the lock still fits;
  with one op changed, only entries of that op's layer do not, and the lock that is
  then brought up to date replays.

Exits with 1 where anything of it does not hold.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

# Ops that end a block are told by the op that they belong to.
TERMINATORS = {"return", "yield", "condition", "unreachable", "br", "cond_br"}
UNRELATED = """
func.func @unrelated(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.exponential %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
"""
# What may stand for what, without another type.
SWAPS = [(r"stablehlo\.add", "stablehlo.subtract"), (r"stablehlo\.multiply", "stablehlo.add"),
         (r"stablehlo\.exponential", "stablehlo.tanh"), (r"stablehlo\.dot_general", None),
         (r"arith\.addf", "arith.subf"), (r"arith\.mulf", "arith.addf")]


class Failed(Exception):
    pass


class Case:
    """One model under one policy, in a folder of its own."""

    def __init__(self, tools, model, policy, ranges, folder):
        self.tools, self.model, self.policy, self.folder = tools, model, policy, folder
        self.base = f"policy={policy}" + (f" ranges={ranges}" if ranges else "")

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), errors="surrogateescape") as file:
            return file.read()

    def run(self, model, flags, out, fails=False):
        command = [self.tools.opt, model, *flags, "-o", self.path(out)]
        done = subprocess.run(command, capture_output=True, text=True, errors="surrogateescape")
        if (done.returncode != 0) != fails:
            raise Failed(f"{' '.join(command)}: exit {done.returncode}: {done.stderr[:600]}")
        return done.stderr

    def autocast(self, model, options, out, remarks=False, fails=False):
        flags = [f"--mp-autocast={self.base} {options}".rstrip()]
        if remarks:
            flags += ["--remarks-filter=mp", "--remark-format=emitRemark"]
        return self.run(model, flags, out, fails)

    def same(self, a, b, what):
        if self.read(a) != self.read(b):
            raise Failed(what)

    def check(self):
        remarks = self.autocast(self.model, f"explain={self.path('a.json')} write-lock={self.path('a.lock')}",
                                "a.mlir", remarks=True)
        explained = json.loads(self.read("a.json"))
        ops = self.check_explanation(explained, remarks)
        self.run(self.path("a.mlir"), [], "again.mlir")
        self.same("a.mlir", "again.mlir", "the output does not read back as it was printed")
        self.autocast(self.model, f"explain={self.path('b.json')} write-lock={self.path('b.lock')}", "b.mlir")
        for kind in ("mlir", "json", "lock"):
            self.same(f"a.{kind}", f"b.{kind}", f"two runs give different {kind}")
        self.autocast(self.model, f"lock={self.path('a.lock')} explain={self.path('c.json')}", "c.mlir")
        self.same("a.mlir", "c.mlir", "the replay gives other bytes")
        replayed = json.loads(self.read("c.json"))
        for key in ("ops", "casts", "constants", "assignment", "totals"):
            if explained[key] != replayed[key]:
                raise Failed(f"the replay explains other {key}")
        self.autocast(self.model, f"lock={self.path('a.lock')} write-lock={self.path('c.lock')}", "c.mlir")
        self.same("a.lock", "c.lock", "the replay writes another lock")
        changed = self.check_edits(explained)
        return ops, changed, explained

    def check_explanation(self, explained, remarks):
        self.run(self.model, ["--mp-import", "--mp-name-ops", "--mlir-print-op-generic",
                              "--mlir-elide-elementsattrs-if-larger=1"], "named.mlir")
        wanted = re.findall(r'mp\.id = "((?:[^"\\]|\\.)*)"', self.read("named.mlir"))
        wanted = [i for i in wanted if i.rsplit("/", 1)[-1].split(".", 1)[0] not in TERMINATORS]
        got = [op["id"] for op in explained["ops"]]
        if sorted(wanted) != sorted(got):
            odd = sorted(set(wanted) ^ set(got))
            raise Failed(f"{len(wanted)} ops, {len(got)} explained, {len(set(got))} of them once; first {odd[:3]}")
        if len(set(got)) != len(got):
            raise Failed("two ops have one id")
        for op in explained["ops"]:
            missing = [k for k in ("rule", "why", "op", "class", "action", "location") if not op.get(k)]
            if missing:
                raise Failed(f"{op['id']} has no {missing}")
            if op["rule"] not in ("as-written", "proved-range", "lost-constant", "unlisted") and not op.get("line"):
                raise Failed(f"{op['id']} does not say where its rule '{op['rule']}' is")
        told = re.findall(r'decision \| .*?Id="?([^",]*)"?, Reason="(.*)"\n', remarks)
        if len(told) != len(got):
            raise Failed(f"{len(got)} ops in the file, {len(told)} in remarks")
        for (ident, text), op in zip(told, explained["ops"]):
            start = f"{op.get('compute', 'as written')}, rule '{op['rule']}': {op['why']}"
            if ident != op["id"] or not text.startswith(start):
                raise Failed(f"file: {op['id']} {start}; remark: {ident} {text}")
            if op.get("chain") and " <- ".join(op["chain"])[:60] not in text:
                raise Failed(f"{op['id']}: chain {op['chain']} is not in '{text}'")
        return len(got)

    def check_edits(self, explained):
        """Returns how many entries one changed op invalidates, or None."""
        self.run(self.model, ["--mp-import"], "imported.mlir")
        text = self.read("imported.mlir").rstrip()
        if not text.endswith("}"):
            return None
        with open(self.path("beside.mlir"), "w", errors="surrogateescape") as file:
            file.write(text[:-1] + UNRELATED + "}\n")
        self.check_fit("beside.mlir", {"unrelated"})
        for pattern, other in SWAPS:
            found = [m for m in re.finditer(r"^ *%\S+ = (" + pattern + r") .*f32>$", text, re.M)]
            if not found or not other:
                continue
            at = found[len(found) // 2]
            edited = text[:at.start(1)] + other + text[at.end(1):]
            with open(self.path("edited.mlir"), "w", errors="surrogateescape") as file:
                file.write(edited + "\n")
            return self.check_fit("edited.mlir", None)
        return None

    def check_fit(self, model, new):
        stderr = self.autocast(self.path(model), f"lock={self.path('a.lock')}", "misfit.mlir", fails=True)
        counts = re.search(r"does not fit the model: (\d+) changed, (\d+) gone, (\d+) new", stderr)
        if not counts:
            raise Failed(f"{model}: {stderr[:400]}")
        counts = [int(c) for c in counts.groups()]
        named = re.findall(r"note: .*?'([^']*)' (?:is new|is gone|was)", stderr)
        layers = {n.rsplit("/", 1)[0] for n in named}
        if new is not None and ({n.split("/", 1)[0] for n in named} != new or counts[:2] != [0, 0]):
            raise Failed(f"{model}: an unrelated function invalidates {counts} in {sorted(layers)}")
        if len(layers) > 1:
            raise Failed(f"{model}: one op invalidates {counts} in {sorted(layers)}")
        self.autocast(self.path(model), f"lock={self.path('a.lock')} write-lock={self.path('new.lock')}", "new.mlir")
        self.autocast(self.path(model), f"lock={self.path('new.lock')}", "newer.mlir")
        self.same("new.mlir", "newer.mlir", f"{model}: the refreshed lock replays to other bytes")
        lines = [set(line for line in self.read(lock).splitlines() if line.startswith("- { id"))
                 for lock in ("a.lock", "new.lock")]
        lost = len(lines[0] - lines[1])
        if lost != counts[0] + counts[1]:
            raise Failed(f"{model}: {counts} do not fit, but {lost} entries were lost")
        return sum(counts[:2])


def record(tools, folder, name):
    """Ranges of a model, from what lies beside it."""
    if tools.ranges and os.path.exists(os.path.join(tools.ranges, name + ".json")):
        return os.path.join(tools.ranges, name + ".json")
    inputs = [f for f in sorted(os.listdir(folder)) if f.endswith("inputs.safetensors")]
    out = os.path.join(tools.scratch, name + ".ranges.json")
    for file in inputs:
        function = file[:-len("inputs.safetensors")].rstrip(".")
        command = [tools.run, os.path.join(folder, "model.mlir"), f"--inputs={os.path.join(folder, file)}",
                   f"--record-ranges={out}", "--quiet"] + ([f"--function={function}"] if function else [])
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return None
    return out if inputs else None


def check(tools, folder, name, policy):
    ranges = None
    if policy in tools.calibrated:
        ranges = record(tools, folder, name)
        if not ranges:
            return name, policy, "skipped: nothing to record ranges by", None
    with tempfile.TemporaryDirectory(dir=tools.scratch) as scratch:
        try:
            return name, policy, None, Case(tools, os.path.join(folder, "model.mlir"), policy, ranges, scratch).check()
        except Failed as failure:
            return name, policy, str(failure), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--only", default="")
    parser.add_argument("--policies", help="default: all that ship")
    parser.add_argument("--data", default=os.path.join(os.path.dirname(__file__), "../../../lib/Policy/data"))
    parser.add_argument("--ranges", help="folder of recorded ranges, NAME.json")
    parser.add_argument("--jobs", type=int, default=2)
    tools = parser.parse_args()
    tools.opt, tools.run = (os.path.abspath(os.path.join(tools.bin, t)) for t in ("mp-opt", "mp-run"))
    shipped = sorted(f[:-5] for f in os.listdir(tools.data) if f.endswith(".yaml") and f != "targets.yaml")
    policies = tools.policies.split(",") if tools.policies else shipped
    tools.calibrated = {p for p in policies if os.path.exists(os.path.join(tools.data, p + ".yaml")) and
                        "needs: calibration" in open(os.path.join(tools.data, p + ".yaml")).read()}
    names = [n for n in sorted(os.listdir(tools.models))
             if os.path.exists(os.path.join(tools.models, n, "model.mlir")) and re.search(tools.only, n)]
    failed = skipped = passed = ops = shares = edits = 0
    with tempfile.TemporaryDirectory() as tools.scratch, \
            concurrent.futures.ThreadPoolExecutor(tools.jobs) as pool:
        runs = [pool.submit(check, tools, os.path.join(tools.models, n), n, p) for n in names for p in policies]
        for run in runs:
            name, policy, failure, result = run.result()
            if failure:
                skipped += failure.startswith("skipped")
                failed += not failure.startswith("skipped")
                print(f"{name} {policy}: {failure}", flush=True)
                continue
            passed += 1
            ops += result[0]
            if result[1] is not None:
                edits += 1
                shares += result[1] / max(1, result[0])
    print(f"{len(names)} models, {len(policies)} policies: {passed} passed, {failed} failed, {skipped} skipped")
    print(f"{ops} ops, each explained once with rule and reason (100 % of the {passed} that passed)")
    if edits:
        print(f"one changed op invalidates {100 * shares / edits:.1f} % of the lock's entries on average")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
