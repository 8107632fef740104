"""Exports a torch.nn.Module with its parameters and one batch.

    from export_torch import export
    export("out/my_model", module.eval(), {"x": x})

The module goes through torch.export and torch_xla's StableHLO exporter.
"""
import torch
from torch_xla.stablehlo import VariableType, exported_program_to_stablehlo

import sidecar


def export(directory, module, batch, result_role="aux"):
    """`batch` maps argument names to tensors, in the order of forward()."""
    inputs = tuple(batch.values())
    program = torch.export.export(module, inputs)
    graph = exported_program_to_stablehlo(program)
    text = graph.get_stablehlo_text()
    state = {**graph._bundle.state_dict}
    names, roles, args = [], [], []
    for place in graph._bundle.stablehlo_funcs[0].meta.input_locations:
        if place.type_ == VariableType.INPUT_ARG:
            names.append(list(batch)[place.position])
            roles.append("batch")
            args.append(inputs[place.position].numpy())
        elif place.type_ == VariableType.PARAMETER:
            names.append("params/" + place.name.replace(".", "/"))
            roles.append("param")
            args.append(state[place.name])
        else:
            names.append(f"constant{place.position}")
            roles.append("param")
            args.append(graph._bundle.additional_constants[place.position])
    with torch.no_grad():
        results = module(*inputs)
    results = [r.numpy() for r in (results if isinstance(results, (tuple, list)) else [results])]
    sidecar.write(directory, text, args, names, roles, results,
                  [f"result{i}" for i in range(len(results))], [result_role] * len(results))
