#!/usr/bin/env python3
"""Writes or prints safetensors files with nothing but the standard library.

  tensors.py write FILE [NAME=DTYPE:SHAPE:VALUES ...]   x=F32:2,3:0,1,2,3,4,5
  tensors.py print FILE
"""
import json
import struct
import sys

CODES = {"F32": "f", "F64": "d", "I32": "i", "I64": "q", "U8": "B", "BOOL": "B"}


def write(path, specs):
    header, data = {}, b""
    for spec in specs:
        name, text = spec.split("=")
        dtype, shape, values = text.split(":")
        values = [float(v) if dtype[0] == "F" else int(v) for v in values.split(",") if v]
        raw = struct.pack(f"<{len(values)}{CODES[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": [int(n) for n in shape.split(",") if n],
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def show(path):
    with open(path, "rb") as f:
        raw = f.read()
    size = struct.unpack("<Q", raw[:8])[0]
    for name, entry in sorted(json.loads(raw[8:8 + size]).items()):
        begin, end = entry["data_offsets"]
        code = CODES[entry["dtype"]]
        values = struct.unpack(f"<{(end - begin) // struct.calcsize(code)}{code}", raw[8 + size + begin:8 + size + end])
        print(name, entry["dtype"], entry["shape"], *("%g" % v for v in values))


if sys.argv[1] == "write":
    write(sys.argv[2], sys.argv[3:])
else:
    show(sys.argv[2])
