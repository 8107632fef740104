"""Writes samples of y = x . (1, -2, 3, 0.5) as safetensors: make_linear.py FILE [BAD].

With BAD, sample BAD is infinite.
"""
import json
import random
import struct
import sys

draw = random.Random(1)
x = [[draw.uniform(-1, 1) for _ in range(4)] for _ in range(64)]
y = [a - 2 * b + 3 * c + 0.5 * d for a, b, c, d in x]
if len(sys.argv) > 2:
    x[int(sys.argv[2])][0] = float("inf")
tensors = {"x_train": ([64, 4], [v for row in x for v in row]), "y_train": ([64, 1], y), "init/w": ([4, 1], [0.0] * 4)}
header, blob = {}, b""
for name, (shape, values) in tensors.items():
    data = struct.pack(f"<{len(values)}f", *values)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(blob), len(blob) + len(data)]}
    blob += data
head = json.dumps(header).encode()
with open(sys.argv[1], "wb") as f:
    f.write(struct.pack("<Q", len(head)) + head + blob)
