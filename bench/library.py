"""Measures examples/simple.bm as a library: what a call costs beside the same by hand in C and beside PyTorch, and sizes.

Command, from the repository's root, with a Python that has torch:  python bench/library.py [--rounds N]
Writes bench/library.md. The C program takes turns between the library and the code by hand within each round; the
Python module and PyTorch take turns likewise.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import example
import page
import torch

ROOT = page.ROOT
CALLS = 2000
EXAMPLES = ["simple", "iris", "digits"]
ROWS = 3


def measure_c(bmc, rounds, folder):
    """Four lists of nanoseconds a call."""
    subprocess.run([bmc, "examples/simple.bm", "--emit=lib", "-o", folder / "simple"], cwd=ROOT, check=True)
    sources = [ROOT / "bench/library_calls.c", ROOT / "bench/library_peer.c", folder / "libsimple.a"]
    include = ["-I", folder, "-I", ROOT / "runtime/include"]
    command = ["gcc", "-O2", "-march=native", *include, *sources, "-lm", "-o", folder / "calls"]
    subprocess.run(command, check=True)
    lines = subprocess.run([folder / "calls", str(rounds)], check=True, capture_output=True, text=True).stdout
    return list(zip(*(map(float, line.split()) for line in lines.splitlines())))


def torch_functions():
    model = example.network(example.read_example("simple"))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    x = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    y = torch.tensor([[1.0], [0], [1]])
    row = x[:1]

    def predict():
        with torch.no_grad():
            model(row)

    def train():
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()

    return predict, train


def module_functions(bmc, folder):
    subprocess.run([bmc, "examples/simple.bm", "--emit=so", "-o", folder / "simple"], cwd=ROOT, check=True)
    sys.path.insert(0, str(ROOT / "runtime/python"))
    import bmc as module
    import numpy

    model = module.load(folder / "simple.so", rows=ROWS)
    model.init(seed=1)
    x = numpy.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], numpy.float32)
    y = numpy.array([[1], [0], [1]], numpy.float32)
    row = x[:1]
    return lambda: model.predict(row), lambda: model.train_step(x, y)


def nanoseconds(function):
    begin = time.thread_time_ns()
    for _ in range(CALLS):
        function()
    return (time.thread_time_ns() - begin) / CALLS


def measure_python(bmc, rounds, folder):
    """Four lists of nanoseconds a call: predict in the module and in PyTorch, then a training step."""
    torch.set_num_threads(1)
    ours, theirs = module_functions(bmc, folder), torch_functions()
    results = [[], [], [], []]
    for i in range(rounds):
        for which in (0, 1):
            pair = [(2 * which, ours[which]), (2 * which + 1, theirs[which])]
            for place, function in pair if i % 2 == 0 else reversed(pair):
                results[place].append(nanoseconds(function))
    return results


def sizes(bmc, folder):
    """For each example: bytes of the archive, of what a program gets of it, of the shared library, of the program."""
    rows = []
    for name in EXAMPLES:
        model = f"examples/{name}.bm"
        for emit in ("lib", "so", "exe"):
            subprocess.run([bmc, model, f"--emit={emit}", "-o", folder / name], cwd=ROOT, check=True)
        source = folder / "empty.c"
        header = f'#include "{name}.h"\nint main(void) {{ struct bmc_model *m; return {name}_create(NULL, &m); }}\n'
        source.write_text(header)
        linked = {}
        for what, code in (("with", header), ("without", "int main(void) { return 0; }\n")):
            source.write_text(code)
            include = ["-I", folder, "-I", ROOT / "runtime/include"]
            flags = ["-s", "-Wl,--gc-sections", "-lm", "-o", folder / what]
            subprocess.run(["gcc", "-O2", *include, source, folder / f"lib{name}.a", *flags], check=True)
            linked[what] = (folder / what).stat().st_size
        added = linked["with"] - linked["without"]
        paths = [folder / f"lib{name}.a", folder / f"{name}.so", folder / name]
        archive, shared, program = (path.stat().st_size for path in paths)
        rows.append([f"`{model}`", *map(str, (archive, added, shared, program))])
    return rows


def document(c, python, size_rows):
    titles = ["`predict`, 1 row", "`predict`, 1 row, by hand in C", "`train_step`, 3 rows", "`train_step`, 3 rows, by hand in C"]
    module = ["`model.predict`", "PyTorch's `model(x)`", "`model.train_step`", "PyTorch's step"]
    over = statistics.median(a - b for a, b in zip(c[0], c[1])), statistics.median(a - b for a, b in zip(c[2], c[3]))

    def times_of(where, titles, times):
        head = [f"Nanoseconds a call in {where}", "Median", "Minimum", "Rounds"]
        return page.table(head, [[title, *page.spread(list_)] for title, list_ in zip(titles, times)])

    return page.document(
        "A model as a library: what calls cost, and sizes",
        [
            f"Written by `bench/library.py` on {page.processor()}, PyTorch {torch.__version__} with one thread.",
            "The model is `examples/simple.bm`. By hand is `bench/library_peer.c` (gcc -O2 -march=native), whose losses",
            "agree with the library's. Times are the processor's in the calling thread, which does all the work.",
        ],
        times_of("C", titles, c),
        [
            f"In the same round, the library's `predict` takes {over[0]:.0f} ns more than the code by hand, its",
            f"`train_step` {over[1]:.0f} ns more (medians).",
        ],
        times_of("Python", module, python),
        page.table(["Bytes", "`lib*.a`", "added to a program", "`.so`", "program of `bmc`"], size_rows),
        [
            "Added to a program: the difference that `create` and all that it reaches make to an empty C program, both",
            "linked by gcc with `-s -Wl,--gc-sections`.",
        ],
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--bmc", type=pathlib.Path, default=ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/library.md")
    return parser.parse_args()


def main():
    options = arguments()
    bmc = options.bmc.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        c = measure_c(bmc, options.rounds, folder)
        python = measure_python(bmc, options.rounds, folder)
        text = document(c, python, sizes(bmc, folder))
    page.write(options.output, text)


if __name__ == "__main__":
    main()
