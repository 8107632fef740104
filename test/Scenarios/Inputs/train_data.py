"""Training data of one form: train_data.py FILE NAME=DTYPE:SHAPE:VALUE ...

Every element of NAME is VALUE; SHAPE is 4x2, or empty for a scalar. NAME~ makes
them spread evenly from -VALUE to VALUE instead.
"""
import struct
import sys

import plain_safetensors as st

tensors = {}
for word in sys.argv[2:]:
    name, form = word.split("=")
    dtype, shape, value = form.split(":")
    sizes = [int(size) for size in shape.split("x")] if shape else []
    count = 1
    for size in sizes:
        count *= size
    values = [int(value) if dtype[0] == "I" else float(value)] * count
    if name.endswith("~"):
        name = name[:-1]
        # 7919 is a prime, so the values come in no order.
        values = [float(value) * (2 * (i * 7919 % 997) / 996 - 1) for i in range(count)]
    if dtype == "BF16":
        tensors[name] = (dtype, sizes, b"".join(struct.pack("<f", v)[2:] for v in values))
    else:
        tensors[name] = st.pack(dtype, sizes, values)
st.write(sys.argv[1], tensors)
