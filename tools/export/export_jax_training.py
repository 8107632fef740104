"""Exports the training of a JAX model: any loss, any optax optimizer.

    from export_jax_training import export_training
    export_training("out/my_model", loss, params, optax.adamw(1e-3),
                    batch={"x": x[:64]}, labels={"y": y[:64]},
                    data={"x_train": x, "y_train": y})

`loss(params, x, y)` returns a scalar. Written are the functions that mp-train
glues to one train step (docs/Training.md):

    @loss_and_grads(params, state, rng, loss_scale, schedules, batch, labels) -> loss, grads, state, aux
    @apply_updates(params, opt_state, grads, schedules) -> params, opt_state
    @evaluate(params, state, batch, labels) -> metrics       (if there is one)

with their roles, and initial values and data in DIR/data.safetensors.
"""
import functools
import os

import jax
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import save_file

import modules
import sidecar
from export_jax import path_name


class ExportError(Exception):
    """What cannot be exported, and why."""


def _leaves(tree, prefix, role, floats=False):
    """(name, role, leaf) of each leaf; names are unique."""
    found = []
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        name = "/".join(filter(None, (prefix, path_name(path)))) or role
        dtype = getattr(leaf, "dtype", None)
        if dtype is None:
            raise ExportError(f"'{name}' is {type(leaf).__name__}, expected an array")
        if jnp.issubdtype(dtype, jax.dtypes.prng_key):
            raise ExportError(f"'{name}' is a typed random key; keep jax.random.key_data of it")
        if floats and not jnp.issubdtype(dtype, jnp.floating):
            raise ExportError(f"the parameter '{name}' is {dtype}, which has no gradient; pass it in `state`")
        found.append((name, role, leaf))
    names = [name for name, _, _ in found]
    for name in names:
        if names.count(name) > 1:
            raise ExportError(f"two arrays are called '{name}'")
    return found


def _strong(leaf):
    """The array with a type of its own, not one that yields to the type it meets."""
    return leaf if jax.dtypes.issubdtype(getattr(leaf, "dtype", None), jax.dtypes.prng_key) \
        else jnp.asarray(leaf, getattr(leaf, "dtype", None))


def _check_same(before, after, what):
    """What a step replaces keeps names, shapes and types."""
    old, new = (dict((name, leaf) for name, _, leaf in _leaves(tree, what, "")) for tree in (before, after))
    for name in [*old, *new]:
        if name not in old or name not in new:
            raise ExportError(f"'{name}' is there only {'before' if name in old else 'after'} a step")
        if (old[name].shape, old[name].dtype) != (new[name].shape, new[name].dtype):
            raise ExportError(f"'{name}' is {old[name].dtype}{list(old[name].shape)} before a step and "
                              f"{new[name].dtype}{list(new[name].shape)} after it")


class _Entry:
    """One exported function. Its arguments are pytrees, each with a role."""

    def __init__(self, name, fn, args, results):
        """`args` are (prefix, role, tree), `results` (prefix, role) for each member of the result."""
        self.name = name
        self.trees = [tree for _, _, tree in args]
        self.jitted = jax.jit(fn, keep_unused=True)
        self.outcome = jax.eval_shape(fn, *self.trees)
        self.args = [leaf for prefix, role, tree in args for leaf in _leaves(tree, prefix, role)]
        self.results = [leaf for (prefix, role), tree in zip(results, self.outcome, strict=True)
                        for leaf in _leaves(tree, prefix, role)]

    def text(self, debug_locations):
        return self.jitted.lower(*self.trees).as_text(debug_info=debug_locations)

    def describe(self):
        def one(leaves):
            return sidecar.describe([leaf for _, _, leaf in leaves], [name for name, _, _ in leaves],
                                    [role for _, role, _ in leaves])
        return {"args": one(self.args), "results": one(self.results)}

    def write_example(self, directory):
        sidecar.write_example(directory, jax.tree.leaves(self.trees), jax.tree.leaves(self.jitted(*self.trees)),
                              self.name + ".")


def _make_gradients(loss, has_state, has_aux, has_rng):
    """(params, state, rng, loss_scale, schedules, inputs...) -> (loss, grads, state, aux)."""
    def call(params, state, rng, schedules, inputs):
        found = loss(params, *([state] if has_state else []), *inputs, **({"rng": rng} if has_rng else {}), **schedules)
        returned = found if has_state or has_aux else (found,)
        expected = ["loss"] + ["new state"] * has_state + ["aux"] * has_aux
        if not isinstance(returned, tuple) or len(returned) != len(expected):
            raise ExportError(f"expected the loss function to return ({', '.join(expected)})")
        value = jnp.asarray(returned[0])
        if value.shape or not jnp.issubdtype(value.dtype, jnp.floating):
            raise ExportError(f"expected the loss to be one float, but got {value.dtype}{list(value.shape)}")
        return value, returned[1] if has_state else {}, returned[-1] if has_aux else {}

    def run(params, state, rng, scale, schedules, *inputs):
        def scaled(params):
            value, new_state, aux = call(params, state, rng, schedules, inputs)
            return value * scale.astype(value.dtype), (value, new_state, aux)

        grads, (value, new_state, aux) = jax.grad(scaled, has_aux=True)(params)
        return value, grads, new_state, aux

    return run


def _make_optimizer(optimizer, schedules):
    """The optimizer, which is made of the schedules where there are any."""
    made = optimizer(**schedules) if schedules else optimizer
    if not isinstance(made, optax.GradientTransformation):
        raise ExportError("expected an optax optimizer, or, with schedules, a function of them that returns one, but got "
                          + type(made).__name__)
    return made


def _make_updates(optimizer):
    """(params, opt_state, grads, schedules) -> (params, opt_state)."""
    def run(params, opt_state, grads, schedules):
        try:
            updates, opt_state = _make_optimizer(optimizer, schedules).update(grads, opt_state, params)
        except TypeError as error:
            if "missing" not in str(error):
                raise
            raise ExportError("the optimizer wants to know more than gradients, states and parameters, "
                              f"which is all that its update is given: {error}") from error
        return optax.apply_updates(params, updates), opt_state

    return run


def _make_evaluation(evaluate, has_state):
    """(params, state, inputs...) -> (metrics,)."""
    def run(params, state, *inputs):
        return (evaluate(params, *([state] if has_state else []), *inputs),)

    return run


def _initial_values(params, opt_state, state):
    """What the data file holds of them; the optimizer's states start at zero where it holds nothing."""
    values = {"init/" + name: leaf for name, _, leaf in _leaves(params, "", "")}
    values |= {"init_state/" + name: leaf for name, _, leaf in _leaves(state, "", "")}
    values |= {"init_opt/" + name: leaf for name, _, leaf in _leaves(opt_state, "", "") if np.any(np.asarray(leaf))}
    return values


def _read_schedules(named):
    """{name: f32 scalar}."""
    schedules = {name: jnp.asarray(value, jnp.float32) for name, value in (named or {}).items()}
    for name, value in schedules.items():
        if value.shape:
            raise ExportError(f"expected the schedule '{name}' to be one number, but got {list(value.shape)}; how it "
                              "changes is told to mp-train, with --schedule")
    return schedules


def export_training(directory, loss, params, optimizer, batch, labels=None, *, state=None, rng=False, schedules=None,
                    loss_schedules=None, has_aux=False, evaluate=None, data=None, examples=True,
                    debug_locations=False):
    """Writes DIR/model.mlir, roles.json and data.safetensors.

    `batch` and `labels` map the names of the loss's further arguments to one batch each, in order.
    `state`: a pytree that the forward pass replaces, such as running means: loss(params, state, x, y) returns
        (loss, new state), or (loss, new state, aux) with `has_aux`.
    `rng`: the loss has a keyword argument rng, two uint32 that are new in every step
        (jax.random.wrap_key_data makes a key of them).
    `schedules`: numbers that mp-train may change from step to step, such as {"learning_rate": 1e-3}; `optimizer` is
        then a function of them that makes the optimizer: lambda learning_rate: optax.adamw(learning_rate).
    `loss_schedules`: such numbers that the loss takes as keyword arguments. One name is one number in both.
    `evaluate(params, [state,] x, y)`: a dict of arrays, such as {"accuracy": ...}.
    `data`: arrays for the data file, such as x_train and y_train.
    `examples`: also write arguments and results of each function, which mp-run --expect compares with.
    """
    strong = functools.partial(jax.tree.map, _strong)
    params, state = strong(params), strong({} if state is None else state)
    inputs = [(name, role, strong(value)) for role, named in (("batch", batch), ("label", labels or {}))
              for name, value in named.items()]
    _leaves(params, "params", "param", floats=True)
    schedules, loss_schedules = _read_schedules(schedules), _read_schedules(loss_schedules)
    for name in schedules.keys() & loss_schedules.keys():
        if schedules[name] != loss_schedules[name]:
            raise ExportError(f"the schedule '{name}' has two values, {schedules[name]} and {loss_schedules[name]}")
    opt_state = strong(_make_optimizer(optimizer, schedules).init(params))
    has_state = bool(jax.tree.leaves(state))
    key = jnp.zeros(2, jnp.uint32) if rng else {}
    model = [("params", "param", params), ("state", "state", state)]

    gradients = _Entry("loss_and_grads", _make_gradients(loss, has_state, has_aux, rng),
                       [*model, ("rng", "rng", key), ("loss_scale", "loss_scale", jnp.float32(1)),
                        ("", "schedule", loss_schedules), *inputs],
                       [("loss", "loss"), ("grads", "grad"), ("state", "state"), ("", "aux")])
    _check_same(state, gradients.outcome[2], "state")
    grads = gradients.jitted(*gradients.trees)[1] if examples else gradients.outcome[1]
    updates = _Entry("apply_updates", _make_updates(optimizer),
                     [("params", "param", params), ("opt_state", "opt_state", opt_state), ("grads", "grad", grads),
                      ("", "schedule", schedules)],
                     [("params", "param"), ("opt_state", "opt_state")])
    _check_same(params, updates.outcome[0], "params")
    _check_same(opt_state, updates.outcome[1], "opt_state")
    entries = [gradients, updates]
    if evaluate:
        entries.append(_Entry("evaluate", _make_evaluation(evaluate, has_state), [*model, *inputs], [("", "aux")]))
    text = modules.combine({entry.name: entry.text(debug_locations) for entry in entries})
    sidecar.write_module(directory, text, {"entries": {entry.name: entry.describe() for entry in entries}})
    if examples:
        for entry in entries:
            entry.write_example(directory)
    tensors = {**_initial_values(params, opt_state, state), **loss_schedules, **schedules, **(data or {})}
    save_file({name: np.asarray(value, order="C") for name, value in tensors.items()},
              os.path.join(directory, "data.safetensors"))
