"""The train steps of train_step.py in PyTorch eager: run by its workers, in an environment that has torch.

Autocast to bfloat16 is torch.autocast("cpu"). The optimizers are the fused ones, the fastest that it has on CPUs.
"""
import torch
import torch.nn.functional as F


def tensor(values, name, dtype=torch.float32):
    return torch.frombuffer(bytearray(values[name]), dtype=dtype).clone()


class Step:
    def __init__(self, values, shapes, low):
        self.params = {name: tensor(values, name).view(shape).requires_grad_() for name, shape in shapes.items()}
        self.low = low

    def call(self):
        self.optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.low):
            out = self.forward()
        loss = self.measure(out.float())
        loss.backward()
        self.before_update()
        self.optimizer.step()
        self.last = loss

    def before_update(self):
        pass

    def loss(self):
        return float(self.last.detach())

    def linear(self, x, name):
        return F.linear(x, self.weights[name], self.params[f"params/{name}/bias"])

    def hold_transposed(self, names):
        """PyTorch keeps a weight as [outputs, inputs]."""
        self.weights = {}
        for name in names:
            kernel = self.params.pop(f"params/{name}/kernel")
            self.weights[name] = kernel.detach().t().contiguous().requires_grad_()

    def trained(self):
        return list(self.params.values()) + list(self.weights.values())


class WideMlp(Step):
    def __init__(self, values, shapes, low):
        super().__init__(values, shapes, low)
        self.layers = [f"layer{i}" for i in range(len(shapes) // 2)]
        widths = [shapes[f"params/{self.layers[0]}/kernel"][0], shapes[f"params/{self.layers[-1]}/kernel"][1]]
        self.hold_transposed(self.layers)
        self.x, self.y = tensor(values, "x").view(-1, widths[0]), tensor(values, "y").view(-1, widths[1])
        self.optimizer = torch.optim.Adam(self.trained(), lr=1e-3, fused=True)

    def forward(self):
        x = self.linear(self.x, self.layers[0])
        for name in self.layers[1:]:
            x = self.linear(F.gelu(x, approximate="tanh"), name)
        return x

    def measure(self, out):
        return F.mse_loss(out, self.y)


class Gpt(Step):
    """Pre-LN blocks, tied embedding, tanh GELU, causal attention; clipped AdamW."""
    HEADS = 4

    def __init__(self, values, shapes, low):
        super().__init__(values, shapes, low)
        self.blocks = sorted({name.split("/")[1] for name in shapes if "/attn/" in name})
        self.hold_transposed([f"{b}/{part}" for b in self.blocks for part in ("attn/qkv", "attn/proj", "fc", "out")])
        tokens = shapes["params/wpe"][0]
        self.x, self.y = (tensor(values, name, torch.int32).view(-1, tokens).long() for name in "xy")
        self.optimizer = torch.optim.AdamW(self.trained(), lr=1e-3, weight_decay=0.01, fused=True)

    def norm(self, x, name):
        scale = self.params[f"params/{name}/scale"]
        return F.layer_norm(x, scale.shape, scale, self.params[f"params/{name}/bias"])

    def forward(self):
        x = F.embedding(self.x, self.params["params/wte"]) + self.params["params/wpe"]
        batch, tokens, width = x.shape
        for b in self.blocks:
            qkv = self.linear(self.norm(x, f"{b}/ln1"), f"{b}/attn/qkv")
            q, k, v = (t.view(batch, tokens, self.HEADS, -1).transpose(1, 2) for t in qkv.split(width, dim=2))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.linear(y.transpose(1, 2).reshape(batch, tokens, width), f"{b}/attn/proj")
            x = x + self.linear(F.gelu(self.linear(self.norm(x, f"{b}/ln2"), f"{b}/fc"), approximate="tanh"), f"{b}/out")
        return F.linear(self.norm(x, "ln_f"), self.params["params/wte"])

    def measure(self, out):
        return F.cross_entropy(out.view(-1, out.shape[-1]), self.y.view(-1))

    def before_update(self):
        torch.nn.utils.clip_grad_norm_(self.trained(), 1.0)


STEPS = {"wide_mlp": WideMlp, "gpt_tiny": Gpt}


def make(model, values, shapes, low, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    return STEPS[model](values, shapes, low)
