"""Layers with parameters, in training and after it.

`value` is the output times `upstream`. With `training` come the gradients of the sum of that by the layer's parameters
and by its float inputs, and the buffers after one step; `inference` is the output of the layer before that step.
"""

import torch

from store import tensor

from .common import labels, random


def layer_case(name, layer, module, inputs, upstream):
    module = module.double()
    module.eval()
    inference = module(*inputs.values())
    module.train()
    before = {k: tensor(v) for k, v in module.state_dict().items()}
    leaves = {k: v.clone().requires_grad_(v.is_floating_point()) for k, v in inputs.items()}
    value = upstream * module(*leaves.values())
    wanted = {k: v for k, v in leaves.items() if v.requires_grad}
    wanted |= {f"layer.{k}": v for k, v in module.named_parameters()}
    gradients = torch.autograd.grad(value.sum(), list(wanted.values()))
    return {
        "case": name,
        "layer": layer,
        "inputs": {k: tensor(v) for k, v in inputs.items()},
        "variables": {f"layer.{k}": v for k, v in before.items()},
        "upstream": tensor(upstream),
        "inference": tensor(upstream * inference),
        "loss": tensor(value.sum()),
        "gradients": {k: tensor(g) for k, g in zip(wanted, gradients)},
        "buffers": {f"layer.{k}": tensor(v) for k, v in module.named_buffers()},
    }


def randomise(module, generator):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(random(generator, *parameter.shape, scale=1.0))
        for name, buffer in module.named_buffers():
            if buffer.is_floating_point():
                buffer.copy_(random(generator, *buffer.shape, scale=1.0).abs() + 0.125)
            else:
                buffer.fill_(3)
    return module


def cases(generator):
    nn, x = torch.nn, random(generator, 4, 6)
    x3, x4 = random(generator, 2, 6, 3), random(generator, 2, 6, 2, 2)
    modules = [
        ("ordinary", "Linear(6, 3)", nn.Linear(6, 3), x),
        ("without bias", "Linear(6, 3, bias = false)", nn.Linear(6, 3, bias=False), x),
        ("matrix", "BatchNorm1d(6)", nn.BatchNorm1d(6), x),
        ("sequence", "BatchNorm1d(6, momentum = 0.3, eps = 1e-3)", nn.BatchNorm1d(6, momentum=0.3, eps=1e-3), x3),
        ("mean of all", "BatchNorm1d(6, momentum = none)", nn.BatchNorm1d(6, momentum=None), x),
        ("plain", "BatchNorm1d(6, affine = false)", nn.BatchNorm1d(6, affine=False), x),
        ("matrix", "LayerNorm(6)", nn.LayerNorm(6), x),
        ("two axes", "LayerNorm(6, 3, eps = 1e-3)", nn.LayerNorm([6, 3], eps=1e-3), x3),
        ("without bias", "LayerNorm(6, bias = false)", nn.LayerNorm(6, bias=False), x),
        ("plain", "LayerNorm(6, affine = false)", nn.LayerNorm(6, elementwise_affine=False), x),
        ("matrix", "RMSNorm(6)", nn.RMSNorm(6, eps=torch.finfo(torch.float32).eps), x),
        ("two axes", "RMSNorm(6, 3, eps = 1e-3)", nn.RMSNorm([6, 3], eps=1e-3), x3),
        ("matrix", "GroupNorm(3, 6)", nn.GroupNorm(3, 6), x),
        ("image", "GroupNorm(2, 6, eps = 1e-3)", nn.GroupNorm(2, 6, eps=1e-3), x4),
        ("plain", "GroupNorm(2, 6, affine = false)", nn.GroupNorm(2, 6, affine=False), x3),
        ("one slope", "PReLU()", nn.PReLU(), x),
        ("slopes", "PReLU(6)", nn.PReLU(6), x3),
    ]
    for name, layer, module, inputs in modules:
        module = randomise(module, generator)
        shape = module.double()(inputs.clone()).shape
        module = randomise(module, generator)
        yield layer_case(name, layer, module, {"x": inputs}, random(generator, *shape))
    pair = {"a": random(generator, 4, 3), "b": random(generator, 4, 2)}
    bilinear = randomise(torch.nn.Bilinear(3, 2, 5), generator)
    yield layer_case("ordinary", "Bilinear(3, 2, 5)", bilinear, pair, random(generator, 4, 5))
    indices = {"x": labels([[1, 2, 0], [2, 4, 2]])}
    for name, layer, padding in [
        ("ordinary", "Embedding(5, 3)", None),
        ("padding", "Embedding(5, 3, padding_index = 2)", 2),
        ("padding from the end", "Embedding(5, 3, padding_index = -1)", -1),
    ]:
        table = randomise(torch.nn.Embedding(5, 3, padding_idx=padding), generator)
        yield layer_case(name, layer, table, indices, random(generator, 2, 3, 3))
