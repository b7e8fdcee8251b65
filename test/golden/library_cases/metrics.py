"""Metrics."""

from store import tensor

from .common import f64, labels, random


def cases(generator):
    logits = random(generator, 8, 5)
    ties = f64([[1, 1, 0, 0, 0], [0, 2, 2, 0, 0], [3, 3, 3, 3, 3], [-1, -1, -1, -2, -2]])
    for name, values, target in [("ordinary", logits, [0, 4, 2, 2, 1, 3, 0, 1]), ("ties", ties, [0, 2, 0, 1])]:
        hits = (values.argmax(dim=1) == labels(target)).double()
        yield {
            "case": name,
            "call": "accuracy(logits, target)",
            "inputs": {"logits": tensor(values), "target": tensor(labels(target))},
            "value": tensor(hits.mean()),
        }
