"""One contender of a measurement, in a process of its own: threads that wait for work by spinning would take a processor
away from the others. `measure.py` tells it what to do, a JSON line each on standard input:

    {"prepare": N, "only": TEXT}   make ready for a case; the answer tells whether it can do it, and has the file of
                                   its first result if there is one
    {"calls": N}                   make so many calls; the answer has their seconds
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import time
import warnings

import inputs
import models
import numpy


def calls_of(function):
    """A function of a number of calls that gives their seconds."""

    def run(calls):
        begin = time.perf_counter()
        for _ in range(calls):
            function()
        return time.perf_counter() - begin

    return run


def copying(folder):
    """A copy of as many bytes as a case must read and write: what its memory allows."""
    import machine

    copier = machine.Machine(folder)
    return lambda case: (None, copier.copying(case.bytes) if case.bytes else None)


def preparer(name, compiler, folder, threads):
    """A function of a case that gives its first result and a function of calls, if the contender can do it."""
    if name == "copy":
        return copying(folder)
    if name == "bmc":
        import ours

        return ours.Contender(compiler, folder, threads).prepare
    import peers
    import torch

    torch.set_num_threads(threads)

    def prepare(case):
        call = peers.prepare(name, case, threads)
        return (call(), calls_of(call)) if call else (None, None)

    return prepare


def answer(stream, **values):
    stream.write(json.dumps(values) + "\n")
    stream.flush()


def serve(prepare, folder, answers):
    run = None
    for line in sys.stdin:
        command = json.loads(line)
        if "prepare" in command:
            result, run = prepare(models.cases(command["only"])[command["prepare"]])
            if result is not None:
                numpy.save(folder / "result.npy", inputs.joined(result if isinstance(result, list) else [result]))
            answer(answers, able=run is not None, result=None if result is None else str(folder / "result.npy"))
        else:
            answer(answers, seconds=run(command["calls"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bmc", type=pathlib.Path, required=True)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    # What libraries print goes to standard error: standard output belongs to the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        serve(preparer(options.name, options.bmc, folder, options.threads), folder, answers)


if __name__ == "__main__":
    main()
