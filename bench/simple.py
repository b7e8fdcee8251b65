"""Measures examples/simple.bm: the whole program beside the same PyTorch script, its size and its compile time.

Command, from the repository's root, with a Python that has torch:  python bench/simple.py [--rounds N]
Writes bench/simple.md. A round runs both programs one after the other, the first one in turns, so that a busy machine
disturbs both; each is timed from its start to its end, with its output in a file. `--pytorch-only` prints PyTorch's
half.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import page
import torch

ROOT = page.ROOT
COMPILES = 5


def run(command, folder):
    """Seconds of wall time, and what the command said on standard error."""
    with open(folder / "output.txt", "w") as output:
        start = time.perf_counter()
        result = subprocess.run(command, cwd=ROOT, check=True, stdout=output, stderr=subprocess.PIPE, text=True)
        return time.perf_counter() - start, result.stderr


def peer_command(folder):
    return [sys.executable, ROOT / "bench/simple_peer.py", folder / "peer.pt"]


def program_command(folder):
    return [folder / "simple", "train", "--out", folder / "simple.safetensors"]


def measure_rounds(rounds, folder):
    """Lists of seconds: the program, PyTorch's whole script, and the training within it."""
    program, peer, training = [], [], []
    for i in range(rounds):
        order = ["program", "peer"] if i % 2 == 0 else ["peer", "program"]
        for which in order:
            if which == "program":
                program.append(run(program_command(folder), folder)[0])
            else:
                seconds, said = run(peer_command(folder), folder)
                peer.append(seconds)
                training.append(float(said.split()[-1]))
    return program, peer, training


def measure_compiles(bmc, folder):
    """Lists of seconds: with an empty cache each time, and again with the cache that this left."""
    cold, warm = [], []
    for i in range(COMPILES):
        command = [bmc, "examples/simple.bm", "-o", folder / "simple", f"--cache-dir={folder / f'cache-{i}'}"]
        cold.append(run(command, folder)[0])
        warm.append(run(command, folder)[0])
    return cold, warm


def document(program, peer, training, cold, warm, size, kind):
    rows = {
        "`simple train`, 100 epochs, the whole process": program,
        "The same in PyTorch, the whole process": peer,
        "The same in PyTorch, without Python's start and the import of torch": training,
        "`bmc simple.bm`, empty cache": cold,
        "`bmc simple.bm`, warm cache": warm,
    }
    head = ["What, in milliseconds of wall time", "Median", "Minimum", "Runs"]
    return page.document(
        "The smallest example, from start to end",
        f"Written by `bench/simple.py` on {page.processor()}, PyTorch {torch.__version__} with one thread.",
        page.table(head, [[title, *page.spread(times, 1000, 1)] for title, times in rows.items()]),
        f"The program has {size} bytes. `file` calls it: {kind}.",
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--bmc", type=pathlib.Path, default=ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/simple.md")
    parser.add_argument("--pytorch-only", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.pytorch_only:
            print(*[f"{run(peer_command(folder), folder)[0]:.3f}" for _ in range(options.rounds)], "seconds")
            return
        cold, warm = measure_compiles(options.bmc.resolve(), folder)
        program, peer, training = measure_rounds(options.rounds, folder)
        kind = subprocess.run(["file", "-b", folder / "simple"], check=True, capture_output=True, text=True).stdout
        size = (folder / "simple").stat().st_size
        text = document(program, peer, training, cold, warm, size, kind.strip())
        page.write(options.output, text)


if __name__ == "__main__":
    main()
