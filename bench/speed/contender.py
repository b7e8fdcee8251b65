"""One contender of a measurement, in a process of its own: threads that wait for work by spinning would take a processor
away from the others. `measure.py` tells it what to do, a JSON line each on standard input:

    {"prepare": N, "only": TEXT}   make ready for a case; the answer has the file of its first result, if it can do it
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


def preparer(name, compiler, folder, threads):
    """A function of a case that gives the first result, a function of calls, and what else is known."""
    if name == "bmc":
        import ours

        return ours.Contender(compiler, folder, threads).prepare
    import peers
    import torch

    torch.set_num_threads(threads)

    def prepare(case):
        call = peers.prepare(name, case, threads)
        return (call(), calls_of(call), {}) if call else (None, None, {})

    return prepare


def answer(stream, **values):
    stream.write(json.dumps(values) + "\n")
    stream.flush()


def serve(prepare, folder, answers):
    run = None
    for line in sys.stdin:
        command = json.loads(line)
        if "prepare" in command:
            result, run, facts = prepare(models.cases(command["only"])[command["prepare"]])
            if run:
                numpy.save(folder / "result.npy", result)
            answer(answers, result=str(folder / "result.npy") if run else None, facts=facts)
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
