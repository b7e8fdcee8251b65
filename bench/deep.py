"""Measures how the cost of compiling grows with the depth of a network of equal layers.

Command, from the repository's root:  python bench/deep.py [--layers 20,50,200] [--rounds N] [--bmc FILE]
Writes bench/deep.md. Each network is compiled without a cache of kernels and then with it; of the rounds the fastest
counts. Processor time is that of all processes, wall time that of the machine's processors working together.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

MODEL = """
network Deep {{
  blocks = [Linear(64, 64) for i in 0..{layers}]
  forward(x: f32[N, 64]) -> f32[N, 64] {{
    for block in blocks {{ x = relu(block(x)) }}
    return x
  }}
}}
train Deep {{
  data      = table("none.csv", x = columns(0..64), y = columns(0..64))
  loss      = mse
  optimizer = Adam(lr = 0.001)
  batch     = 32
}}
"""


def seconds(command):
    """The wall time and the processor time of a command."""
    begin = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime


def fastest(measurements):
    return tuple(min(column) for column in zip(*measurements))


def measure(bmc, layers, rounds, folder):
    model, program, cache = folder / "deep.bm", folder / "deep", folder / "cache"
    model.write_text(MODEL.format(layers=layers))
    command = [bmc, model, "-o", program, f"--cache-dir={cache}"]
    cold, warm = [], []
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        cold.append(seconds(command))
        warm.append(seconds(command))
    # A kernel has an object with its schedule and, for the program's selftest, one without.
    return fastest(cold), fastest(warm), program.stat().st_size, len(list(cache.iterdir()))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", default="20,50,200", help="numbers of layers, with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bmc", type=pathlib.Path, default=ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/deep.md")
    return parser.parse_args()


def main():
    options = arguments()
    lines = [
        "# Compiling networks of equal layers",
        "",
        "Written by `bench/deep.py`: chains of `Linear(64, 64)` and relu, trained by Adam, compiled to programs. Seconds",
        "of wall time, and of all processes' processor time; kernels are objects that Halide made.",
        "",
        "| layers | cold, wall | cold, processor | warm, wall | warm, processor | program, bytes | kernels |",
        "|---|---|---|---|---|---|---|",
    ]
    for layers in map(int, options.layers.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            cold, warm, size, kernels = measure(options.bmc, layers, options.rounds, pathlib.Path(folder))
        lines.append(f"| {layers} | {cold[0]:.2f} | {cold[1]:.2f} | {warm[0]:.2f} | {warm[1]:.2f} | {size} | {kernels} |")
    options.output.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
