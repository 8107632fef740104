"""Writes samples of y = x . (1, -2, 3, 0.5) as safetensors: make_linear.py FILE [BAD] [--features=N].

With BAD, sample BAD is infinite; with fewer features the rest of x and of the weights is left out.
The first 22 samples are those of the test, too.
"""
import json
import random
import struct
import sys

bad = [int(a) for a in sys.argv[2:] if not a.startswith("--")]
features = next((int(a[11:]) for a in sys.argv[2:] if a.startswith("--features=")), 4)
draw = random.Random(1)
x = [[draw.uniform(-1, 1) for _ in range(features)] for _ in range(64)]
y = [sum(w * v for w, v in zip((1, -2, 3, 0.5), row)) for row in x]
for sample in bad:
    x[sample][0] = float("inf")
tensors = {"x_train": ([64, features], [v for row in x for v in row]), "y_train": ([64, 1], y), "init/w": ([features, 1], [0.0] * features)}
tensors["x_test"] = ([22, features], [v for row in x[:22] for v in row])
tensors["y_test"] = ([22, 1], y[:22])
header, blob = {}, b""
for name, (shape, values) in tensors.items():
    data = struct.pack(f"<{len(values)}f", *values)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(blob), len(blob) + len(data)]}
    blob += data
head = json.dumps(header).encode()
with open(sys.argv[1], "wb") as f:
    f.write(struct.pack("<Q", len(head)) + head + blob)
