"""Compares two run logs: the same epochs, each once and in order, and the same end; only times may differ.

usage: compare-logs.py FILE FILE
"""

import json
import sys

TIMES = ("seconds", "rows_per_second")


def read(path):
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    lines = [line for line in lines if line["event"] in ("epoch", "end")]
    return [{key: value for key, value in line.items() if key not in TIMES} for line in lines]


first, second = read(sys.argv[1]), read(sys.argv[2])
epochs = [line["epoch"] for line in first if line["event"] == "epoch"]
assert epochs == list(range(1, len(epochs) + 1)), epochs
for a, b in zip(first, second):
    assert a == b, (a, b)
assert len(first) == len(second), (len(first), len(second))
