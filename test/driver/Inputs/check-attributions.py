"""Compares what `explain` printed with PyTorch's: check-attributions.py METHOD CSV EXPECTED.json [TARGET]

Without a target the predicted classes are explained. The attributions of integrated gradients add up to the difference of
prediction and baseline, as far as 50 steps tell.
"""

import csv
import json
import sys

method, printed, expected, *target = sys.argv[1:]
rows = list(csv.DictReader(open(printed)))
cases = [case for case in json.load(open(expected)) if (case["target"] in target if target else case["is_predicted"])]
assert len(rows) == len(cases)
for row, case in zip(rows, cases):
    assert row.pop("target") == case["target"]
    found = {name: float(text) for name, text in row.items()}
    wanted = {"prediction": case["prediction"], **case[method]}
    if method == "integrated":
        wanted["baseline"] = case["baseline"]
        parts = sum(found[name] for name in case[method])
        assert abs(parts - (found["prediction"] - found["baseline"])) < 1e-3, row
    assert found.keys() == wanted.keys(), found
    for name, value in wanted.items():
        assert abs(found[name] - value) < 1e-5 * max(1, abs(value)), (name, found[name], value)
