"""Measures the errors of the elementary functions over all floats, and writes bench/elementary.md.

    python bench/elementary.py [--stride N] [--jobs N] [FUNCTION]...

`elementary/elementary.bm` is compiled as a library, and `elementary/errors.c` compares what it computes for each of the
2^32 bit patterns (or every `--stride`-th) with the C library in double precision. That takes about a minute a function.
Needs gcc.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile

import page

LINE = re.compile(r"(\S+): (\S+) units at (\S+): found (\S+), expected (\S+); (\d+) of the wrong kind(?:, such as at (\S+))?")
BOUNDED = ("exp", "log", "tanh", "erf", "sigmoid", "gelu", "sin", "cos", "power", "pow")
SHOWN = {"power": "x^2.4", "pow": "x^y"}


def build(bmc, folder):
    source = page.ROOT / "bench/elementary"
    subprocess.run([bmc, source / "elementary.bm", "--emit=lib", "-o", folder / "elementary"], check=True)
    include = ["-I", folder, "-I", page.ROOT / "runtime/include"]
    program = folder / "errors"
    exact = folder / "exact.o"
    subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-c", source / "exact.c", "-o", exact], check=True)
    parts = [source / "errors.c", exact, folder / "libelementary.a", "-lm", "-o", program]
    subprocess.run(["gcc", "-O3", "-march=native", *include, *parts], check=True)
    return program


def measure(program, name, stride):
    result = subprocess.run([program, name, str(stride)], capture_output=True, text=True)
    if result.returncode > 1:
        raise RuntimeError(f"{name}: {result.stderr}")
    print(result.stdout, end="", flush=True)
    return LINE.match(result.stdout).groups()


def row(name, most, argument, found, expected, wrong, where):
    limit = "4" if name in BOUNDED else ""
    kinds = "right" if wrong == "0" else f"{wrong} wrong, such as at {where}"
    return [f"`{SHOWN.get(name, name)}`", most, limit, argument, found, expected, kinds]


def document(results, stride):
    what = "all 2^32 floats" if stride == 1 else f"every {stride}-th float and those near powers of two"
    head = ["", "most units off", "bound", "at", "computed", "true value", "NaN, infinities, signs of zeros"]
    return page.document(
        "Errors of the elementary functions",
        [
            f"Written by `bench/elementary.py` on {page.processor()}: {what}, compiled with the schedule that a program",
            "gets, beside the C library in double precision. Units are those of the last place of the true value as a",
            "float, subnormal numbers included. A power of two numbers is measured for one exponent with each base.",
        ],
        page.table(head, [row(*result) for result in results]),
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="all without any")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--bmc", type=pathlib.Path, default=page.ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=page.ROOT / "bench/elementary.md")
    return parser.parse_args()


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        program = build(options.bmc.resolve(), pathlib.Path(name))
        known = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split()
        names = options.functions or known
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = list(pool.map(lambda function: measure(program, function, options.stride), names))
    page.write(options.output, document(results, options.stride))


if __name__ == "__main__":
    main()
