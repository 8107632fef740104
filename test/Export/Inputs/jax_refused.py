"""Exports with schedules that cannot be, and prints why."""
import sys

import numpy as np
import optax

from export_jax_training import ExportError, export_training

CASES = {"no function": {"optimizer": lambda rate: 1.0, "schedules": {"rate": 0.5}},
         "no number": {"optimizer": optax.sgd, "schedules": {"rate": [0.5, 0.25]}},
         "two values": {"optimizer": optax.sgd, "schedules": {"rate": 0.5}, "loss_schedules": {"rate": 0.25}}}

for name, options in CASES.items():
    try:
        export_training(sys.argv[1], lambda params, x: (params["w"] * x).sum(), {"w": np.ones(2, np.float32)},
                        batch={"x": np.ones(2, np.float32)}, **options)
        print(f"{name}: exported")
    except ExportError as error:
        print(f"{name}: {error}")
