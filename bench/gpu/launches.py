"""What a training step asks of a device: kernels, bytes and waits, counted by the driver of the tests.

usage: bench/gpu/launches.py

Trains the networks below against test/gpu/mock_cuda.cpp, which computes nothing and checks every call, and writes
bench/gpu/launches.md.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ["examples/simple.bm", "examples/iris.bm", "examples/digits.bm", "test/gpu/Inputs/wide.bm", "examples/waves.bm"]


def count(model, folder):
    """The line of test/gpu/Inputs/launches.py, as numbers."""
    program, log = folder / "program", folder / "log"
    bmc = [ROOT / "build/bin/bmc", model, "--target=x86_64-linux-gnu+cuda", "-o", program]
    subprocess.run(bmc, cwd=ROOT, check=True)
    environment = dict(os.environ, LD_LIBRARY_PATH=str(ROOT / "build/test/mock-cuda"), BMC_MOCK_CUDA_LOG=str(log))
    train = [program, "train", "--epochs", "5", "--quiet", "--out", folder / "weights.safetensors"]
    subprocess.run(train, cwd=ROOT, env=environment, check=True, capture_output=True)
    script = ["python3", ROOT / "test/gpu/Inputs/launches.py", log]
    text = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    return re.search(
        r"(\d+) kernels in (\d+) graph, (\d+) uploads of (\d+) bytes, (\d+) downloads of (\d+) bytes, (\d+) wait", text
    ).groups()


def main():
    lines = [
        "# What a training step asks of a device",
        "",
        "Written by `bench/gpu/launches.py`, counted by a CUDA driver that checks every call and computes nothing. A step"
        " is one graph: nothing waits, allocates or copies between its kernels. What goes up is the batch and the numbers"
        " of the step, what comes down the loss and metrics, each in one piece (its parts begin at multiples of 64 bytes).",
        "",
        "| model | kernels | graphs | copies up | bytes up | copies down | bytes down | waits |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for model in MODELS:
            lines.append(f"| `{model}` | " + " | ".join(count(model, Path(folder))) + " |")
    (ROOT / "bench/gpu/launches.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
