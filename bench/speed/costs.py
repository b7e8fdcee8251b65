"""What training costs beside the time of a step: memory, and the time and the file before the first step.

    costs.py --case N --contender NAME [--library FILE]

is a process of its own for each case and contender, and prints a JSON line:

    first   seconds from the network to the end of the first step, which compiles where the contender does that itself
    memory  the most bytes of memory that the steps added to what the process had when everything was imported
"""

import argparse
import json
import pathlib
import time

import models

STEPS = 5


def status(name):
    """A line of /proc/self/status, in bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":")) << 10


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def maker(options, case):
    """A function that makes a function of a step; all that it imports is imported already."""
    if options.contender == "bmc":
        import inputs
        from ours import bmc

        (x, y), weights = inputs.batch(case.model, case.rows), inputs.parameters(case)

        def make():
            model = bmc.load(options.library, rows=case.rows)
            model.init(seed=1)
            for name, array in weights.items():
                model.parameters[name][...] = array
            target = y.astype(model.targets[0].dtype)
            return lambda: model.train_step(x, target)

        return make
    import peers
    import torch

    torch.set_num_threads(1)
    return lambda: peers.prepare(options.contender, case, 1)


def measure(options):
    case = models.cases("train")[options.case]
    make = maker(options, case)
    reset_peak()
    before, begin = status("VmRSS"), time.perf_counter()
    step = make()
    step()
    first = time.perf_counter() - begin
    for _ in range(STEPS):
        step()
    return {"first": first, "memory": status("VmHWM") - before}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", type=int, required=True)
    parser.add_argument("--contender", required=True)
    parser.add_argument("--library", type=pathlib.Path)
    print("\n" + json.dumps(measure(parser.parse_args())))


if __name__ == "__main__":
    main()
