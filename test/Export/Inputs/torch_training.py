"""Exports the training of a small module, and trains it in PyTorch alone.

  torch_training.py OUT OPTIMIZER    writes the export, OUT/rates.json for mp-train --schedule, and OUT/torch.jsonl

The module is a convolution with batch norm and GELU, an embedding and a linear layer. The learning rate changes in
every step.
"""
import json
import os
import sys

import numpy as np
import torch

from export_torch_training import export_training

STEPS, BATCH = 3, 8
RATES = [0.02, 0.005, 0.01]
OPTIMIZERS = {"sgd": lambda params: torch.optim.SGD(params, lr=RATES[0], momentum=0.9, weight_decay=0.01),
              "adamw": lambda params: torch.optim.AdamW(params, lr=RATES[0]),
              "rmsprop": lambda params: torch.optim.RMSprop(params, lr=RATES[0], momentum=0.5),
              "adadelta": lambda params: torch.optim.Adadelta(params, lr=RATES[0]),
              "adamax": lambda params: torch.optim.Adamax(params, lr=RATES[0]),
              "radam": lambda params: torch.optim.RAdam(params, lr=RATES[0])}


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(11, 6)
        self.conv = torch.nn.Conv1d(6, 5, 3, padding=1, bias=False)
        self.norm = torch.nn.BatchNorm1d(5)
        self.out = torch.nn.Linear(5, 4)

    def forward(self, x):
        hidden = torch.nn.functional.gelu(self.norm(self.conv(self.table(x).transpose(1, 2))))
        return self.out(hidden.mean(2))


def loss(module, x, y):
    return torch.nn.functional.cross_entropy(module(x), y)


def main():
    out, kind = sys.argv[1:]
    torch.manual_seed(0)
    module = Model()
    optimizer = OPTIMIZERS[kind](module.parameters())
    x, y = torch.randint(0, 11, (STEPS * BATCH, 7)), torch.randint(0, 4, (STEPS * BATCH,))
    export_training(out, loss, module, optimizer, {"x": x[:BATCH]}, {"y": y[:BATCH]}, schedules=["lr"],
                    data={"x_train": x.numpy(), "y_train": y.numpy(),
                          "batch_order": np.arange(STEPS * BATCH, dtype=np.int32)[None]})
    with open(os.path.join(out, "rates.json"), "w", encoding="utf-8") as f:
        json.dump({"lr": RATES}, f)
    with open(os.path.join(out, "torch.jsonl"), "w", encoding="utf-8") as f:
        for i, rate in enumerate(RATES):
            optimizer.param_groups[0]["lr"] = rate
            rows = slice(i * BATCH, (i + 1) * BATCH)
            optimizer.zero_grad()
            value = loss(module, x[rows], y[rows])
            value.backward()
            optimizer.step()
            f.write(json.dumps({"loss": value.item()}) + "\n")


if __name__ == "__main__":
    main()
