#!/usr/bin/env python3
"""Writes or prints safetensors files.

  tensors.py write FILE [NAME=DTYPE:SHAPE:VALUES ...]   x=F32:2,3:0,1,2,3,4,5
  tensors.py print FILE
"""
import sys

import plain_safetensors


def write(path, specs):
    tensors = {}
    for spec in specs:
        name, text = spec.split("=")
        dtype, shape, values = text.split(":")
        values = [float(v) if dtype[0] == "F" else int(v) for v in values.split(",") if v]
        tensors[name] = plain_safetensors.pack(dtype, [int(n) for n in shape.split(",") if n], values)
    plain_safetensors.write(path, tensors)


def show(path):
    for name, tensor in sorted(plain_safetensors.read(path).items()):
        print(name, tensor[0], tensor[1], *("%g" % v for v in plain_safetensors.unpack(tensor)))


if sys.argv[1] == "write":
    write(sys.argv[2], sys.argv[3:])
else:
    show(sys.argv[2])
