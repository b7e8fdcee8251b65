"""Writes the example data sets as CSV files, from the copies that ship inside scikit-learn.

Command, from the repository's root, with a Python that has scikit-learn:  python examples/data/extract.py
Writes NAME-train.csv and NAME-test.csv beside this script: a header, the features as they were measured, then the target in
the last column, classes by their names. What the networks need of them (standardised columns, class numbers) is said in the
model files.

80 % of the rows train and 20 % test, drawn with seed 7; the classes keep their proportions (diabetes has none).
"""

import csv
import pathlib

from sklearn import datasets, model_selection

FOLDER = pathlib.Path(__file__).resolve().parent
SETS = {
    "breast_cancer": (datasets.load_breast_cancer, "diagnosis"),
    "diabetes": (lambda: datasets.load_diabetes(scaled=False), "progression"),
    "digits": (datasets.load_digits, "digit"),
    "iris": (datasets.load_iris, "species"),
    "wine": (datasets.load_wine, "grower"),
}


def shown(value):
    return value if isinstance(value, str) else f"{value:.10g}"


def write(name, header, features, target):
    with open(FOLDER / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row, answer in zip(features, target):
            writer.writerow([shown(value) for value in [*row, answer]])


def extract(name, load, target_name):
    data = load()
    classes = getattr(data, "target_names", None)
    named = classes is not None and isinstance(classes[0], str)
    target = [str(classes[i]) if named else i for i in data.target]
    stratify = None if name == "diabetes" else data.target
    split = model_selection.train_test_split(data.data, target, test_size=0.2, random_state=7, stratify=stratify)
    header = [*data.feature_names, target_name]
    write(f"{name}-train", header, split[0], split[2])
    write(f"{name}-test", header, split[1], split[3])


if __name__ == "__main__":
    for name, (load, target_name) in SETS.items():
        extract(name, load, target_name)
