"""Replays steps of torch.amp.GradScaler through compiled train steps.

  replay_scaler.py MP-COMPILE MP-RUN TRACES.json FOLDER

Scale, growth counter, skipped steps and parameters must have the recorded bits.
In trace 07 the original lets the scale fall to 0 and then writes NaN into the
weights; ours must keep the scale above 0 and the weights finite.
"""
import json
import sys
from types import SimpleNamespace

import plain_safetensors as st
from torch_optimizers import Adam, Body, Sgd, apply_updates, argument, bits, result
from train_step import Checker, TrainStep, tensor, text

COLLAPSE = "07-backoff-underflow"
SMALLEST = "00800000"  # 2^-126


def optimizer(trace):
    lr = trace["lr"]
    return {"sgd": Sgd(lr), "mom": Sgd(lr, momentum=0.9), "adamw": Adam(lr, decay=0.01)}[trace["optimizer"]]


def loss_and_grads(trace):
    """loss = sum(param * constant): the true gradient is the constant."""
    count = len(trace["params"])
    body = Body(4, "f32")
    zero = body.number(0.0, "f32")
    total, gradients = zero, []
    scale = body.broadcast("%scale")
    for k in range(count):
        product = body.binary("multiply", f"%p{k}", f"%c{k}")
        part = body.add(f"stablehlo.reduce({product} init: {zero}) applies stablehlo.add across dimensions = [0] : "
                        "(tensor<4xf32>, tensor<f32>) -> tensor<f32>")
        total = body.scalar("add", total, part, element="f32")
        g = body.binary("multiply", f"%c{k}", scale)
        if trace["clip"] and not trace["clip_after_unscale"]:
            g = body.clip(g, trace["clip"])
        gradients.append(g)
    loss = body.scalar("multiply", total, "%scale", element="f32")
    kind = "tensor<4xf32>"
    arguments = ([argument(f"p{k}", kind, "param", f"params/p{k}") for k in range(count)] +
                 [argument(f"c{k}", kind, "batch", f"c{k}") for k in range(count)] +
                 [argument("scale", "tensor<f32>", "loss_scale", "loss_scale")])
    results = [result("tensor<f32>", "loss", "loss")] + [result(kind, "grad", f"grads/p{k}") for k in range(count)]
    return "\n".join([f"func.func @loss_and_grads({', '.join(arguments)}) -> ({', '.join(results)}) {{", *body.lines,
                      f"  return {', '.join([loss, *gradients])} : tensor<f32>{f', {kind}' * count}", "}"])


def source(trace):
    count = len(trace["params"])
    clip = trace["clip"] if trace["clip_after_unscale"] else None
    before = (lambda body, g: body.clip(g, clip)) if clip else (lambda body, g: g)
    updates = [apply_updates("apply_updates" if count == 1 else f"apply_updates_{k}", f"p{k}", optimizer(trace), 4,
                             "f32", before) for k in range(count)]
    return "\n\n".join([loss_and_grads(trace), *updates]) + "\n"


def first_state(trace):
    state = {f"params/p{k}": tensor("F32", [4], p) for k, p in enumerate(trace["params"])}
    for k in range(len(trace["params"])):
        for name, first in optimizer(trace).states.items():
            state[f"opt_state/p{k}.{name}"] = (st.pack("F32", [4], [0.0] * 4) if first is None
                                               else st.pack("F64", [], [first]))
    state["scaler/scale"] = tensor("F32", [], trace["init_scale"])
    state["scaler/growth_tracker"] = st.pack("I32", [], [0])
    state["scaler/hysteresis_left"] = st.pack("I32", [], [1])
    return state


def options(trace):
    return (f"loss-scale=dynamic growth={trace['growth']!r} backoff={trace['backoff']!r} "
            f"interval={trace['interval']}")


def check_step(check, where, trace, step, old, new):
    finite, = st.unpack(new["finite"])
    culprit, = st.unpack(new["culprit"])
    check.equal(f"{where}: finite", bool(finite), not any(step["bad"]))
    check.equal(f"{where}: culprit", culprit, step["bad"].index(1) if any(step["bad"]) else -1)
    for k, bad in enumerate(step["bad"]):
        own = [name for name in old if name == f"params/p{k}" or name.startswith(f"opt_state/p{k}.")]
        if bad:  # A skipped step moves neither parameters nor moments nor counters.
            check.equal(f"{where}: state of optimizer {k}", [new[n] for n in own], [old[n] for n in own])
        if trace["name"] != COLLAPSE:
            check.equal(f"{where}: parameter {k}", text(new[f"params/p{k}"]), step["params"][k])
    scale = text(new["scaler/scale"])
    if trace["name"] != COLLAPSE:
        check.equal(f"{where}: scale", scale, step["scale"])
        check.equal(f"{where}: tracker", st.unpack(new["scaler/growth_tracker"])[0], step["tracker"])
        return
    # Below the smallest normal number the original goes on to 0.
    expected = max(step["scale"], SMALLEST)
    check.equal(f"{where}: scale", scale, expected)
    if not any(step["bad"]):
        moved = [p - trace["lr"] * g for p, g in zip(st.unpack(old["params/p0"]),
                                                     st.unpack(tensor("F32", [4], step["gradients"][0])))]
        check.equal(f"{where}: parameter", text(new["params/p0"]), "".join(map(bits, moved)))


def check_dead_scales(trace, model, state, check):
    """A scale without a finite inverse is itself the culprit, and nothing moves."""
    for word in ("00000000", "7f800000", "7fc00000"):
        dead = {**state, "scaler/scale": tensor("F32", [], word)}
        batch = {f"c{k}": tensor("F32", [4], g) for k, g in enumerate(trace["steps"][0]["gradients"])}
        new = model.run({**dead, **batch})
        kept = [name for name in state if not name.startswith("scaler/")]
        check.equal(f"scale {word}: finite", st.unpack(new["finite"]), (0,))
        check.equal(f"scale {word}: culprit", st.unpack(new["culprit"]), (len(trace["params"]),))
        check.equal(f"scale {word}: state", [new[name] for name in kept], [state[name] for name in kept])


def replay(trace, tools, folder, check):
    state = first_state(trace)
    step_model = TrainStep(tools, folder, trace["name"], source(trace), options(trace),
                           ["loss", *state, "finite", "culprit"])
    if trace["name"].startswith(("01", "13")):
        check_dead_scales(trace, step_model, state, check)
    for i, step in enumerate(trace["steps"]):
        batch = {f"c{k}": tensor("F32", [4], g) for k, g in enumerate(step["gradients"])}
        new = step_model.run({**state, **batch})
        changed = trace["new_scale_after"].get(str(i))
        if changed:  # The original replaces its rule for this step.
            new["scaler/scale"] = tensor("F32", [], changed)
            new["scaler/growth_tracker"] = state["scaler/growth_tracker"]
        check_step(check, f"{trace['name']} step {i}", trace, step, state, new)
        state = {name: new[name] for name in state}


def main():
    compile_tool, run_tool, path, folder = sys.argv[1:]
    tools = SimpleNamespace(compile=compile_tool, run=run_tool)
    check = Checker()
    with open(path) as f:
        traces = json.load(f)["traces"]
    for trace in traces:
        replay(trace, tools, folder, check)
    print(f"{len(traces)} traces, {check.faults} differences")
    sys.exit(check.faults != 0)


if __name__ == "__main__":
    main()
