"""Writes the training of a wide MLP (GELU, mean squared error, Adam) as StableHLO text of form A, with roles.

The products of the backward pass are spelt as JAX spells them: the gradient of a weight is made transposed.
Only the standard library is used.
"""
import json
import os

from transformer import Writer

RATE, BETA1, BETA2, EPSILON = "1.000000e-03", "9.000000e-01", "9.990000e-01", "1.000000e-08"


class Function(Writer):
    def __init__(self, name):
        super().__init__()
        self.name, self.results = name, []

    def result(self, value, name, shape, role, dtype="f32"):
        self.results.append(dict(value=value, name=name, shape=shape, dtype=dtype, role=role))

    def mul(self, a, b, shape):
        return self.binary("multiply", a, b, shape)

    def scaled(self, x, factor, shape):
        return self.mul(x, self.splat(factor, shape), shape)

    def text(self):
        args = ", ".join(f"%arg{i}: {self.type(a['shape'], a['dtype'])}" for i, a in enumerate(self.args))
        types = ", ".join(self.type(r["shape"], r["dtype"]) for r in self.results)
        values = ", ".join(r["value"] for r in self.results)
        body = "\n".join(self.lines)
        return f"  func.func public @{self.name}({args}) -> ({types}) {{\n{body}\n    return {values} : {types}\n  }}\n"

    def roles(self):
        dtype = {"f32": "float32", "i32": "int32"}
        describe = lambda values: [dict(index=i, name=v["name"], role=v["role"], shape=v["shape"], dtype=dtype[v["dtype"]])
                                   for i, v in enumerate(values)]
        return {"args": describe(self.args), "results": describe(self.results)}


def gelu(f, x, shape):
    """The tanh GELU of x and its derivative."""
    square = f.mul(x, x, shape)
    inner = f.binary("add", x, f.scaled(f.mul(square, x, shape), "4.471500e-02", shape), shape)
    t = f.unary("tanh", f.scaled(inner, "0.797884583", shape), shape)
    half = f.scaled(f.binary("add", t, f.splat("1.000000e+00", shape), shape), "5.000000e-01", shape)
    slope = f.binary("add", f.scaled(square, "0.107032225", shape), f.splat("0.797884583", shape), shape)
    rest = f.binary("subtract", f.splat("1.000000e+00", shape), f.mul(t, t, shape), shape)
    rest = f.mul(f.scaled(x, "5.000000e-01", shape), f.mul(rest, slope, shape), shape)
    return f.mul(x, half, shape), f.binary("add", half, rest, shape)


def declare(f, widths, prefix, role):
    """Kernel and bias of each layer as arguments."""
    layers = []
    for i, shape in enumerate(zip(widths, widths[1:])):
        layers.append((f.arg(f"{prefix}/layer{i}/bias", [shape[1]], role=role),
                       f.arg(f"{prefix}/layer{i}/kernel", list(shape), role=role)))
    return layers


def loss_and_grads(batch, widths):
    f = Function("loss_and_grads")
    layers = declare(f, widths, "params", "param")
    x = f.arg("x", [batch, widths[0]], role="batch")
    y = f.arg("y", [batch, widths[-1]], role="label")
    scale = f.arg("loss_scale", [], role="loss_scale")
    inputs, slopes = [], []
    for i, (bias, kernel) in enumerate(layers):
        inputs.append(x)
        shape = [batch, widths[i + 1]]
        x = f.dot(x, [batch, widths[i]], kernel, [widths[i], widths[i + 1]], ([1], [0]), ([], []), shape)
        x = f.binary("add", x, f.broadcast(bias, [widths[i + 1]], shape, [1]), shape)
        if i + 1 < len(layers):
            x, slope = gelu(f, x, shape)
            slopes.append(slope)
    shape = [batch, widths[-1]]
    error = f.binary("subtract", x, y, shape)
    zero = f.constant("0.000000e+00")
    total = f.op(f"stablehlo.reduce({f.mul(error, error, shape)} init: {zero}) applies stablehlo.add across "
                 f"dimensions = [0, 1] : ({f.type(shape)}, tensor<f32>) -> tensor<f32>")
    loss = f.mul(f.mul(total, f.constant(f"{1 / (batch * widths[-1]):e}"), []), scale, [])
    f.result(loss, "loss", [], "loss")
    seed = f.mul(scale, f.constant(f"{2 / (batch * widths[-1]):e}"), [])
    g = f.mul(error, f.broadcast(seed, [], shape, []), shape)
    grads = []
    for i in reversed(range(len(layers))):
        n, k = widths[i + 1], widths[i]
        bias = f.op(f"stablehlo.reduce({g} init: {zero}) applies stablehlo.add across dimensions = [0] : "
                    f"({f.type([batch, n])}, tensor<f32>) -> {f.type([n])}")
        kernel = f.dot(g, [batch, n], inputs[i], [batch, k], ([0], [0]), ([], []), [n, k])
        kernel = f.transpose(kernel, [1, 0], [n, k], [k, n])
        grads.insert(0, (bias, kernel))
        if i:
            g = f.dot(g, [batch, n], layers[i][1], [k, n], ([1], [1]), ([], []), [batch, k])
            g = f.mul(g, slopes[i - 1], [batch, k])
    for i, (bias, kernel) in enumerate(grads):
        f.result(bias, f"grads/layer{i}/bias", [widths[i + 1]], "grad")
        f.result(kernel, f"grads/layer{i}/kernel", [widths[i], widths[i + 1]], "grad")
    return f


def apply_updates(widths):
    """Adam, in the order in which optax writes it: first all first moments, then all second ones, then the updates."""
    f = Function("apply_updates")
    shapes = [shape for n, k in zip(widths[1:], widths) for shape in ([n], [k, n])]
    flat = lambda prefix, role: [v for layer in declare(f, widths, prefix, role) for v in layer]
    params = flat("params", "param")
    count = f.arg("opt_state/count", [], "i32", "opt_state")
    mu, nu, grads = flat("opt_state/mu", "opt_state"), flat("opt_state/nu", "opt_state"), flat("grads", "grad")

    def average(old, new, beta, shape):
        return f.binary("add", f.scaled(new, f"{1 - float(beta):e}", shape), f.scaled(old, beta, shape), shape)

    mu = [average(m, g, BETA1, shape) for m, g, shape in zip(mu, grads, shapes)]
    nu = [average(v, f.mul(g, g, shape), BETA2, shape) for v, g, shape in zip(nu, grads, shapes)]
    one = f.op("stablehlo.constant dense<1> : tensor<i32>")
    count = f.op(f"stablehlo.add {count}, {one} : tensor<i32>")
    steps = f.op(f"stablehlo.convert {count} : (tensor<i32>) -> tensor<f32>")

    def corrected(beta):
        return f.binary("subtract", f.constant("1.000000e+00"), f.binary("power", f.constant(beta), steps, []), [])

    first, second = corrected(BETA1), corrected(BETA2)
    new = []
    for p, m, v, shape in zip(params, mu, nu, shapes):
        m = f.binary("divide", m, f.broadcast(first, [], shape, []), shape)
        v = f.binary("divide", v, f.broadcast(second, [], shape, []), shape)
        v = f.binary("add", f.unary("sqrt", v, shape), f.splat(EPSILON, shape), shape)
        new.append(f.binary("add", p, f.scaled(f.binary("divide", m, v, shape), "-" + RATE, shape), shape))
    names = [f"layer{i}/{part}" for i in range(len(widths) - 1) for part in ("bias", "kernel")]
    for prefix, role, values in (("params", "param", new), ("opt_state/mu", "opt_state", mu), ("opt_state/nu", "opt_state", nu)):
        if prefix == "opt_state/mu":
            f.result(count, "opt_state/count", [], "opt_state", "i32")
        for value, name, shape in zip(values, names, shapes):
            f.result(value, f"{prefix}/{name}", shape, role)
    return f


def save(directory, batch=256, widths=(1024, 4096, 4096, 1024)):
    """Writes model.mlir and meta.json."""
    os.makedirs(directory, exist_ok=True)
    functions = [loss_and_grads(batch, widths), apply_updates(widths)]
    with open(os.path.join(directory, "model.mlir"), "w", encoding="utf-8") as f:
        f.write("module @wide_mlp {\n" + "".join(function.text() for function in functions) + "}\n")
    with open(os.path.join(directory, "meta.json"), "w", encoding="utf-8") as f:
        json.dump({"entries": {function.name: function.roles() for function in functions}}, f)
