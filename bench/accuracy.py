"""Trains the examples with real data by their compiled programs and by PyTorch, and writes bench/accuracy.md.

Command, from the repository's root, with a Python that has torch:  python bench/accuracy.py [--seeds N]
Both sides train the same network with the same optimizer, size of batches and epochs, over N seeds (5), each time from
the same initial weights: those that the program makes of the seed. The order of the rows differs, so single runs do,
and only the means are compared: within 1 point of accuracy, or 2 % of the root of the mean squared error.
`--pytorch-only` prints PyTorch's half, from its own initial weights, and needs no compiler.
"""

import argparse
import json
import math
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

import example
import page
import torch

NAMES = ["breast_cancer", "diabetes", "digits", "iris", "waves", "wine"]
POINTS, PERCENT = 1.0, 2.0


def compile_program(bmc, name, folder):
    program = folder / name
    subprocess.run([bmc, f"examples/{name}.bm", "-o", program], cwd=example.ROOT, check=True)
    return program


def initial_weights(program, seed):
    """What the program starts from."""
    weights = program.with_suffix(".initial.safetensors")
    command = [program, "train", "--epochs", "0", "--seed", str(seed), "--out", weights]
    subprocess.run(command, cwd=example.ROOT, check=True, capture_output=True)
    return example.read_safetensors(weights)


def program_score(data, program, seed):
    """What the program itself measures on the test set after its last epoch."""
    weights = program.with_suffix(".safetensors")
    command = [program, "train", "--seed", str(seed), "--out", weights, "--json"]
    output = subprocess.run(command, cwd=example.ROOT, check=True, capture_output=True, text=True).stdout
    last = json.loads(output.splitlines()[-1])
    return 100 * last["test_accuracy"] if data.classifies else math.sqrt(last["test_loss"])


def spread(scores):
    return f"{statistics.mean(scores):.4g} ± {statistics.stdev(scores):.2g}"


def agrees(data, compiled, peer):
    difference = statistics.mean(compiled) - statistics.mean(peer)
    if data.classifies:
        return f"{difference:+.2f} points", abs(difference) <= POINTS
    percent = 100 * difference / statistics.mean(peer)
    return f"{percent:+.2f} %", abs(percent) <= PERCENT


def row(data, compiled, peer):
    difference, within = agrees(data, compiled, peer)
    measure = "accuracy, %" if data.classifies else "RMSE"
    cells = [data.name, measure, spread(compiled), spread(peer), difference, "yes" if within else "**no**"]
    return cells, within


def document(rows, seeds):
    return page.document(
        "Accuracy beside PyTorch",
        f"Written by `bench/accuracy.py`: test sets, mean ± standard deviation of {seeds} seeds, both sides from the same "
        f"initial weights, PyTorch {torch.__version__} on {platform.machine()}. The last column: the means are within "
        f"{POINTS:g} point of accuracy, or {PERCENT:g} % of RMSE.",
        page.table(["Example", "Measure", "Compiled program", "PyTorch", "Difference", "Within"], rows),
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="runs of each side, at least 2")
    parser.add_argument("--bmc", type=pathlib.Path, default=example.ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=example.ROOT / "bench/accuracy.md")
    parser.add_argument("--pytorch-only", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(1)
    seeds = range(1, options.seeds + 1)
    rows, all_within = [], True
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            data = example.read_example(name)
            if options.pytorch_only:
                peer = [example.score(data, example.train(data, seed)) for seed in seeds]
                print(f"{name}: {spread(peer)}", flush=True)
                continue
            program = compile_program(options.bmc.resolve(), name, pathlib.Path(folder))
            compiled = [program_score(data, program, seed) for seed in seeds]
            starts = [initial_weights(program, seed) for seed in seeds]
            peer = [example.score(data, example.train(data, seed, start)) for seed, start in zip(seeds, starts)]
            line, within = row(data, compiled, peer)
            print(*line, flush=True)
            rows.append(line)
            all_within &= within
    if not options.pytorch_only:
        page.write(options.output, document(rows, options.seeds))
    return 0 if all_within else 1


if __name__ == "__main__":
    sys.exit(main())
