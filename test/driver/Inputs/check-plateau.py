"""Checks the rates in a run log against what they must be by the validation losses beside them.

usage: check-plateau.py LOG RATE FACTOR PATIENCE THRESHOLD
"""

import json
import sys

path, rate, factor, patience, threshold = sys.argv[1], *map(float, sys.argv[2:])
best, waited, changes = float("inf"), 0, 0
with open(path, encoding="utf-8") as file:
    epochs = [line for line in map(json.loads, file) if line["event"] == "epoch"]
for epoch in epochs:
    found = epoch["rates"]["lr"]
    assert abs(found - rate) <= 1e-8 * rate, (epoch["epoch"], found, rate)
    better = epoch["valid_loss"] < best * (1 - threshold)
    best, waited = (epoch["valid_loss"], 0) if better else (best, waited + 1)
    if waited > patience:
        rate, waited, changes = rate * factor, 0, changes + 1
print(f"{changes} changes in {len(epochs)} epochs")
