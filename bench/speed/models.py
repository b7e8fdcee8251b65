"""The networks that are measured: each as a model file for bmc, and as shapes from which the peers build theirs."""

import dataclasses

import kernels


@dataclasses.dataclass(frozen=True)
class Network:
    """A chain of Linear layers with relu between them."""

    name: str
    sizes: tuple  # of the layers, from the input to the output
    batch: int  # of a training step
    loss: str  # cross_entropy or mse
    optimizer: str  # SGD or Adam
    rate: float = 0.001

    @property
    def classifies(self):
        return self.loss == "cross_entropy"

    def source(self):
        layers = list(zip(self.sizes, self.sizes[1:]))
        calls = "x"
        for i in range(len(layers)):
            calls = f"fc{i}({calls})" if i == len(layers) - 1 else f"relu(fc{i}({calls}))"
        target = "column(0)" if self.sizes[-1] == 1 or self.classifies else f"columns(0..{self.sizes[-1]})"
        lines = [f"  fc{i} = Linear({a}, {b})" for i, (a, b) in enumerate(layers)]
        return "\n".join(
            [
                "network Measured {",
                *lines,
                f"  forward(x: f32[N, {self.sizes[0]}]) -> f32[N, {self.sizes[-1]}] {{ return {calls} }}",
                "}",
                "train Measured {",
                f'  data      = table("none.csv", x = columns(0..{self.sizes[0]}), y = {target})',
                f"  loss      = {self.loss}",
                f"  optimizer = {self.optimizer}(lr = {self.rate})",
                f"  batch     = {self.batch}",
                "}",
                "",
            ]
        )

    def parameters(self):
        """How many numbers the layers have."""
        return sum(a * b + b for a, b in zip(self.sizes, self.sizes[1:]))


@dataclasses.dataclass(frozen=True)
class Product:
    """One matrix product of `rows` x `inner` by a weight, `inner` x `columns` or (transposed) `columns` x `inner`."""

    rows: int
    columns: int
    inner: int
    transposed: bool = False

    @property
    def name(self):
        return f"{self.rows} x {self.columns} x {self.inner}{' NT' if self.transposed else ''}"

    def source(self):
        shape = (self.columns, self.inner) if self.transposed else (self.inner, self.columns)
        weight = "transpose(weight)" if self.transposed else "weight"
        return "\n".join(
            [
                "network Measured {",
                f"  param weight: f32[{shape[0]}, {shape[1]}] = uniform(-1, 1)",
                f"  forward(x: f32[{self.rows}, {self.inner}]) {{ return x @ {weight} }}",
                "}",
                "",
            ]
        )


NETWORKS = [
    Network("MLP 784-512-256-10, SGD", (784, 512, 256, 10), 64, "cross_entropy", "SGD"),
    Network("MLP 784-512-256-10, Adam", (784, 512, 256, 10), 64, "cross_entropy", "Adam"),
    Network("MLP 64-128-1, Adam", (64, 128, 1), 8, "mse", "Adam"),
    Network("autoencoder 784-256-64-256-784, Adam", (784, 256, 64, 256, 784), 128, "mse", "Adam"),
    Network("deep 20 x 64, Adam", (64,) * 21, 32, "mse", "Adam"),
]
# Inference does not depend on the optimizer.
PREDICTED = [network for network in NETWORKS if not network.name.endswith("SGD")]
BATCHES = [1, 32, 256]
PRODUCTS = [
    *(Product(n, n, n) for n in (256, 512, 1024, 2048)),
    *(Product(n, n, n, transposed=True) for n in (256, 512, 1024)),
    *(Product(128, *shape, transposed=True) for shape in ((768, 768), (3072, 768), (768, 3072))),
    Product(1, 3072, 768, transposed=True),
    Product(1, 768, 3072, transposed=True),
]


@dataclasses.dataclass(frozen=True)
class Case:
    """What is timed: `train`, `predict` or `product` of a model with so many rows, or a kernel of kernels.py."""

    kind: str
    model: object
    rows: int

    @property
    def name(self):
        return f"{self.model.name}, {self.rows} rows" if self.kind == "predict" else self.model.name

    @property
    def bytes(self):
        """What must be read and written, if that is what the case is about."""
        return getattr(self.model, "bytes", None)

    @property
    def flops(self):
        return 2.0 * self.rows * self.model.columns * self.model.inner if self.kind == "product" else None


def cases(only=""):
    """All cases whose kind or name has the text."""
    found = [Case("train", network, network.batch) for network in NETWORKS]
    found += [Case("predict", network, rows) for network in PREDICTED for rows in BATCHES]
    found += [Case("product", product, product.rows) for product in PRODUCTS]
    found += [Case(kernel.kind, kernel, kernel.rows) for kernel in kernels.KERNELS]
    found += [Case(update.kind, update, 1) for update in kernels.UPDATES]
    return [case for case in found if only in case.name or only in case.kind]
