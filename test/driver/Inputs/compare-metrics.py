"""Compares the metrics of a JSON line with those of scikit-learn.

usage: compare-metrics.py LINES.json EXPECTED.json SET PREFIX    (every line that has the metrics is compared)
"""

import json
import sys

import numpy as np

NAMES = {"hit_rate": "accuracy", "confusion": "confusion", "recall": "recall", "roc_auc": "roc_auc"}


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        expected = json.load(file)[sys.argv[3]]
    compared = 0
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in map(json.loads, file):
            for ours, theirs in NAMES.items():
                if sys.argv[4] + ours in line:
                    found = np.array(line[sys.argv[4] + ours])
                    np.testing.assert_allclose(found, np.array(expected[theirs]), rtol=1e-8, err_msg=ours)
                    compared += 1
    if compared < len(NAMES):
        sys.exit("the lines do not have all metrics")
    print(f"{compared} metrics agree")


if __name__ == "__main__":
    main()
