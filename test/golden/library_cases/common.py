"""What the modules beside this one share: inputs, and a case from a PyTorch function."""

import torch

from store import tensor

INF, NAN = float("inf"), float("nan")


def f64(values):
    """Rounds to float32 first: the inputs are the same numbers in both element types."""
    return torch.tensor(values, dtype=torch.float32).double()


def random(generator, *shape, scale=2.0):
    """Multiples of 1/64, so that the files stay short."""
    return (scale * torch.randn(*shape, generator=generator) * 64).round().double() / 64


def labels(values):
    return torch.tensor(values, dtype=torch.int32)


def case(name, call, function, inputs, differentiate, upstream=None, second=False):
    """`call` is the entry's call in the model language. Gradients are those of sum(upstream * value) by each input
    named in `differentiate`."""
    leaves = {k: v.clone().requires_grad_(k in differentiate) for k, v in inputs.items()}
    value = function(*leaves.values())
    upstream = torch.ones_like(value) if upstream is None else upstream
    names = list(differentiate)
    gradients = torch.autograd.grad((upstream * value).sum(), [leaves[k] for k in names]) if names else []
    result = {
        "case": name,
        "call": call,
        "inputs": {k: tensor(v) for k, v in inputs.items()},
        "value": tensor(value),
        "upstream": tensor(upstream),
        "gradients": {k: tensor(g) for k, g in zip(names, gradients)},
    }
    if second:
        first = torch.autograd.grad(function(*leaves.values()).sum(), leaves[names[0]], create_graph=True)[0]
        result["second_derivative"] = tensor(torch.autograd.grad(first.sum(), leaves[names[0]])[0])
    return result
