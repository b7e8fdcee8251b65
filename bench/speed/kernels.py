"""Kernels without a product: along rows, elementwise, and the update of an optimizer; each as a model file for bmc and
as functions of PyTorch and JAX. A kernel's `bytes` are those that a call must read and write."""

import dataclasses

import numpy


def random(shape, seed=4):
    return numpy.random.default_rng(seed).normal(size=shape).astype(numpy.float32)


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A function of tensors of one shape: `expression` in the language, of `x`; the peers name it by `function`."""

    label: str
    shape: tuple
    expression: str
    function: str
    kind: str = "kernel"

    @property
    def name(self):
        return f"{self.label} {' x '.join(map(str, self.shape))}"

    @property
    def rows(self):
        """The first dimension of inputs and results."""
        return self.shape[0]

    def size(self):
        return int(numpy.prod(self.shape))

    @property
    def bytes(self):
        return 8 * self.size()

    def source(self):
        return network([f"  forward(x: f32[{commas(self.shape)}]) {{ return {self.expression} }}"])

    def arrays(self):
        """Inputs, and targets of a training step."""
        return [random(self.shape)], []

    def parameters(self):
        return {}

    def torch(self, compiled):
        """`compiled` is what the function goes through."""
        import torch

        functions = {
            "softmax": lambda x: torch.softmax(x, -1),
            "gelu": torch.nn.functional.gelu,
            **{name: getattr(torch, name) for name in ("exp", "log", "tanh", "erf", "sigmoid", "sin")},
        }
        return compiled(functions[self.function])

    def jax(self):
        import jax
        import jax.numpy as jnp

        functions = {
            "softmax": jax.nn.softmax,
            "gelu": lambda x: jax.nn.gelu(x, approximate=False),
            "erf": jax.scipy.special.erf,
            "sigmoid": jax.nn.sigmoid,
            **{name: getattr(jnp, name) for name in ("exp", "log", "tanh", "sin")},
        }
        return functions[self.function]

    exports = True  # ONNX has it


@dataclasses.dataclass(frozen=True)
class Elementary(Kernel):
    """An elementary function, on numbers in the second-level cache. What has a logarithm is positive."""

    kind: str = "function"

    def arrays(self):
        x = random(self.shape)
        return [numpy.abs(x) + numpy.float32(1e-3) if self.function == "log" else x], []


def commas(shape):
    return ", ".join(map(str, shape))


def network(lines):
    return "\n".join(["network Measured {", *lines, "}", ""])


class LayerNorm(Kernel):
    def source(self):
        lines = [f"  norm = LayerNorm({self.shape[-1]})"]
        return network([*lines, f"  forward(x: f32[{commas(self.shape)}]) {{ return norm(x) }}"])

    def parameters(self):
        return {"norm.weight": 1 + random(self.shape[-1:], 5), "norm.bias": random(self.shape[-1:], 6)}

    def torch(self, compiled):
        import torch

        weight, bias = (torch.from_numpy(array) for array in self.parameters().values())
        return compiled(lambda x: torch.nn.functional.layer_norm(x, self.shape[-1:], weight, bias))

    def jax(self):
        weight, bias = self.parameters().values()
        return lambda x: jax_layer_norm(x, weight, bias)


def jax_layer_norm(x, weight, bias):
    import jax.numpy as jnp

    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * weight + bias


class LayerNormGradient(LayerNorm):
    """The result and, of a cotangent dy, the gradients of x, the weight and the bias."""

    exports = False
    rows = 1

    @property
    def bytes(self):
        return 16 * self.size()  # x and dy are read, the result and the gradient are written

    def source(self):
        lines = [
            f"  norm = LayerNorm({self.shape[-1]})",
            f"  forward(x: f32[1, {commas(self.shape)}], dy: f32[1, {commas(self.shape)}]) {{",
            "    let y = norm(x), g = grad(sum(y * dy), [x, norm.weight, norm.bias])",
            "    return [y, g[0], expand(g[1], 0), expand(g[2], 0)] // all behind an axis of one row",
            "  }",
        ]
        return network(lines)

    def arrays(self):
        return [random((1, *self.shape)), random((1, *self.shape), 7)], []

    def torch(self, compiled):
        import torch

        weight, bias = (torch.from_numpy(array).requires_grad_() for array in self.parameters().values())
        norm = compiled(lambda x, weight, bias: torch.nn.functional.layer_norm(x, self.shape[-1:], weight, bias))

        def both(x, dy):
            x = x.detach().requires_grad_()
            y = norm(x, weight, bias)
            return y.detach(), *torch.autograd.grad(y, [x, weight, bias], dy)

        return both

    def jax(self):
        import jax

        weight, bias = self.parameters().values()

        def both(x, dy):
            y, back = jax.vjp(jax_layer_norm, x, weight, bias)
            return y, *back(dy)

        return both


class CrossEntropy(Kernel):
    """The losses of rows of logits, and the gradient of their mean."""

    exports = False

    def source(self):
        rows, classes = self.shape
        lines = [
            f"  forward(x: f32[{rows}, {classes}], t: i32[{rows}]) {{",
            '    let losses = cross_entropy(x, t, reduction = "none")',
            "    return [losses, grad(mean(losses), x)]",
            "  }",
        ]
        return network(lines)

    def arrays(self):
        rows, classes = self.shape
        return [random(self.shape), numpy.random.default_rng(8).integers(0, classes, rows).astype(numpy.int32)], []

    def torch(self, compiled):
        import torch

        def mean(x, t):
            losses = torch.nn.functional.cross_entropy(x, t.long(), reduction="none")
            return losses.mean(), losses.detach()

        mean = compiled(mean)

        def both(x, t):
            x = x.detach().requires_grad_()
            average, losses = mean(x, t)
            return losses, *torch.autograd.grad(average, [x])

        return both

    def jax(self):
        import jax
        import jax.numpy as jnp

        def mean(x, t):
            losses = -jnp.take_along_axis(jax.nn.log_softmax(x), t[:, None], axis=1)[:, 0]
            return jnp.mean(losses), losses

        def both(x, t):
            (_, losses), gradient = jax.value_and_grad(mean, has_aux=True)(x, t)
            return losses, gradient

        return both


KERNELS = [
    *(Kernel("softmax", shape, "softmax(x)", "softmax") for shape in ((128, 768), (1024, 1000), (12, 128, 128))),
    *(LayerNorm("layer norm", shape, "", "") for shape in ((128, 768), (8192, 1024))),
    *(LayerNormGradient("layer norm, gradients", shape, "", "") for shape in ((128, 768), (4096, 768))),
    *(CrossEntropy("cross entropy, gradient", shape, "", "") for shape in ((128, 768), (1024, 1000))),
    *(Kernel("gelu", shape, "gelu(x)", "gelu") for shape in ((128, 3072), (8192, 1024))),
    *(Elementary(name, (64, 1024), f"{name}(x)", name) for name in ("exp", "log", "tanh", "erf", "sigmoid", "gelu", "sin")),
]


@dataclasses.dataclass(frozen=True)
class Update:
    """Adam's update of so many parameters, whose gradient is a tensor that is there already, times the mean input."""

    size: int
    label: str
    rate: float = 0.001
    kind = "update"

    @property
    def name(self):
        return f"Adam, {self.label} parameters"

    @property
    def bytes(self):
        return 36 * self.size  # p and g for the loss; p, m, v and g for the update, of which three are written

    def source(self):
        return "\n".join(
            [
                "network Measured {",
                f"  param p: f32[{self.size}] = 0",
                f"  buffer g: f32[{self.size}] = 0",
                "  forward(x: f32[N, 1]) -> f32[N, 1] { return x * sum(p * g) }",
                "}",
                "train Measured {",
                '  data      = table("none.csv", x = column(0), y = column(1))',
                "  loss      = l1",
                f"  optimizer = Adam(lr = {self.rate})",
                "  batch     = 1",
                "}",
                "",
            ]
        )

    def arrays(self):
        return [numpy.full((1, 1), 0.5, numpy.float32)], [numpy.full((1, 1), -1e6, numpy.float32)]

    def parameters(self):
        return {"p": random((self.size,), 9), "g": random((self.size,), 10)}


UPDATES = [Update(1 << 20, "1M"), Update(8 << 20, "8M")]
