#!/usr/bin/env python3
"""Writes a chain of forty pointwise ops in ten blocks, the last of which squares
values near 400 before a mean is taken; inputs; and a policy that makes all
pointwise ops f16.

  make_square.py MODEL.mlir INPUTS.safetensors POLICY.yaml
"""
import sys

import plain_safetensors

TYPE = "tensor<8xf32>"
lines, value = [], "%x"
for block in range(10):
    last = block == 9
    for i, kind in enumerate(["negate", "abs", "negate", "multiply" if last else "abs"]):
        operands = f"{value}, {value}" if kind == "multiply" else value
        name = "square" if kind == "multiply" else f"{kind}{i}"
        lines.append(f'%v{4 * block + i} = stablehlo.{kind} {operands} : {TYPE} loc("block{block}/{name}")')
        value = f"%v{4 * block + i}"
model, inputs, policy = sys.argv[1:]
with open(model, "w") as f:
    f.write(f"func.func @main(%x: {TYPE}) -> tensor<f32> {{\n")
    f.write("%zero = stablehlo.constant dense<0.0> : tensor<f32>\n%n = stablehlo.constant dense<8.0> : tensor<f32>\n")
    f.write("\n".join(lines))
    f.write(f"\n%s = stablehlo.reduce({value} init: %zero) applies stablehlo.add across dimensions = [0]"
            f" : ({TYPE}, tensor<f32>) -> tensor<f32>\n")
    f.write("%mean = stablehlo.divide %s, %n : tensor<f32>\nreturn %mean : tensor<f32>\n}\n")
plain_safetensors.write(inputs, {"arg0": plain_safetensors.pack("F32", [8], [380.1 + 5 * i for i in range(8)])})
with open(policy, "w") as f:
    f.write("version: 1\nname: all-low\ncompute: f16\nunlisted: deny\nrules:\n- id: pointwise\n"
            "  match: { class: pointwise, where: { rank: 1 } }\n  action: allow\n  why: as low as can be\n")
