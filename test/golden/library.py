"""Values and gradients of the standard library's functions, losses, metrics and optimizers, from PyTorch.

Command, from the repository's root, with a Python that has torch:  python test/golden/library.py
Writes library/GROUP.json; README.md beside this script describes the format. Computed in float64 from inputs that
float32 holds exactly, so one file serves both element types: compare f64 closely and f32 to its own rounding.
"""

import torch
import torch.nn.functional as F

from store import FOLDER, save_cases, tensor

INF, NAN = float("inf"), float("nan")


def f64(values):
    """Rounds to float32 first: the inputs are the same numbers in both element types."""
    return torch.tensor(values, dtype=torch.float32).double()


def random(generator, *shape, scale=2.0):
    return (scale * torch.randn(*shape, generator=generator)).double()


def case(name, op, function, inputs, differentiate, upstream=None, second=False):
    """Gradients are those of sum(upstream * value) by each input named in `differentiate`."""
    leaves = {k: v.clone().requires_grad_(k in differentiate) for k, v in inputs.items()}
    value = function(**leaves)
    upstream = torch.ones_like(value) if upstream is None else upstream
    names = list(differentiate)
    gradients = torch.autograd.grad((upstream * value).sum(), [leaves[k] for k in names], create_graph=second)
    result = {
        "case": name,
        "op": op,
        "inputs": {k: tensor(v) for k, v in inputs.items()},
        "value": tensor(value),
        "upstream": tensor(upstream),
        "gradients": {k: tensor(g) for k, g in zip(names, gradients)},
    }
    if second:
        first = torch.autograd.grad(function(**leaves).sum(), leaves[names[0]], create_graph=True)[0]
        result["second_derivative"] = tensor(torch.autograd.grad(first.sum(), leaves[names[0]])[0])
    return result


def activations(generator):
    functions = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
    special = f64([[1000, -1000, 100, -100, 20], [0.0, -0.0, 1e-40, -1e-40, 1e-7], [INF, -INF, NAN, 1.0, -1.0]])
    ordinary, upstream = random(generator, 3, 5), random(generator, 3, 5)
    for op, function in functions.items():
        call = lambda x, function=function: function(x)
        yield case("ordinary", op, call, {"x": ordinary}, ["x"], upstream, second=op != "relu")
        yield case("special", op, call, {"x": special}, ["x"], second=op != "relu")


def softmaxes(generator):
    ordinary, upstream = random(generator, 4, 5), random(generator, 4, 5)
    large = f64([[1000, -1000, 0, 1, -1], [1000, 1000, 1000, 999, -1000], [-1000, -1000, -1000, -1000, -1000]])
    special = f64([[INF, 0, 1, 2, 3], [-INF, 0, 1, 2, 3], [NAN, 0, 1, 2, 3], [-INF, -INF, -INF, -INF, -INF]])
    for op, function in {"softmax": F.softmax, "log_softmax": F.log_softmax}.items():
        call = lambda x, function=function: function(x, dim=-1)
        yield case("ordinary", op, call, {"x": ordinary}, ["x"], upstream)
        yield case("large", op, call, {"x": large}, ["x"], upstream[:3])
        yield case("special", op, call, {"x": special}, ["x"], upstream)


def labels(values):
    return torch.tensor(values, dtype=torch.int32)


def losses(generator):
    both = ["prediction", "target"]
    prediction, target = random(generator, 4, 3), random(generator, 4, 3)
    yield case("matrix", "mse", mse, {"prediction": prediction, "target": target}, both)
    yield case("vector", "mse", mse, {"prediction": prediction[:, 0], "target": target[:, 0]}, both)
    logits = random(generator, 6, 5)
    large = f64([[1000, -1000, 0, 1, -1], [-1000, 1000, 0, 1, -1], [500, 500, 500, 500, -1000]])
    for name, values, classes in [("ordinary", logits, [0, 4, 2, 2, 1, 3]), ("large", large, [0, 0, 3])]:
        inputs = {"logits": values, "target": labels(classes)}
        yield case(name, "cross_entropy", cross_entropy, inputs, ["logits"])
    yield from binary_cross_entropies(generator)


def mse(prediction, target):
    return F.mse_loss(prediction, target)


def cross_entropy(logits, target):
    return F.cross_entropy(logits, target.long())


def binary_cross_entropies(generator):
    """`binary_cross_entropy` on probabilities; its logarithms stop at -100, as the edges show."""
    ordinary = random(generator, 4, 2)
    target = f64([[0, 1], [1, 0], [1, 1], [0.25, 0.75]])
    large = f64([[1000, -1000], [1000, -1000], [100, -100], [0.0, -0.0]])
    edges = f64([[0, 1], [0, 1], [1e-30, 0.5], [0.25, 0.75]])
    with_logits = lambda logits, target: F.binary_cross_entropy_with_logits(logits, target)
    plain = lambda probability, target: F.binary_cross_entropy(probability, target)
    name = "binary_cross_entropy"
    for title, values in {"ordinary": ordinary, "large": large}.items():
        yield case(title, f"{name}_with_logits", with_logits, {"logits": values, "target": target}, ["logits"])
    probability = torch.sigmoid(ordinary).float().double()
    for title, values in {"ordinary": probability, "edges": edges}.items():
        yield case(title, name, plain, {"probability": values, "target": target}, ["probability"])


def metrics(generator):
    logits = random(generator, 8, 5)
    ties = f64([[1, 1, 0, 0, 0], [0, 2, 2, 0, 0], [3, 3, 3, 3, 3], [-1, -1, -1, -2, -2]])
    for name, values, target in [("ordinary", logits, [0, 4, 2, 2, 1, 3, 0, 1]), ("ties", ties, [0, 2, 0, 1])]:
        hits = (values.argmax(dim=1) == labels(target)).double()
        yield {
            "case": name,
            "op": "accuracy",
            "inputs": {"logits": tensor(values), "target": tensor(labels(target))},
            "value": tensor(hits.mean()),
        }


# Name of the case -> (optimizer of the model language, its arguments, the PyTorch optimizer, its state by our name).
OPTIMIZERS = {
    "gd": ("SGD", {"lr": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1), {}),
    "momentum": (
        "SGD",
        {"lr": 0.01, "momentum": 0.9},
        lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
        {"velocity": "momentum_buffer"},
    ),
    "adam": ("Adam", {"lr": 0.001}, lambda p: torch.optim.Adam(p, lr=0.001), {"m": "exp_avg", "v": "exp_avg_sq"}),
    "adam_other_betas": (
        "Adam",
        {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3},
        lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3),
        {"m": "exp_avg", "v": "exp_avg_sq"},
    ),
}


def optimizers(generator):
    """Five steps with given gradients, one of them zero: `value` has the parameter after each step as a row."""
    start, gradients = random(generator, 6), random(generator, 5, 6)
    gradients[2] = 0
    gradients[:, 5] = 0
    for name, (op, arguments, make, states) in OPTIMIZERS.items():
        parameter = start.clone().requires_grad_()
        optimizer = make([parameter])
        rows, state_rows = [], {state: [] for state in states}
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            rows.append(parameter.detach().clone())
            for ours, theirs in states.items():
                state_rows[ours].append(optimizer.state[parameter][theirs].clone())
        yield {
            "case": name,
            "op": op,
            "arguments": arguments,
            "inputs": {"parameter": tensor(start), "gradients": tensor(gradients)},
            "value": tensor(torch.stack(rows)),
            "state": {state: tensor(torch.stack(v)) for state, v in state_rows.items()},
        }


def main():
    groups = [activations, softmaxes, losses, metrics, optimizers]
    for seed, group in enumerate(groups):
        generator = torch.Generator().manual_seed(seed)
        save_cases(FOLDER / "library" / f"{group.__name__}.json", list(group(generator)))


if __name__ == "__main__":
    main()
