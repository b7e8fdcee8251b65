"""`data`: makes the arrays. `measure PROGRAM`: compares the memory of a program with what it plans."""

import json
import os
import subprocess
import sys

SLACK = 1 << 20  # the program's own code and tables, and pages that are touched or not, by chance


def peak(*command):
    """The most resident bytes of a program. (The count begins with those of this process when it was copied.)"""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return usage.ru_maxrss << 10


def measure(program):
    train = (program, "train", "--quiet", "--threads", "1", "--epochs")
    few, many = peak(*train, "2"), peak(*train, "20")
    print(f"20 epochs take {'as much as' if abs(many - few) < SLACK else f'{many - few} bytes more than'} 2")
    planned = json.loads(subprocess.check_output([program, "info", "--json"]))["planned_bytes"]
    data = os.path.getsize("x.npy") + os.path.getsize("y.npy")
    most = planned + 4 * data + SLACK  # mapped, read, and copied for batches
    print(f"it takes {'what is planned' if planned - SLACK < many < most else f'{many} bytes, planned are {planned}'}")


if sys.argv[1] == "data":
    import numpy

    x = numpy.random.default_rng(1).normal(size=(256, 64)).astype("f4")
    numpy.save("x.npy", x)
    numpy.save("y.npy", x.sum(axis=1, keepdims=True))
else:
    measure(sys.argv[2])
