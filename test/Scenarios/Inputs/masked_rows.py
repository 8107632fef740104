"""Inputs of an attention of 2 x 4 x 8 with rows that are masked not at all, in
part, and as a whole: masked_rows.py FILE
"""
import sys

import plain_safetensors as st


def spread(count, size):
    # 7919 is a prime, so the values come in no order.
    return [size * (2 * (i * 7919 % 997) / 996 - 1) for i in range(count)]


rows = [[1, 1, 1, 1], [1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0]] * 2
st.write(sys.argv[1], {
    "arg0": st.pack("F32", [2, 4, 8], spread(64, 1)),
    "arg1": st.pack("F32", [2, 4, 8], spread(64, 0.7)),
    "arg2": st.pack("F32", [2, 4, 8], spread(64, 0.9)),
    "arg3": st.pack("BOOL", [2, 4, 4], [bit for row in rows for bit in row]),
})
