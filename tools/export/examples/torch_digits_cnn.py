#!/usr/bin/env python3
"""Exports the training of a PyTorch CNN with batch norm on scikit-learn's handwritten digits.

    python3 tools/export/examples/torch_digits_cnn.py out/torch_digits_cnn
    mp-train out/torch_digits_cnn/model.mlir --roles=out/torch_digits_cnn/roles.json \
      --data=out/torch_digits_cnn/data.safetensors --batch=64 --epochs=10 --policy=bf16
"""
import os
import sys

import torch
from sklearn.datasets import load_digits
from torch import nn

sys.path.append(os.path.join(os.path.dirname(__file__), ".."))
from export_torch_training import export_training

BATCH = 64


def block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]


def loss(module, x, y):
    return nn.functional.cross_entropy(module(x), y)


def main():
    out = sys.argv[1] if len(sys.argv) > 1 else "out/torch_digits_cnn"
    torch.manual_seed(0)
    digits = load_digits()
    x = torch.tensor(digits.images[:, None] / 16.0, dtype=torch.float32)
    y = torch.tensor(digits.target, dtype=torch.int64)
    module = nn.Sequential(*block(1, 16), *block(16, 32), nn.Flatten(), nn.Linear(128, 64), nn.GELU(),
                           nn.LayerNorm(64), nn.Linear(64, 10))
    optimizer = torch.optim.AdamW(module.parameters(), lr=2e-3)
    export_training(out, loss, module, optimizer, {"x": x[:BATCH]}, {"y": y[:BATCH]}, data={"x_train": x, "y_train": y})


if __name__ == "__main__":
    main()
