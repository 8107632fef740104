"""What every exporter writes beside the StableHLO text.

DIR/model.mlir             the module
DIR/roles.json             names and roles of arguments and results, by index
DIR/inputs.safetensors     example arguments, keyed arg0, arg1, ...
DIR/expected.safetensors   results of the source framework, keyed result0, ...
"""
import json
import os

import numpy as np
from safetensors.numpy import save_file


def describe(values, names, roles):
    return [
        {"index": i, "name": n, "role": r, "shape": list(v.shape), "dtype": str(v.dtype)}
        for i, (v, n, r) in enumerate(zip(values, names, roles))
    ]


def write(directory, text, args, arg_names, arg_roles, results, result_names, result_roles, entry="main"):
    """Writes the four files; arrays are anything numpy can read."""
    args = [np.ascontiguousarray(a) for a in args]
    results = [np.ascontiguousarray(r) for r in results]
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "model.mlir"), "w", encoding="utf-8") as f:
        f.write(text)
    sidecar = {
        "entry": entry,
        "args": describe(args, arg_names, arg_roles),
        "results": describe(results, result_names, result_roles),
    }
    with open(os.path.join(directory, "roles.json"), "w", encoding="utf-8") as f:
        json.dump(sidecar, f, indent=1)
        f.write("\n")
    save_file({f"arg{i}": a for i, a in enumerate(args)}, os.path.join(directory, "inputs.safetensors"))
    save_file({f"result{i}": r for i, r in enumerate(results)}, os.path.join(directory, "expected.safetensors"))
