"""Scores, classes and the metrics of them, for the program of test/driver/metrics.test.

Scores have ties, also between rows of different classes, and class 2 is never predicted in one of the sets.
"""

import json
import os

import numpy as np
from sklearn import metrics

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "metrics")


def rows(seed, count):
    random = np.random.default_rng(seed)
    scores = np.round(random.normal(size=(count, 3)) * 4) / 4
    classes = random.integers(0, 3, size=count)
    scores[np.arange(count), classes] += 0.75
    return scores, classes


def expected(scores, classes):
    predicted = scores.argmax(axis=1)
    return {
        "accuracy": metrics.accuracy_score(classes, predicted),
        "confusion": metrics.confusion_matrix(classes, predicted, labels=[0, 1, 2]).tolist(),
        "recall": metrics.recall_score(classes, predicted, average=None, labels=[0, 1, 2]).tolist(),
        "roc_auc": metrics.roc_auc_score(classes == 0, scores[:, 0]),
    }


def main():
    os.makedirs(HERE, exist_ok=True)
    result = {}
    for name, seed, count in (("train", 1, 50), ("test", 2, 23)):
        scores, classes = rows(seed, count)
        with open(os.path.join(HERE, name + ".csv"), "w", encoding="utf-8") as file:
            for row, label in zip(scores, classes):
                print(*row, label, sep=",", file=file)
        result[name] = expected(scores, classes)
    with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
