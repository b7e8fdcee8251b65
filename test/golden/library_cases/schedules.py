"""Learning rates of torch.optim.lr_scheduler, the first one before any step of the schedule."""

import torch

from store import tensor

lr = torch.optim.lr_scheduler


def warm_up(make, steps, start):
    def build(optimizer):
        rising = lr.LinearLR(optimizer, start_factor=start, total_iters=steps)
        return lr.SequentialLR(optimizer, [rising, make(optimizer)], milestones=[steps])

    return build


def in_sequence(optimizer):
    parts = [lr.ConstantLR(optimizer, factor=1.0), lr.ExponentialLR(optimizer, 0.5), lr.StepLR(optimizer, 2)]
    return lr.SequentialLR(optimizer, parts, milestones=[3, 7])


# The schedule in the model language with a first rate of 0.1, PyTorch's, how many steps are compared.
SCHEDULES = [
    ("constant(0.1)", lambda o: lr.ConstantLR(o, factor=1.0), 3),
    ("step_decay(0.1, every = 3)", lambda o: lr.StepLR(o, 3), 10),
    ("step_decay(0.1, every = 2, factor = 0.5)", lambda o: lr.StepLR(o, 2, 0.5), 10),
    ("milestones_decay(0.1, milestones = [2, 3, 7], factor = 0.5)", lambda o: lr.MultiStepLR(o, [2, 3, 7], 0.5), 10),
    ("exponential_decay(0.1, factor = 0.9)", lambda o: lr.ExponentialLR(o, 0.9), 10),
    ("linear(0.1, total = 5)", lambda o: lr.LinearLR(o), 8),
    ("linear(0.1, total = 4, start = 1.0, end = 0.25)", lambda o: lr.LinearLR(o, 1.0, 0.25, 4), 8),
    ("polynomial(0.1, total = 6, power = 2.0)", lambda o: lr.PolynomialLR(o, 6, 2.0), 9),
    ("cosine(0.1, total = 10, lowest = 0.01)", lambda o: lr.CosineAnnealingLR(o, 10, 0.01), 11),
    ("cosine_restarts(0.1, period = 3)", lambda o: lr.CosineAnnealingWarmRestarts(o, 3), 10),
    ("cosine_restarts(0.1, period = 2, growth = 3, lowest = 0.01)",
     lambda o: lr.CosineAnnealingWarmRestarts(o, 2, 3, 0.01), 30),
    ("warmup(step_decay(0.1, every = 2), steps = 4)", warm_up(lambda o: lr.StepLR(o, 2), 4, 1 / 3), 10),
    ("warmup(cosine(0.1, total = 6), steps = 3, start = 0.1)",
     warm_up(lambda o: lr.CosineAnnealingLR(o, 6), 3, 0.1), 10),
    ("sequence([constant(0.1), exponential_decay(0.1, factor = 0.5), step_decay(0.1, every = 2)], milestones = [3, 7])",
     in_sequence, 12),
    ("one_cycle(0.1, total = 20)", lambda o: lr.OneCycleLR(o, 0.1, 20), 20),
    ("one_cycle(0.1, total = 12, rising = 0.5, start_divisor = 10.0, end_divisor = 100.0)",
     lambda o: lr.OneCycleLR(o, 0.1, 12, pct_start=0.5, div_factor=10, final_div_factor=100), 12),
]


def rates(make, count, read=lambda group: group["lr"]):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    schedule, result = make(optimizer), []
    for _ in range(count):
        result.append(read(optimizer.param_groups[0]))
        optimizer.step()
        schedule.step()
    return torch.tensor(result, dtype=torch.float64)


def cases(_):
    for text, make, count in SCHEDULES:
        yield {"case": text, "value": tensor(rates(make, count))}
    momentum = rates(lambda o: lr.OneCycleLR(o, 0.1, 20), 20, lambda group: group["momentum"])
    yield {"case": "one_cycle_momentum(total = 20)", "value": tensor(momentum)}
    # Three steps an epoch: each rate is there three times.
    for text, make, count in [("step_decay(0.1, every = 2, steps_per_epoch = 3)", lambda o: lr.StepLR(o, 2), 5),
                              ("cosine(0.1, total = 4, steps_per_epoch = 3)", lambda o: lr.CosineAnnealingLR(o, 4), 5)]:
        yield {"case": text, "value": tensor(rates(make, count).repeat_interleave(3))}
