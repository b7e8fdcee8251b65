"""All cases with a fixed number of threads, as JSON lines on standard output.

    measure.py --threads T --bmc PATH [--quick] [--only TEXT]

`bench/run` starts it with the environment that JAX needs to keep to the threads.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import machine
import models
import numpy
import timing

NAMES = ("bmc", "PyTorch", "PyTorch compiled", "JAX", "ONNX Runtime", "OpenVINO", "copy")


class Contender:
    """A process that runs calls; see contender.py."""

    def __init__(self, name, options):
        command = [sys.executable, pathlib.Path(__file__).parent / "contender.py", name]
        command += ["--threads", str(options.threads), "--bmc", options.bmc]
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name}: the process ended")
        return json.loads(line)

    def run(self, calls):
        return self.ask(calls=calls)["seconds"]


def check(case, results, tolerance=2e-3):
    """A measurement of something else is worth nothing."""
    expected = results["PyTorch"]
    scale = max(numpy.abs(expected).max(), 1e-6)
    for name, result in results.items():
        difference = numpy.abs(result - expected).max() / scale
        if not difference < tolerance:
            sys.exit(f"{case.name}: the result of {name} differs from PyTorch's by {difference:.2g}")


def takes_part(contender, case, options):
    """torch.compile takes several seconds a case."""
    return contender.name != "PyTorch compiled" or case.kind == "train" or not options.quick


def measure(case, number, contenders, options):
    contenders = [contender for contender in contenders if takes_part(contender, case, options)]
    answers = {contender.name: contender.ask(prepare=number, only=options.only) for contender in contenders}
    check(case, {name: numpy.load(answer["result"]) for name, answer in answers.items() if answer["result"]})
    runs = {contender.name: contender.run for contender in contenders if answers[contender.name]["able"]}
    times = timing.summary(timing.take_turns(runs, 5 if options.quick else 15, rests=options.threads > 1))
    line = {"case": case.name, "kind": case.kind, "times": times, "flops": case.flops, "bytes": case.bytes}
    print(json.dumps(line), flush=True)


def describe_machine():
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps({"kind": "machine", **machine.Machine(pathlib.Path(folder)).facts()}), flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bmc", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and torch.compile for training steps only")
    parser.add_argument("--only", default="", help="cases whose name or kind has this text")
    return parser.parse_args()


def main():
    options = arguments()
    describe_machine()
    contenders = [Contender(name, options) for name in NAMES]
    for number, case in enumerate(models.cases(options.only)):
        measure(case, number, contenders, options)


if __name__ == "__main__":
    main()
