"""Learning rates of ReduceLROnPlateau over the epochs of a training, given what the epochs came to."""

import torch

from store import tensor

EPOCHS = 40

# The schedule in the model language with a first rate of 0.1, PyTorch's arguments.
PLATEAUS = [
    ("plateau(0.1)", {}),
    ("plateau(0.1, patience = 2)", {"patience": 2}),
    ("plateau(0.1, factor = 0.5, patience = 0)", {"factor": 0.5, "patience": 0}),
    ("plateau(0.1, factor = 0.5, patience = 1, cooldown = 3)", {"factor": 0.5, "patience": 1, "cooldown": 3}),
    ("plateau(0.1, patience = 2, threshold = 0.05, relative = false)",
     {"patience": 2, "threshold": 0.05, "threshold_mode": "abs"}),
    ("plateau(0.1, patience = 1, threshold = 0.2)", {"patience": 1, "threshold": 0.2}),
    ("plateau(0.1, factor = 0.5, patience = 0, lowest = 0.02)", {"factor": 0.5, "patience": 0, "min_lr": 0.02}),
    ("plateau(0.1, factor = 0.5, patience = 0, eps = 0.01)", {"factor": 0.5, "patience": 0, "eps": 0.01}),
]


def rates(values, mode, arguments):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule, result = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode, **{"factor": 0.1, **arguments}), []
    for value in values.tolist():
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(value)
    return torch.tensor(result, dtype=torch.float64)


def cases(generator):
    falling = 0.8 ** torch.arange(EPOCHS, dtype=torch.float64)
    noise = torch.rand(EPOCHS, generator=generator, dtype=torch.float64)
    noisy = (falling + 0.3 * noise).round(decimals=4)
    noisy[[3, 21]] = torch.nan  # never better
    for text, arguments in PLATEAUS:
        for mode, values in ("min", noisy), ("max", 2 - noisy), ("max", -noisy):
            found = rates(values, mode, arguments)
            yield {"case": text, "maximize": mode == "max", "values": tensor(values), "rates": tensor(found)}
