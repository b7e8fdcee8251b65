"""Functions along an axis."""

import torch
import torch.nn.functional as F

from .common import INF, NAN, case, f64, random


def cases(generator):
    ordinary, upstream = random(generator, 4, 5), random(generator, 4, 5)
    large = f64([[10000, -10000, 0, 1, -1], [1000, 1000, 1000, 999, -1000], [-1000, -1000, -1000, -1000, -1000]])
    special = f64([[INF, 0, 1, 2, 3], [-INF, 0, 1, 2, 3], [NAN, 0, 1, 2, 3], [-INF, -INF, -INF, -INF, -INF]])
    for op, function in {"softmax": F.softmax, "log_softmax": F.log_softmax}.items():
        call = lambda x, function=function: function(x, dim=-1)
        yield case("ordinary", f"{op}(x)", call, {"x": ordinary}, ["x"], upstream)
        yield case("large", f"{op}(x)", call, {"x": large}, ["x"], upstream[:3])
        yield case("special", f"{op}(x)", call, {"x": special}, ["x"], upstream)
        first = lambda x, function=function: function(x, dim=0)
        yield case("first axis", f"{op}(x, axis = 0)", first, {"x": ordinary}, ["x"], upstream)
    yield case("ordinary", "softmin(x)", lambda x: F.softmin(x, dim=-1), {"x": ordinary}, ["x"], upstream)
    over_rows = lambda x: torch.logsumexp(x, dim=1)
    yield case("ordinary", "logsumexp(x, axes = 1)", over_rows, {"x": ordinary}, ["x"], upstream[:, 0])
    yield case("large", "logsumexp(x, axes = 1)", over_rows, {"x": large}, ["x"], upstream[:3, 0])
    kept = lambda x: torch.logsumexp(x, dim=(0, 1), keepdim=True)
    yield case("all kept", "logsumexp(x, keep = true)", kept, {"x": ordinary}, ["x"])
    halves, gated = random(generator, 3, 4, 2), random(generator, 3, 2, 2)
    yield case("last axis", "glu(x)", lambda x: F.glu(x), {"x": ordinary[:, :4]}, ["x"], upstream[:, :2])
    yield case("middle axis", "glu(x, axis = 1)", lambda x: F.glu(x, dim=1), {"x": halves}, ["x"], gated)


def statistics(generator):
    x, upstream, other = random(generator, 3, 4), random(generator, 3), random(generator, 3, 4)
    both = {"a": x, "b": other}
    for p, text in [(1, "1"), (2, "2"), (3, "3"), (INF, "inf")]:
        norm = lambda x, p=p: torch.linalg.vector_norm(x, p, dim=1)
        yield case("ordinary", f"norm(x, p = {text}, axes = 1)", norm, {"x": x}, ["x"], upstream)
    yield case("zero", "norm(x, axes = 1)", lambda x: x.norm(dim=1), {"x": f64([[0, 0], [3, 4]])}, ["x"])
    unbiased = lambda x: x.var(dim=1)
    yield case("unbiased", "variance(x, axes = [1], correction = 1)", unbiased, {"x": x}, ["x"], upstream)
    yield case("biased", "variance(x)", lambda x: x.var(correction=0), {"x": x}, ["x"])
    cosine = lambda a, b: F.cosine_similarity(a, b, dim=1)
    yield case("ordinary", "cosine_similarity(a, b)", cosine, both, ["a", "b"], upstream)
    yield case("ordinary", "pairwise_distance(a, b)", F.pairwise_distance, both, ["a", "b"], upstream)
    inside = f64([0.0, 0.25, -0.5, 0.75, -0.96875, 0.9990234375, 1e-20])
    yield case("ordinary", "erfinv(x)", torch.erfinv, {"x": inside}, [])
