"""Functions of each element, at ordinary numbers, at their kinks and at the ends of the number range."""

import torch
import torch.nn.functional as F

from .common import INF, NAN, case, f64, random

# The call in the model language -> PyTorch's function.
FUNCTIONS = {
    "relu(x)": torch.relu,
    "relu6(x)": F.relu6,
    "hardtanh(x)": F.hardtanh,
    "hardtanh(x, low = -2, high = 0.5)": lambda x: F.hardtanh(x, -2, 0.5),
    "leaky_relu(x)": F.leaky_relu,
    "leaky_relu(x, slope = 0.25)": lambda x: F.leaky_relu(x, 0.25),
    "elu(x)": F.elu,
    "elu(x, alpha = 0.5)": lambda x: F.elu(x, 0.5),
    "celu(x)": F.celu,
    "celu(x, alpha = 2)": lambda x: F.celu(x, 2.0),
    "selu(x)": F.selu,
    "gelu(x)": F.gelu,
    "gelu_tanh(x)": lambda x: F.gelu(x, approximate="tanh"),
    "silu(x)": F.silu,
    "mish(x)": F.mish,
    "softplus(x)": F.softplus,
    "softplus(x, beta = 2, threshold = 5)": lambda x: F.softplus(x, 2, 5),
    "hardswish(x)": F.hardswish,
    "hardsigmoid(x)": lambda x: F.relu6(x + 3) / 6,  # F.hardsigmoid rounds 1 / 6 to float32
    "sigmoid(x)": torch.sigmoid,
    "logsigmoid(x)": F.logsigmoid,
    "tanh(x)": torch.tanh,
    "softsign(x)": F.softsign,
    "tanhshrink(x)": F.tanhshrink,
    "softshrink(x)": F.softshrink,
    "softshrink(x, width = 1)": lambda x: F.softshrink(x, 1.0),
    "hardshrink(x)": F.hardshrink,
    "threshold(x, limit = 0.5, value = -1)": lambda x: F.threshold(x, 0.5, -1.0),
}
SMOOTH = ["sigmoid(x)", "tanh(x)", "gelu(x)", "silu(x)"]


def cases(generator):
    ordinary, upstream = random(generator, 2, 6), random(generator, 2, 6)
    ends = f64([10000, -10000, 100, -100, 1e-40, -1e-40, 1e-7, INF, -INF, NAN])
    kinks = f64([0.0, -0.0, 0.5, -0.5, 1, -1, 2, -2, 3, -3, 6, -6, 10, 20])
    for call, function in FUNCTIONS.items():
        yield case("ordinary", call, function, {"x": ordinary}, ["x"], upstream, second=call in SMOOTH)
        yield case("ends", call, function, {"x": ends}, ["x"], second=call in SMOOTH[:2])
        yield case("kinks", call, function, {"x": kinks}, ["x"])
