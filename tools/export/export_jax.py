"""Exports a JAX function with its parameters and one batch.

    from export_jax import export
    export("out/my_model", apply_fn, params, {"x": x})

`apply_fn(params, x)` may take any pytree of parameters. Parameters become
arguments with role "param", so that mp packs and converts them once.
"""
import jax
import numpy as np

import sidecar


def path_name(path):
    """`a/b/0` of a leaf's place in its tree."""
    keys = (getattr(k, "key", getattr(k, "idx", getattr(k, "name", k))) for k in path)
    return "/".join(str(k) for k in keys)


def export(directory, fn, params, batch, result_role="aux", debug_locations=False):
    """Lowers fn(params, *batch.values()) and writes it with sidecar.write.

    `batch` maps argument names to arrays. With `debug_locations` the text
    carries source locations, which policies can match on.
    """
    jitted = jax.jit(fn, keep_unused=True)
    lowered = jitted.lower(params, *batch.values())
    text = lowered.as_text(debug_info=debug_locations)

    leaves = jax.tree_util.tree_flatten_with_path(params)[0]
    names = ["params/" + path_name(path) for path, _ in leaves] + list(batch)
    roles = ["param"] * len(leaves) + ["batch"] * len(batch)
    args = [leaf for _, leaf in leaves] + list(batch.values())

    results = jitted(params, *batch.values())
    found = jax.tree_util.tree_flatten_with_path(results)[0]
    result_names = [path_name(path) or f"result{i}" for i, (path, _) in enumerate(found)]
    sidecar.write(directory, text, args, names, roles, [np.asarray(r) for _, r in found],
                  result_names, [result_role] * len(found))
