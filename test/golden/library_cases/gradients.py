"""Clipping of gradients."""

import torch

from .common import case, random


def cases(generator):
    a, b = random(generator, 3, 4), random(generator, 5)
    value = lambda a, b: a.clamp(-0.5, 0.5)
    yield case("by value", "clip_by_value([a, b], limit = 0.5)[0]", value, {"a": a, "b": b}, [])

    def by_norm(limit):
        def clipped(a, b):
            gradients = [torch.nn.Parameter(torch.zeros_like(g)) for g in (a, b)]
            for parameter, gradient in zip(gradients, (a, b)):
                parameter.grad = gradient.detach().clone()
            torch.nn.utils.clip_grad_norm_(gradients, limit)
            return gradients[1].grad

        return clipped

    for name, limit in [("by norm", 0.5), ("by a norm that is large", 1000.0)]:
        yield case(name, f"clip_by_norm([a, b], limit = {limit})[1]", by_norm(limit), {"a": a, "b": b}, [])
