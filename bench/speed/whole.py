"""Whole programs: what compiling gives and costs, the memory of training, and runs from start to end beside PyTorch."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import models
from table import page

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ("PyTorch", "PyTorch compiled", "JAX")


def seconds_of(command, **options):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - begin


def compiled(bmc, source, folder, name):
    """A program and a library of a model file; what they cost and what the program plans."""
    file = folder / f"{name}.bm"
    file.write_text(source)
    program = [bmc, file, "-o", folder / name, f"--cache-dir={folder / name}-cache"]
    cold, warm = seconds_of(program), seconds_of(program)
    subprocess.run([bmc, file, "--emit=so", "-o", folder / name], check=True)
    info = json.loads(subprocess.run([folder / name, "info", "--json"], check=True, capture_output=True).stdout)
    size = (folder / name).stat().st_size
    return {"cold": cold, "warm": warm, "size": size, "planned": info["planned_bytes"]}


def cost(python, number, contender, folder, library=None):
    """Of a contender in a case, in a process of its own with empty caches."""
    command = [python, HERE / "costs.py", "--case", str(number), "--contender", contender]
    command += ["--library", library] if library else []
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        environment = os.environ | {"TORCHINDUCTOR_CACHE_DIR": cache, "JAX_PLATFORMS": "cpu"}
        result = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(result.stdout.splitlines()[-1])


def kibibytes(bytes_):
    return f"{bytes_ / 1024:.0f}"


def cost_rows(bmc, python, only, folder):
    head = ["", "cold, s", "warm, s", "program, bytes", *(f"{peer}, first step, s" for peer in PEERS)]
    head += ["planned, KiB", "bmc, KiB", *(f"{peer}, KiB" for peer in PEERS)]
    body = []
    for number, case in enumerate(models.cases("train")):
        if only not in case.name and only not in case.kind:
            continue
        facts = compiled(bmc, case.model.source(), folder, f"cost{number}")
        ours = cost(python, number, "bmc", folder, folder / f"cost{number}.so")
        peers = [cost(python, number, peer, folder) for peer in PEERS]
        cells = [case.name, f"{facts['cold']:.2f}", f"{facts['warm']:.2f}", str(facts["size"])]
        cells += [f"{peer['first']:.2f}" for peer in peers] + [kibibytes(facts["planned"]), kibibytes(ours["memory"])]
        body.append(cells + [kibibytes(peer["memory"]) for peer in peers])
        print(f"{case.name}: {', '.join(body[-1][1:])}", file=sys.stderr)
    return page.table(head, body) if body else []


def take_turns(commands, rounds):
    """Median seconds of each command, which take turns."""
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, options) in commands.items():
            times[name].append(seconds_of(command, **options))
    return {name: statistics.median(list_) for name, list_ in times.items()}


# A prediction of one row by a network of 101 MB, from the start of the process.
LARGE = models.Network("MLP 2048-4096-4096-10", (2048, 4096, 4096, 10), 64, "cross_entropy", "SGD")
LARGE_PEER = """
import sys, numpy, torch
model = torch.nn.Sequential(*[torch.nn.Linear(a, b) for a, b in ((2048, 4096), (4096, 4096), (4096, 10))])
model.load_state_dict(torch.load(sys.argv[1], mmap=True), assign=True)
with torch.no_grad():
    x = torch.from_numpy(numpy.loadtxt(sys.argv[2], delimiter=",", dtype=numpy.float32))
    print(model[2](torch.relu(model[1](torch.relu(model[0](x))))))
"""
MAKE_PEER = """
import sys, torch
layers = [torch.nn.Linear(a, b) for a, b in ((2048, 4096), (4096, 4096), (4096, 10))]
torch.save(torch.nn.Sequential(*layers).state_dict(), sys.argv[1])
"""


def whole_rows(bmc, python, rounds, folder):
    quiet = {"cwd": page.ROOT}
    subprocess.run([bmc, "examples/simple.bm", "-o", folder / "simple"], check=True, **quiet)
    peer = [python, page.ROOT / "bench/simple_peer.py", folder / "peer.pt"]
    simple = {
        "bmc": ([folder / "simple", "train", "--out", folder / "simple.safetensors"], quiet),
        "PyTorch": (peer, quiet),
    }
    compiled(bmc, LARGE.source(), folder, "large")
    row = ",".join(["0"] + ["0.5"] * (LARGE.sizes[0] - 1)) + "\n"  # the first column is the class, too
    (folder / "row.csv").write_text(row)
    (folder / "none.csv").write_text(row * 2)
    inside = {"cwd": folder}
    subprocess.run([folder / "large", "train", "--epochs", "0"], check=True, capture_output=True, **inside)
    subprocess.run([python, "-c", MAKE_PEER, folder / "large.pt"], check=True)
    large = {
        "bmc": ([folder / "large", "predict", "row.csv"], inside),
        "PyTorch": ([python, "-c", LARGE_PEER, folder / "large.pt", folder / "row.csv"], inside),
    }
    titles = {"`examples/simple.bm`, `train`: 100 epochs": simple, f"{LARGE.name}, `predict` of one row": large}
    body = []
    for title, commands in titles.items():
        times = take_turns(commands, rounds)
        cells = [f"{1000 * times[name]:.1f}" for name in ("bmc", "PyTorch")]
        body.append([title, *cells, f"**{times['PyTorch'] / times['bmc']:.0f}**"])
    return page.table(["", "bmc, ms", "PyTorch, ms", "times faster"], body)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bmc", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", help="cases whose name or kind has this text; `whole`: the whole programs")
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


COST_TITLE = """## Compiling and memory

Cold and warm: `bmc` makes the whole program, without and with a cache of kernels. The peers' first step compiles, with
empty caches, each in a process of its own that has imported everything. Memory: what the steps add to that process at
the most. Planned, and told by `info`: weights, the optimizer's state and intermediate values.
"""


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        costs = cost_rows(options.bmc, sys.executable, options.only, folder)
        if costs:
            print(COST_TITLE, *costs, "", sep="\n")
        if options.only in "whole":
            print("## Whole programs, from start to end", "", sep="\n")
            print(*whole_rows(options.bmc, sys.executable, options.rounds, folder), "", sep="\n")


if __name__ == "__main__":
    main()
