"""Compares the data in a report with what the program itself says: NAME.html with NAME.jsonl, NAME-test.json
(`evaluate --json`) and NAME-answers.csv (`predict`)."""

import csv
import json
import sys

from report_page import embedded, events

name, data = sys.argv[1:]
report = embedded(f"{name}.html")
assert report["log"] == open(f"{name}.jsonl").read()
assert report["info"]["name"] == name and report["weights"] == f"{name}.safetensors"

# The numbers of the sets.
evaluated = json.load(open(f"{name}-test.json"))
sets = {one["name"]: one for one in report["sets"]}
assert {f"test_{key}": value for key, value in sets["test"]["measures"].items()} == evaluated
start = events(report)[0]
assert {key: {"path": one["path"], "rows": one["rows"]} for key, one in sets.items()} == start["data"]
end = events(report)[-1]
assert {key: value for key, value in end.items() if key.startswith("test_")} == evaluated

# The predictions for the test set.
wanted = [row[-1] for row in csv.reader(open(data))][1:]
answers = list(csv.reader(open(f"{name}-answers.csv")))
(outcome,) = report["outcomes"]
assert outcome["field"] == "y" and outcome["rows"] == len(wanted) == len(answers)
if "counts" in outcome:
    labels = outcome["labels"]
    counts = [[0] * len(labels) for _ in labels]
    for is_, said in zip(wanted, answers):
        # The name of the class, or a score for each.
        predicted = labels.index(said[0]) if len(said) == 1 else max(range(len(said)), key=lambda i: float(said[i]))
        counts[labels.index(is_)][predicted] += 1
    assert counts == outcome["counts"], outcome
else:
    (pairs,) = outcome["pairs"]
    for (is_, said), row, (answer,) in zip(pairs, wanted, answers, strict=True):
        assert abs(is_ - float(row)) < 1e-4 * abs(float(row)) and abs(said - float(answer)) < 1e-4 * abs(said)
