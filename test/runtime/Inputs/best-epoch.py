"""Checks the output of `train` with a validation set.

best-epoch.py OUTPUT EVALUATED        the smallest validation loss is the loss that `evaluate` printed
best-epoch.py OUTPUT --patience N     the smallest one is N epochs before the last one
"""

import re
import sys


def losses(path, name):
    with open(path, encoding="utf-8") as file:
        return [float(number) for number in re.findall(name + r" Loss: (\S+?)(?:,|$)", file.read(), re.MULTILINE)]


valid = losses(sys.argv[1], "Valid")
if sys.argv[2] == "--patience":
    best = valid.index(min(valid))
    assert best == len(valid) - 1 - int(sys.argv[3]), (best, len(valid))
else:
    assert min(valid) == losses(sys.argv[2], "Test")[0], (min(valid), losses(sys.argv[2], "Test"))
    assert min(valid) == losses(sys.argv[1], "Test")[0]
