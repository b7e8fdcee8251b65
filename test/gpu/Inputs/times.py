"""Times a training step on a device: bmc's program, and PyTorch where it is installed and has CUDA.

usage: times.py cuda|opencl FOLDER [--dry-run --device=gpu|cpu]

FOLDER has the programs, DEVICE-MODEL each.

Prints a table: microseconds a step, the difference of two runs of different length over the steps between them, the least
of three. A dry run takes a few steps of one small network, wherever programs and PyTorch can run.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROWS = 1437
# model file, batch, widths of the layers
NETWORKS = [("examples/digits.bm", 32, [64, 64, 10]), ("test/gpu/Inputs/large.bm", 1024, [64, 1024, 1024, 10])]
FEW, MANY = 10, 60


class Run:
    """How long runs are, and where."""

    def __init__(self, arguments):
        self.device, self.folder = arguments[0], Path(arguments[1]).resolve()
        self.is_dry = "--dry-run" in arguments[2:]
        self.flags = [argument for argument in arguments[2:] if argument.startswith("--device=")]
        self.networks = NETWORKS[:1] if self.is_dry else NETWORKS
        self.few, self.many = (1, 2) if self.is_dry else (FEW, MANY)
        self.steps = 2 if self.is_dry else 100


def seconds(program, epochs, run):
    begin = time.perf_counter()
    command = [program, "train", "--epochs", str(epochs), "--quiet", "--out", run.folder / "weights.safetensors", *run.flags]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begin


def ours(model, batch, run):
    program = run.folder / f"{run.device}-{Path(model).stem}"
    steps = (run.many - run.few) * -(-ROWS // batch)
    return min(seconds(program, run.many, run) - seconds(program, run.few, run) for _ in range(3)) / steps


def theirs(batch, widths, run):
    """PyTorch's step, as fast as it offers it without a compiler: a CUDA graph is not captured here."""
    try:
        import torch
    except ImportError:
        return None
    if not run.is_dry and (run.device != "cuda" or not torch.cuda.is_available()):
        return None
    on = "cpu" if run.is_dry else "cuda"
    layers = []
    for wide, narrow in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(wide, narrow), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1]).to(on)
    optimizer = torch.optim.Adam(model.parameters(), fused=on == "cuda")
    x, y = torch.rand(batch, widths[0]), torch.randint(0, widths[-1], (batch,))

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x.to(on)), y.to(on))
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(run.steps // 5):
        step()
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()  # each step ends with its loss on the host
        for _ in range(run.steps):
            step()
        best = min(best, (time.perf_counter() - begin) / run.steps)
    return best


def main():
    run = Run(sys.argv[1:])
    print(f"| {run.device}: a training step | bmc | PyTorch |\n|---|--:|--:|")
    for model, batch, widths in run.networks:
        own, other = ours(model, batch, run), theirs(batch, widths, run)
        print(f"| {model}, {batch} rows | {own * 1e6:.0f} us | {f'{other * 1e6:.0f} us' if other else 'not here'} |")


if __name__ == "__main__":
    main()
