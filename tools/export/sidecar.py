"""What every exporter writes beside the StableHLO text.

DIR/model.mlir             the module
DIR/roles.json             names and roles of arguments and results, by index
DIR/inputs.safetensors     example arguments, keyed arg0, arg1, ...
DIR/expected.safetensors   results of the source framework, keyed result0, ...

A module with several entry functions has the last two files once for each, as
ENTRY.inputs.safetensors and ENTRY.expected.safetensors.
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


def write_module(directory, text, sidecar):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "model.mlir"), "w", encoding="utf-8") as f:
        f.write(text)
    with open(os.path.join(directory, "roles.json"), "w", encoding="utf-8") as f:
        json.dump(sidecar, f, indent=1)
        f.write("\n")


def write_example(directory, args, results, prefix=""):
    """Arrays are anything numpy can read."""
    os.makedirs(directory, exist_ok=True)
    for kind, key, values in (("inputs", "arg", args), ("expected", "result", results)):
        save_file({f"{key}{i}": np.asarray(v, order="C") for i, v in enumerate(values)},
                  os.path.join(directory, f"{prefix}{kind}.safetensors"))


def write(directory, text, args, arg_names, arg_roles, results, result_names, result_roles, entry="main"):
    """Writes the four files of a module with one entry."""
    args, results = [np.asarray(a) for a in args], [np.asarray(r) for r in results]
    write_module(directory, text, {
        "entry": entry,
        "args": describe(args, arg_names, arg_roles),
        "results": describe(results, result_names, result_roles),
    })
    write_example(directory, args, results)
