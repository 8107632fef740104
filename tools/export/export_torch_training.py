"""Exports the training of a PyTorch module: any loss, an optimizer of torch.optim.

    from export_torch_training import export_training
    export_training("out/my_model", loss, module, torch.optim.AdamW(module.parameters(), lr=1e-3),
                    batch={"x": x[:64]}, labels={"y": y[:64]}, data={"x_train": x, "y_train": y})

`loss(module, x, y)` returns a scalar. Forward and backward are traced as one graph, and so is the optimizer's step;
torch_xla turns them into StableHLO. Buffers of the module (running means) are states of the forward pass.
"""
import collections
import os
from unittest import mock

import numpy as np
import torch
from safetensors.numpy import save_file
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.overrides import TorchFunctionMode
from torch_xla.stablehlo import VariableType, exported_program_to_stablehlo

import modules
import sidecar

aten = torch.ops.aten
_NONE, _MEAN = 0, 1  # What a loss does with the rows; 2 is their sum.


class ExportError(Exception):
    """What cannot be exported, and why."""


#===-----------------------------------------------------------------------===#
# Decompositions: what torch_xla 2.9 lowers wrongly
#===-----------------------------------------------------------------------===#

def _sum(x, *, dtype=None):
    """A sum over all axes names them: without any, none is summed."""
    return aten.sum.dim_IntList(x, list(range(x.dim())), False, dtype=dtype) if x.dim() else x.clone()


def _chosen(x, target, ignored):
    """Ones where a row's label is, and zeros."""
    classes = torch.arange(x.shape[1], device=x.device)
    return ((classes[None, :] == target[:, None]) & (target != ignored)[:, None]).to(x.dtype)


def _nll_loss_forward(x, target, weight, reduction, ignored):
    if x.dim() != 2 or weight is not None:
        return NotImplemented
    chosen = _chosen(x, target, ignored)
    each, count = -aten.sum.dim_IntList(x * chosen, [1]), _sum(chosen)
    if reduction == _NONE:
        return each, count
    return _sum(each) / count if reduction == _MEAN else _sum(each), count


def _nll_loss_backward(grad, x, target, weight, reduction, ignored, count):
    if x.dim() != 2 or weight is not None:
        return NotImplemented
    if reduction == _NONE:
        grad = grad[:, None]
    elif reduction == _MEAN:
        grad = grad / count
    return -_chosen(x, target, ignored) * grad


def _decompositions():
    from torch._decomp import core_aten_decompositions, get_decompositions
    table = dict(core_aten_decompositions())
    # Running variances are of n - 1 samples.
    table |= get_decompositions([aten._native_batch_norm_legit, aten._native_batch_norm_legit_functional,
                                 aten.native_batch_norm, aten.native_batch_norm_backward])
    table |= {aten.sum.default: _sum, aten.nll_loss_forward.default: _nll_loss_forward,
              aten.nll_loss_backward.default: _nll_loss_backward}
    return table


#===-----------------------------------------------------------------------===#
# Functions of tensors
#===-----------------------------------------------------------------------===#

class _Loss(torch.nn.Module):
    """The loss as a module, so that functional_call gives it other parameters."""

    def __init__(self, module, loss):
        super().__init__()
        self.module, self.loss = module, loss

    def forward(self, *inputs):
        value = self.loss(self.module, *inputs)
        if value.dim() or not value.is_floating_point():
            raise ExportError(f"expected the loss to be one float, but got {value.dtype}{list(value.shape)}")
        return value


def _make_gradients(module, loss):
    """(params..., buffers..., loss_scale, inputs...) -> (loss, grads..., buffers...)."""
    wrapped = _Loss(module, loss)
    params, buffers = ([f"module.{name}" for name, _ in named()]
                       for named in (module.named_parameters, module.named_buffers))

    def run(*args):
        first, second = len(params), len(params) + len(buffers)
        scale, inputs = args[second], args[second + 1:]

        def scaled(*values):
            moved = {name: value.clone() for name, value in zip(buffers, args[first:second])}
            value = torch.func.functional_call(wrapped, {**dict(zip(params, values)), **moved}, inputs)
            return value * scale, (value, list(moved.values()))

        grads, (value, moved) = torch.func.grad(scaled, tuple(range(first)), has_aux=True)(*args[:first])
        return (value, *grads, *moved)

    return run


# Their states begin at zero; those of others are taken as `optimizer.step()` left them.
_ZERO_STATES = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.Adamax, torch.optim.RAdam,
                torch.optim.RMSprop, torch.optim.Adadelta)


class _TensorFactors(TorchFunctionMode):
    """Lets sums have factors that are tensors, where torch takes the number out of them: SGD's add_(grad, alpha=-lr)."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        for name in ("alpha", "value"):  # of add and sub; of addcmul and addcdiv
            if torch.is_tensor(kwargs.get(name)):
                args = (args[0], args[1] * kwargs.pop(name), *args[2:])
        return func(*args, **kwargs)


class _Optimizer:
    """The step of an optimizer as a function of tensors."""

    def __init__(self, optimizer, named, schedules):
        self.optimizer, self.named = optimizer, named
        self.schedules = self._find_schedules(schedules)
        listed = {id(p) for group in optimizer.param_groups for p in group["params"]}
        if listed != {id(p) for p in named.values()}:
            raise ExportError("expected the optimizer to have the parameters of the module, and no others")
        if any(group.get("dampening") for group in optimizer.param_groups):
            raise ExportError("with dampening the first step of SGD differs from those after it")
        self.states = self._first_states()

    def _find_schedules(self, keys):
        """{name: (parameter group, key, value)}; the name is the key alone where there is one group."""
        found, groups = {}, self.optimizer.param_groups
        for key in keys:
            for i, group in enumerate(groups):
                value = group.get(key)
                if isinstance(value, bool) or not (isinstance(value, float) or torch.is_tensor(value) and not value.dim()):
                    numbers = ", ".join(sorted(name for name, v in group.items() if isinstance(v, float)))
                    raise ExportError(f"expected the schedule '{key}' to be a number of the optimizer's parameter groups; "
                                      f"there are: {numbers}")
                found[f"{key}/{i}" if len(groups) > 1 else key] = i, key, torch.tensor(float(value))
        return found

    def _first_states(self):
        """{name: tensor} before the first step."""
        if self.optimizer.state:
            return self._flatten(self.optimizer.state)
        if type(self.optimizer) not in _ZERO_STATES:
            raise ExportError(f"how the states of {type(self.optimizer).__name__} begin is not known here; make a step "
                              "with it before the export, and training goes on from there")
        params = {name: p.detach().clone() for name, p in self.named.items()}
        after = self._step(params, {}, {name: torch.zeros_like(p) for name, p in params.items()})
        return {name: torch.zeros_like(value) for name, value in self._flatten(after).items()}

    def _flatten(self, state):
        """Of {parameter: {key: value}}; the parameters may be copies in the same order."""
        found = {}
        for name, values in zip(self.named, (state[p] for p in self._in_order(state)), strict=True):
            for key, value in values.items():
                if torch.is_tensor(value):
                    found[f"{key}/{name}"] = value
                elif value is not None:
                    raise ExportError(f"the optimizer's state '{key}' of '{name}' is {type(value).__name__}")
        return found

    def _in_order(self, state):
        return [p for p in self.named.values() if p in state] or list(state)

    def _step(self, params, states, grads, schedules=()):
        """Moves `params` and `states` in place; the optimizer's state afterwards, in the order of the parameters."""
        optimizer = self.optimizer
        saved = optimizer.state, [(group, dict(group)) for group in optimizer.param_groups]
        names = {id(p): name for name, p in self.named.items()}
        try:
            optimizer.state = collections.defaultdict(dict)
            for name, p in params.items():
                p.grad = grads[name]
                own = {key.partition("/")[0]: value for key, value in states.items() if key.partition("/")[2] == name}
                if own:
                    optimizer.state[p] = own
            for group in optimizer.param_groups:
                group["params"] = [params[names[id(p)]] for p in group["params"]]
                group.update({key: value for key, value in (("capturable", True), ("foreach", False), ("fused", False))
                              if key in group})
            for (group, key, _), value in zip(self.schedules.values(), schedules):
                optimizer.param_groups[group][key] = value
            # As a compiler sees it: step counters are tensors, on a CPU, too.
            with _TensorFactors(), torch.no_grad(), mock.patch("torch.compiler.is_compiling", return_value=True):
                type(optimizer).step(optimizer)
            return {p: optimizer.state[p] for p in params.values()}
        finally:
            optimizer.state = saved[0]
            for group, values in saved[1]:
                group.update(values)

    def run(self, *args):
        """(params..., states..., grads..., schedules...) -> (params..., states...)."""
        values = iter(args)
        params = {name: next(values).clone() for name in self.named}
        states = {name: next(values).clone() for name in self.states}
        grads = {name: next(values) for name in self.named}
        self._step(params, states, grads, tuple(values))
        return (*params.values(), *states.values())


#===-----------------------------------------------------------------------===#
# Export
#===-----------------------------------------------------------------------===#

class _Entry:
    """One function, lowered. `args` and `results` are (name, role, tensor), the results without their tensors."""

    def __init__(self, name, fn, args, results):
        self.name = name
        values = tuple(value for _, _, value in args)
        functional = torch.func.functionalize(fn, remove="mutations_and_views")
        try:
            # Attention as products and a softmax: its fused forms have no lowering.
            with sdpa_kernel(SDPBackend.MATH):
                traced = make_fx(functional, decomposition_table=_decompositions())(*values)
        except RuntimeError as error:
            if "tracing tensor" not in str(error):
                raise
            raise ExportError(f"'{name}' takes a number out of a tensor, so its graph depends on data") from error
        graph = exported_program_to_stablehlo(torch.export.export(traced, values))
        self.text = graph.get_stablehlo_text()
        self.args = []
        for place in graph._bundle.stablehlo_funcs[0].meta.input_locations:
            if place.type_ == VariableType.INPUT_ARG:
                self.args.append(args[place.position])
                continue
            constant = (graph._bundle.state_dict[place.name] if place.type_ == VariableType.PARAMETER
                        else graph._bundle.additional_constants[place.position])
            raise ExportError(f"'{name}' has the constant tensor {list(constant.shape)} of its own; "
                              "make it a buffer of the module, or of torch.full and the like")
        self.outcome = fn(*values)
        self.results = [(*result, value) for result, value in zip(results, self.outcome, strict=True)]

    def describe(self):
        def one(values):
            names, roles, tensors = zip(*values)
            return sidecar.describe([_numpy(t) for t in tensors], names, roles)
        return {"args": one(self.args), "results": one(self.results)}

    def write_example(self, directory):
        sidecar.write_example(directory, *([_numpy(value) for _, _, value in values]
                                           for values in (self.args, self.results)), self.name + ".")


def _numpy(tensor):
    return tensor.detach().cpu().numpy() if torch.is_tensor(tensor) else np.asarray(tensor)


def _named(prefix, role, tensors):
    return [(f"{prefix}/{name.replace('.', '/')}", role, tensor) for name, tensor in tensors.items()]


def export_training(directory, loss, module, optimizer, batch, labels=None, *, schedules=(), data=None):
    """Writes DIR/model.mlir, roles.json and data.safetensors, and arguments and results of each function.

    `batch` and `labels` map the names of the loss's further arguments to one batch each, in order; `data` are
    arrays for the data file, such as x_train and y_train. `schedules` names numbers of the optimizer's parameter
    groups, such as "lr", that mp-train may change from step to step: "lr" for one group, "lr/0", "lr/1" for several.
    """
    named = {name: p for name, p in module.named_parameters()}
    params = _named("params", "param", {name: p.detach() for name, p in named.items()})
    buffers = _named("state", "state", dict(module.named_buffers()))
    inputs = [(name, role, value) for role, values in (("batch", batch), ("label", labels or {}))
              for name, value in values.items()]
    stepper = _Optimizer(optimizer, named, schedules)
    rates = [(name, "schedule", value) for name, (_, _, value) in stepper.schedules.items()]
    states = _named("opt_state", "opt_state", stepper.states)

    def names_of(values):
        return [(name, role) for name, role, _ in values]

    grads = [(f"grads/{name.partition('/')[2]}", "grad") for name, _, _ in params]
    gradients = _Entry("loss_and_grads", _make_gradients(module, loss),
                       [*params, *buffers, ("loss_scale", "loss_scale", torch.tensor(1.0)), *inputs],
                       [("loss", "loss"), *grads, *names_of(buffers)])
    updates = _Entry("apply_updates", stepper.run,
                     [*params, *states, *((*one, g) for one, g in zip(grads, gradients.outcome[1:])), *rates],
                     names_of(params + states))
    entries = [gradients, updates]
    text = modules.combine({entry.name: entry.text for entry in entries})
    sidecar.write_module(directory, text, {"entries": {entry.name: entry.describe() for entry in entries}})
    for entry in entries:
        entry.write_example(directory)
    initial = {name: value for name, _, value in rates}
    initial |= {prefix + name.partition("/")[2]: value for prefix, values in
               (("init/", params), ("init_state/", buffers), ("init_opt/", states)) for name, _, value in values}
    save_file({name: np.asarray(_numpy(value), order="C") for name, value in {**initial, **(data or {})}.items()},
              os.path.join(directory, "data.safetensors"))
