"""Safetensors files with nothing but the standard library.

A tensor is (dtype, shape, data): a word such as "F32", a list of sizes, and
little-endian bytes, as https://github.com/huggingface/safetensors defines.
"""
import json
import struct

CODES = {"F64": "d", "F32": "f", "I64": "q", "I32": "i", "I16": "h", "I8": "b",
         "U64": "Q", "U32": "I", "U16": "H", "U8": "B", "BOOL": "B"}


def pack(dtype, shape, values):
    """The tensor of these numbers."""
    return dtype, shape, struct.pack(f"<{len(values)}{CODES[dtype]}", *values)


def unpack(tensor):
    """The numbers of a tensor."""
    dtype, _, data = tensor
    code = CODES[dtype]
    return struct.unpack(f"<{len(data) // struct.calcsize('<' + code)}{code}", data)


def write(path, tensors):
    """Writes {name: tensor}."""
    header, offset = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # Data begin aligned.
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, _, data in tensors.values():
            f.write(data)


def read(path):
    """Reads {name: tensor}, without the metadata."""
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        body = f.read()
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], entry["shape"], body[slice(*entry["data_offsets"])])
            for name, entry in header.items()}
