"""Times a training step on a device: bmc's program, and PyTorch where it is installed and has CUDA.

usage: times.py cuda|opencl FOLDER

Prints a table: microseconds a step, the difference of two runs of different length over the steps between them, the least
of three.
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


def seconds(program, epochs, folder):
    begin = time.perf_counter()
    command = [program, "train", "--epochs", str(epochs), "--quiet", "--out", folder / "weights.safetensors"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begin


def ours(model, batch, device, folder):
    program = folder / "timed"
    command = [ROOT / "build/bin/bmc", model, f"--target=x86_64-linux-gnu+{device}", "-o", program]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    steps = (MANY - FEW) * -(-ROWS // batch)
    return min(seconds(program, MANY, folder) - seconds(program, FEW, folder) for _ in range(3)) / steps


def theirs(batch, widths):
    """PyTorch's step, as fast as it offers it without a compiler: a CUDA graph is not captured here."""
    try:
        import torch
    except ImportError:
        return None
    if not torch.cuda.is_available():
        return None
    layers = []
    for wide, narrow in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(wide, narrow), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1]).cuda()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    x, y = torch.rand(batch, widths[0]), torch.randint(0, widths[-1], (batch,))

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x.cuda()), y.cuda())
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(20):
        step()
    best = float("inf")
    for _ in range(3):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        for _ in range(100):
            step()
        best = min(best, (time.perf_counter() - begin) / 100)
    return best


def main():
    device, folder = sys.argv[1], Path(sys.argv[2])
    print(f"| {device}: a training step | bmc | PyTorch |\n|---|--:|--:|")
    for model, batch, widths in NETWORKS:
        own = ours(model, batch, device, folder)
        other = theirs(batch, widths) if device == "cuda" else None
        print(f"| {model}, {batch} rows | {own * 1e6:.0f} us | {f'{other * 1e6:.0f} us' if other else 'not here'} |")


if __name__ == "__main__":
    main()
