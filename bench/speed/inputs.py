"""Data and initial weights, the same for all contenders."""

import numpy


class Weights:
    """The initial weights of a network as NumPy arrays: PyTorch's names and layout."""

    def __init__(self, network, seed=1):
        random = numpy.random.default_rng(seed)
        self.arrays = {}
        for i, (inputs, outputs) in enumerate(zip(network.sizes, network.sizes[1:])):
            bound = inputs**-0.5
            self.arrays[f"fc{i}.weight"] = random.uniform(-bound, bound, (outputs, inputs)).astype(numpy.float32)
            self.arrays[f"fc{i}.bias"] = random.uniform(-bound, bound, outputs).astype(numpy.float32)

    def layers(self):
        return [(self.arrays[f"fc{i}.weight"], self.arrays[f"fc{i}.bias"]) for i in range(len(self.arrays) // 2)]


def batch(network, rows, seed=2):
    """Inputs and targets."""
    random = numpy.random.default_rng(seed)
    x = random.normal(size=(rows, network.sizes[0])).astype(numpy.float32)
    if network.classifies:
        return x, random.integers(0, network.sizes[-1], rows)
    return x, random.normal(size=(rows, network.sizes[-1])).astype(numpy.float32)


def operands(product, seed=3):
    """The left operand and the parameter of a product."""
    random = numpy.random.default_rng(seed)
    shape = (product.columns, product.inner) if product.transposed else (product.inner, product.columns)
    weight = random.normal(size=shape).astype(numpy.float32)
    return random.normal(size=(product.rows, product.inner)).astype(numpy.float32), weight


def arrays(case):
    """The inputs of a case, and of a training step its targets."""
    if case.kind in ("train", "predict"):
        x, y = batch(case.model, case.rows)
        return [x], [y] if case.kind == "train" else []
    if case.kind == "product":
        return [operands(case.model)[0]], []
    return case.model.arrays()


def parameters(case):
    """By their names in the model file."""
    if case.kind in ("train", "predict"):
        return Weights(case.model).arrays
    if case.kind == "product":
        return {"weight": operands(case.model)[1]}
    return case.model.parameters()


def joined(results):
    """All numbers of some arrays."""
    return numpy.concatenate([numpy.asarray(result, numpy.float32).ravel() for result in results])
