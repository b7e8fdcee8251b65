"""Twenty steps on a small network: Linear(3, 4), tanh, Linear(4, 1), with the mean squared error of six rows. The third
input is always 0, so one column of the weights has no gradient."""

import torch

from store import tensor

from .common import random


class Lion(torch.optim.Optimizer):
    """The algorithm of the paper (Chen et al. 2023, algorithm 2); PyTorch has none."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), rate = group["betas"], group["lr"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad) + group["weight_decay"] * p
                m.copy_(beta2 * m + (1 - beta2) * p.grad)
                p -= rate * update


optim = torch.optim
# The optimizer in the model language, PyTorch's.
OPTIMIZERS = [
    ("GD(lr = 0.1)", lambda p: optim.SGD(p, lr=0.1)),
    ("SGD(lr = 0.1)", lambda p: optim.SGD(p, lr=0.1)),
    ("SGD(lr = 0.05, momentum = 0.9)", lambda p: optim.SGD(p, lr=0.05, momentum=0.9)),
    ("SGD(lr = 0.05, momentum = 0.9, nesterov = true, weight_decay = 0.01)",
     lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
    ("SGD(lr = 0.05, momentum = 0.9, dampening = 0.5)", lambda p: optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.5)),
    ("Adam(lr = 0.05)", lambda p: optim.Adam(p, lr=0.05)),
    ("Adam(lr = 0.05, beta1 = 0.8, beta2 = 0.95, eps = 0.001, weight_decay = 0.01)",
     lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.01)),
    ("Adam(lr = 0.2, beta2 = 0.5, amsgrad = true)",
     lambda p: optim.Adam(p, lr=0.2, betas=(0.9, 0.5), amsgrad=True)),
    ("AdamW(lr = 0.05)", lambda p: optim.AdamW(p, lr=0.05)),
    ("AdamW(lr = 0.2, beta2 = 0.5, weight_decay = 0.1, amsgrad = true)",
     lambda p: optim.AdamW(p, lr=0.2, betas=(0.9, 0.5), weight_decay=0.1, amsgrad=True)),
    ("NAdam(lr = 0.05)", lambda p: optim.NAdam(p, lr=0.05)),
    ("NAdam(lr = 0.05, weight_decay = 0.01, momentum_decay = 0.1)",
     lambda p: optim.NAdam(p, lr=0.05, weight_decay=0.01, momentum_decay=0.1)),
    ("NAdam(lr = 0.05, weight_decay = 0.1, decoupled = true)",
     lambda p: optim.NAdam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True)),
    ("RAdam(lr = 0.05)", lambda p: optim.RAdam(p, lr=0.05)),
    ("RAdam(lr = 0.05, beta2 = 0.9, weight_decay = 0.01)",
     lambda p: optim.RAdam(p, lr=0.05, betas=(0.9, 0.9), weight_decay=0.01)),
    ("Adamax(lr = 0.05, weight_decay = 0.01)", lambda p: optim.Adamax(p, lr=0.05, weight_decay=0.01)),
    ("RMSprop", lambda p: optim.RMSprop(p)),
    ("RMSprop(lr = 0.02, alpha = 0.9, momentum = 0.5, weight_decay = 0.01)",
     lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.5, weight_decay=0.01)),
    ("RMSprop(lr = 0.02, centered = true)", lambda p: optim.RMSprop(p, lr=0.02, centered=True)),
    ("Adagrad(lr = 0.1)", lambda p: optim.Adagrad(p, lr=0.1)),
    ("Adagrad(lr = 0.1, lr_decay = 0.1, weight_decay = 0.01, initial = 0.5)",
     lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.01, initial_accumulator_value=0.5)),
    ("Adadelta", lambda p: optim.Adadelta(p)),
    ("Adadelta(rho = 0.8, weight_decay = 0.01)", lambda p: optim.Adadelta(p, rho=0.8, weight_decay=0.01)),
    ("Lion(lr = 0.01)", lambda p: Lion(p, lr=0.01)),
    ("Lion(lr = 0.01, beta1 = 0.8, beta2 = 0.9, weight_decay = 0.1)",
     lambda p: Lion(p, lr=0.01, betas=(0.8, 0.9), weight_decay=0.1)),
]


def cases(generator):
    torch.set_default_dtype(torch.float64)  # otherwise NAdam keeps its product of momenta in float32
    try:
        yield from trajectories(generator)
    finally:
        torch.set_default_dtype(torch.float32)


def trajectories(generator):
    x, y = random(generator, 6, 3), random(generator, 6, 1)
    x[:, 2] = 0
    first = {"fc1.weight": (4, 3), "fc1.bias": (4,), "fc2.weight": (1, 4), "fc2.bias": (1,)}
    first = {name: random(generator, *shape, scale=0.5) for name, shape in first.items()}
    for text, make in OPTIMIZERS:
        parameters = {name: value.clone().requires_grad_() for name, value in first.items()}
        optimizer, losses = make(list(parameters.values())), []
        for _ in range(20):
            optimizer.zero_grad()
            hidden = torch.tanh(x @ parameters["fc1.weight"].T + parameters["fc1.bias"])
            loss = torch.nn.functional.mse_loss(hidden @ parameters["fc2.weight"].T + parameters["fc2.bias"], y)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        yield {
            "case": text,
            "inputs": {"x": tensor(x), "y": tensor(y)},
            "first": {name: tensor(value) for name, value in first.items()},
            "losses": tensor(torch.stack(losses)),
            "last": {name: tensor(value) for name, value in parameters.items()},
        }
