"""The optimizers of torch.optim as StableHLO text, operation by operation, so
that every rounding of the originals is there: each operation computes in f32
and rounds its result to the format of the tensor."""
import struct


def bits(value):
    """The f32 bit pattern of a number."""
    return struct.pack(">f", value).hex()


class Body:
    """Lines of a function body over tensors of `size` elements of `element`."""

    def __init__(self, size, element):
        self.lines, self.size, self.element = [], size, element

    def add(self, text):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def tensor(self, element):
        return f"tensor<{self.size}x{element}>"

    def wide(self, x):
        """A stored value as f32."""
        if self.element == "f32":
            return x
        return self.add(f"stablehlo.convert {x} : ({self.tensor(self.element)}) -> {self.tensor('f32')}")

    def round(self, x):
        """What storing an f32 value and reading it again gives."""
        return self.wide(self.store(x))

    def store(self, x):
        if self.element == "f32":
            return x
        return self.add(f"stablehlo.convert {x} : ({self.tensor('f32')}) -> {self.tensor(self.element)}")

    def binary(self, op, a, b):
        return self.add(f"stablehlo.{op} {a}, {b} : {self.tensor('f32')}")

    def unary(self, op, a):
        return self.add(f"stablehlo.{op} {a} : {self.tensor('f32')}")

    def splat(self, value):
        return self.add(f"stablehlo.constant dense<0x{bits(value)}> : {self.tensor('f32')}")

    def times(self, a, value):
        return self.binary("multiply", a, self.splat(value))

    def fused(self, a, b, c):
        """a * b + c with one rounding: f64 holds the product exactly."""
        a, b, c = (self.add(f"stablehlo.convert {x} : ({self.tensor('f32')}) -> {self.tensor('f64')}") for x in (a, b, c))
        product = self.add(f"stablehlo.multiply {a}, {b} : {self.tensor('f64')}")
        total = self.add(f"stablehlo.add {product}, {c} : {self.tensor('f64')}")
        return self.add(f"stablehlo.convert {total} : ({self.tensor('f64')}) -> {self.tensor('f32')}")

    def axpy(self, a, x, y):
        """y.add_(x, alpha=a)"""
        return self.round(self.fused(x, self.splat(a), y))

    def broadcast(self, scalar):
        return self.add(f"stablehlo.broadcast_in_dim {scalar}, dims = [] : (tensor<f32>) -> {self.tensor('f32')}")

    def scalar(self, op, *operands, element="f64"):
        return self.add(f"stablehlo.{op} {', '.join(operands)} : tensor<{element}>")

    def number(self, value, element="f64"):
        return self.add(f"stablehlo.constant dense<{value:.17e}> : tensor<{element}>")

    def clip(self, g, most):
        """torch.nn.utils.clip_grad_norm_ of one gradient."""
        zero = self.number(0.0, "f32")
        square = self.binary("multiply", g, g)
        total = self.add(f"stablehlo.reduce({square} init: {zero}) applies stablehlo.add across dimensions = [0] : "
                         f"({self.tensor('f32')}, tensor<f32>) -> tensor<f32>")
        norm = self.scalar("sqrt", total, element="f32")
        shifted = self.scalar("add", norm, self.number(1e-6, "f32"), element="f32")
        ratio = self.scalar("divide", self.number(most, "f32"), shifted, element="f32")
        factor = self.scalar("minimum", ratio, self.number(1.0, "f32"), element="f32")
        return self.binary("multiply", g, self.broadcast(factor))


# An optimizer: the names of its states with their first values ("" for one like
# the parameter, starting at zero), and update(body, w, g, states) -> w, states.


class Sgd:
    def __init__(self, lr, momentum=0.0, nesterov=False, decay=0.0):
        self.lr, self.momentum, self.nesterov, self.decay = lr, momentum, nesterov, decay
        self.states = {"momentum_buffer": None} if momentum else {}

    def update(self, body, w, g, states):
        new = {}
        if self.decay:
            g = body.axpy(self.decay, w, g)
        if self.momentum:
            # The original starts with a copy of the gradient: 0 * momentum + g.
            moved = body.round(body.times(states["momentum_buffer"], self.momentum))
            moved = body.round(body.binary("add", moved, g))
            new["momentum_buffer"] = moved
            g = body.axpy(self.momentum, moved, g) if self.nesterov else moved
        return body.axpy(-self.lr, g, w), new


class Adam:
    def __init__(self, lr, decay=0.0, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.decay, self.betas, self.eps = lr, decay, (beta1, beta2), eps
        # The powers of beta, which the original computes from a step counter.
        self.states = {"exp_avg": None, "exp_avg_sq": None, "power1": 1.0, "power2": 1.0}

    def update(self, body, w, g, states):
        beta1, beta2 = self.betas
        if self.decay:
            w = body.round(body.times(w, 1 - self.lr * self.decay))
        m, v = states["exp_avg"], states["exp_avg_sq"]
        m = body.axpy(1 - beta1, body.binary("subtract", g, m), m)
        v = body.round(body.times(v, beta2))
        v = body.round(body.fused(body.times(g, 1 - beta2), g, v))

        power1 = body.scalar("multiply", states["power1"], body.number(beta1))
        power2 = body.scalar("multiply", states["power2"], body.number(beta2))
        one = body.number(1.0)
        step = body.scalar("divide", body.number(-self.lr), body.scalar("subtract", one, power1))
        root = body.scalar("sqrt", body.scalar("subtract", one, power2))
        step, root = (body.broadcast(body.add(f"stablehlo.convert {x} : (tensor<f64>) -> tensor<f32>"))
                      for x in (step, root))
        bottom = body.round(body.binary("divide", body.round(body.unary("sqrt", v)), root))
        bottom = body.round(body.binary("add", bottom, body.splat(self.eps)))
        change = body.binary("divide", body.binary("multiply", step, m), bottom)
        w = body.round(body.binary("add", w, change))
        return w, {"exp_avg": m, "exp_avg_sq": v, "power1": power1, "power2": power2}


def argument(name, kind, role, label):
    return f'%{name}: {kind} {{mp.role = "{role}", mp.name = "{label}"}}'


def result(kind, role, label):
    return f'{kind} {{mp.role = "{role}", mp.name = "{label}"}}'


def apply_updates(function, parameter, optimizer, size, element, before=lambda body, g: g):
    """A function that moves one parameter; `before` changes the gradient."""
    body = Body(size, element)
    tensor = body.tensor(element)

    def kind(state):
        return tensor if optimizer.states[state] is None else "tensor<f64>"

    arguments = [argument("w", tensor, "param", f"params/{parameter}"),
                 argument("g", tensor, "grad", f"grads/{parameter}")]
    results = [result(tensor, "param", f"params/{parameter}")]
    for state in optimizer.states:
        arguments.append(argument(state, kind(state), "opt_state", f"opt_state/{parameter}.{state}"))
        results.append(result(kind(state), "opt_state", f"opt_state/{parameter}.{state}"))
    states = {state: body.wide(f"%{state}") if first is None else f"%{state}"
              for state, first in optimizer.states.items()}
    w, states = optimizer.update(body, body.wide("%w"), before(body, body.wide("%g")), states)
    values = [body.store(w)] + [body.store(states[state]) if first is None else states[state]
                                for state, first in optimizer.states.items()]
    kinds = [tensor] + [kind(state) for state in optimizer.states]
    return "\n".join([f"func.func @{function}({', '.join(arguments)}) -> ({', '.join(results)}) {{", *body.lines,
                      f"  return {', '.join(values)} : {', '.join(kinds)}", "}"])
