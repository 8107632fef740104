"""Replays torch's optimizers on masters with low copies, and on low parameters.

  replay_masters.py MP-COMPILE MP-RUN TRACES.json FOLDER

With masters: master, low copy and optimizer state must have the recorded bits.
Without: the same optimizer on low parameters, every operation rounded; for plain
SGD, whose step rounds once, also through masters=FORMAT on the f32 optimizer.
"""
import json
import sys
from types import SimpleNamespace

import plain_safetensors as st
from torch_optimizers import Adam, Sgd, apply_updates, argument, result
from train_step import Checker, DTYPES, TrainStep, tensor, text

SIZE = 8
FORMATS = {"float16": "f16", "bfloat16": "bf16"}
OPTIMIZERS = {
    "sgd lr=0.01": Sgd(0.01),
    "sgd momentum=0.9 lr=0.01": Sgd(0.01, momentum=0.9),
    "sgd momentum=0.9 nesterov weight_decay=0.01 lr=0.01": Sgd(0.01, momentum=0.9, nesterov=True, decay=0.01),
    "adam lr=1e-3 eps=1e-8": Adam(1e-3),
    "adamw lr=1e-3 wd=0.01 eps=1e-8": Adam(1e-3, decay=0.01),
}


def source(optimizer, copy, master):
    """Gradients are the batch, in the format of the copy; the copy is a result."""
    kind = f"tensor<{SIZE}x{copy}>"
    arguments = [argument("w", kind, "param", "params/w"), argument("g", kind, "batch", "g")]
    results = [result("tensor<f32>", "loss", "loss"), result(kind, "grad", "grads/w"), result(kind, "aux", "copy")]
    loss = (f"func.func @loss_and_grads({', '.join(arguments)}) -> ({', '.join(results)}) {{\n"
            "  %loss = stablehlo.constant dense<0.0> : tensor<f32>\n"
            f"  return %loss, %g, %w : tensor<f32>, {kind}, {kind}\n}}")
    return loss + "\n\n" + apply_updates("apply_updates", "w", optimizer, SIZE, master) + "\n"


def first_state(trace, optimizer, element, low):
    dtype = DTYPES[element]
    initial = low if element != "f32" else trace["initial"]
    state = {"params/w": tensor(dtype, [SIZE], initial)}
    zeros = "00" * (SIZE * (4 if element == "f32" else 2))
    for name, first in optimizer.states.items():
        state[f"opt_state/w.{name}"] = tensor(dtype, [SIZE], zeros) if first is None else st.pack("F64", [], [first])
    return state


def run(tools, folder, name, model, options, state, trace, copy, check):
    """check(i, state before step i is replaced, results of step i)."""
    step_model = TrainStep(tools, folder, name, model, options, ["loss", *state, "finite", "culprit", "copy"])
    for i, step in enumerate(trace["steps"]):
        new = step_model.run({**state, "g": tensor(DTYPES[copy], [SIZE], step["gradient"])})
        check(i, step, new)
        state = {key: new[key] for key in state}
    return step_model, state


def replay(trace, tools, folder, number, check):
    optimizer, copy = OPTIMIZERS[trace["name"]], FORMATS[trace["format"]]
    where = f"{trace['name']} {copy}"
    copies = []

    def with_masters(i, step, new):
        copies.append(text(new["copy"]))
        check.equal(f"{where} step {i}: master", text(new["params/w"]), step["master"])
        for name, words in step.get("state", {}).items():
            check.equal(f"{where} step {i}: {name}", text(new[f"opt_state/w.{name}"]), words)

    options = "compute=f32 loss-scale=none"
    state = first_state(trace, optimizer, "f32", None)
    model, state = run(tools, folder, f"masters{number}", source(optimizer, copy, "f32"), options, state, trace, copy,
                       with_masters)
    # The copy that a step computes with is that of the step before.
    last = model.run({**state, "g": tensor(DTYPES[copy], [SIZE], trace["steps"][0]["gradient"])})
    copies.append(text(last["copy"]))
    check.equal(f"{where}: copies", copies[1:], [step["copy"] for step in trace["steps"]])

    def alone(i, step, new):
        check.equal(f"{where} step {i}: low parameter", text(new["params/w"]), step["alone"])

    low = copies[0]
    state = first_state(trace, optimizer, copy, low)
    run(tools, folder, f"alone{number}", source(optimizer, copy, copy), options, state, trace, copy, alone)
    if trace["name"] == "sgd lr=0.01":
        state = {"params/w": tensor(DTYPES[copy], [SIZE], low)}
        run(tools, folder, f"kept{number}", source(optimizer, copy, "f32"), f"{options} masters={copy}", state, trace,
            copy, alone)


def main():
    compile_tool, run_tool, path, folder = sys.argv[1:]
    tools = SimpleNamespace(compile=compile_tool, run=run_tool)
    check = Checker()
    with open(path) as f:
        traces = json.load(f)["traces"]
    for number, trace in enumerate(traces):
        replay(trace, tools, folder, number, check)
    print(f"{len(traces)} traces, {check.faults} differences")
    sys.exit(check.faults != 0)


if __name__ == "__main__":
    main()
