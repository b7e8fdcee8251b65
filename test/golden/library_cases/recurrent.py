"""Recurrent layers: all steps' outputs as `value`, the last ones as `states`, and the gradients of
`sum(upstream * value)` plus the sum of all states by the sequences and the parameters."""

import torch

from store import tensor

from .common import random

ROWS, STEPS, INPUTS, HIDDEN = 2, 4, 3, 4


def recurrent_case(name, layer, module, generator):
    module = module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(random(generator, *parameter.shape, scale=0.5))
    x = random(generator, ROWS, STEPS, INPUTS, scale=1.0).requires_grad_()
    value, states = module(x)
    states = states if isinstance(states, tuple) else (states,)
    upstream = random(generator, *value.shape, scale=1.0)
    total = (upstream * value).sum() + sum(state.sum() for state in states)
    leaves = {"x": x} | {f"layer.{k}": v for k, v in module.named_parameters()}
    gradients = torch.autograd.grad(total, list(leaves.values()))
    return {
        "case": name,
        "layer": layer,
        "inputs": {k: tensor(v) for k, v in leaves.items()},
        "upstream": tensor(upstream),
        "value": tensor(value),
        "states": [tensor(state[0]) for state in states],
        "gradients": {k: tensor(g) for k, g in zip(leaves, gradients)},
    }


def cases(generator):
    nn, sizes = torch.nn, f"{INPUTS}, {HIDDEN}"
    modules = [
        ("ordinary", f"RNN({sizes})", nn.RNN, {}),
        ("relu", f"RNN({sizes}, nonlinearity = relu)", nn.RNN, {"nonlinearity": "relu"}),
        ("without bias", f"RNN({sizes}, bias = false)", nn.RNN, {"bias": False}),
        ("ordinary", f"LSTM({sizes})", nn.LSTM, {}),
        ("without bias", f"LSTM({sizes}, bias = false)", nn.LSTM, {"bias": False}),
        ("ordinary", f"GRU({sizes})", nn.GRU, {}),
        ("without bias", f"GRU({sizes}, bias = false)", nn.GRU, {"bias": False}),
    ]
    for name, layer, kind, options in modules:
        yield recurrent_case(name, layer, kind(INPUTS, HIDDEN, batch_first=True, **options), generator)
