"""torch.einsum: one operand and several, products that are one, diagonals, broadcasting."""

import torch

from .common import case, random

EQUATIONS = [
    ("transpose", "ij->ji", [(2, 3)]),
    ("sum of all", "ij->", [(2, 3)]),
    ("sum of rows", "ij->i", [(2, 3)]),
    ("sorted without an arrow", "ba", [(2, 3)]),
    ("trace", "ii", [(3, 3)]),
    ("diagonal", "ii->i", [(3, 3)]),
    ("diagonals of a batch", "bii->bi", [(2, 3, 3)]),
    ("diagonal of three axes", "iii->i", [(3, 3, 3)]),
    ("diagonals of two pairs", "ijij->ji", [(2, 3, 2, 3)]),
    ("product", "ij,jk->ik", [(2, 3), (3, 4)]),
    ("product without an arrow", "ij,jk", [(2, 3), (3, 4)]),
    ("product of transposes", "ji,kj->ik", [(3, 2), (4, 3)]),
    ("transposed product", "ij,jk->ki", [(2, 3), (3, 4)]),
    ("batched product", "bij,bjk->bik", [(2, 3, 4), (2, 4, 2)]),
    ("heads of attention", "bqhd,bkhd->bhqk", [(2, 3, 2, 2), (2, 4, 2, 2)]),
    ("values of attention", "bhqk,bkhd->bqhd", [(2, 2, 3, 4), (2, 4, 2, 2)]),
    ("two inner axes", "iab,abj->ij", [(2, 3, 2), (3, 2, 4)]),
    ("matrix and vector", "ij,j->i", [(2, 3), (3,)]),
    ("vector and matrix", "i,ij->j", [(2,), (2, 3)]),
    ("inner product", "i,i->", [(3,), (3,)]),
    ("inner products of rows", "ij,ij->i", [(2, 3), (2, 3)]),
    ("outer product", "i,j->ij", [(2,), (3,)]),
    ("elementwise", "ij,ij->ij", [(2, 3), (2, 3)]),
    ("sums before products", "ij,k->i", [(2, 3), (4,)]),
    ("bilinear", "bi,kij,bj->bk", [(2, 3), (4, 3, 2), (2, 2)]),
    ("chain of four", "ab,bc,cd,de->ae", [(2, 3), (3, 2), (2, 4), (4, 2)]),
    ("broadcast axes", "...ij,...jk->...ik", [(2, 1, 2, 3), (3, 3, 2)]),
    ("broadcast axes without an arrow", "i...,i...", [(2, 3), (2, 3)]),
    ("broadcast axes summed", "i...->i", [(2, 3, 2)]),
    ("no broadcast axes", "...ij->...ji", [(2, 3)]),
    ("extent of 1", "ij,ij->ij", [(2, 3), (2, 1)]),
    ("inner extent of 1", "ij,jk->ik", [(2, 1), (3, 2)]),
    ("scalar and matrix", ",ij->ji", [(), (2, 3)]),
    ("blanks", " i j , j k -> i k ", [(2, 3), (3, 2)]),
    ("capitals", "aB,Bc", [(2, 3), (3, 2)]),
]


def cases(generator):
    for name, equation, shapes in EQUATIONS:
        some = lambda shape: random(generator, *shape) if shape else random(generator, 1)[0]
        inputs = {"xyzw"[i]: some(shape) for i, shape in enumerate(shapes)}
        function = lambda *operands, equation=equation: torch.einsum(equation, *operands)
        call = f'einsum("{equation}", {", ".join(f"squeeze({k}, 0)" if v.dim() == 0 else k for k, v in inputs.items())})'
        upstream = some(function(*inputs.values()).shape)
        yield case(name, call, function, inputs, list(inputs), upstream)
