"""Writes the example data sets as CSV files, from the copies that ship inside scikit-learn.

Command, from the repository's root, with a Python that has scikit-learn:  python examples/data/extract.py
Writes NAME-train.csv and NAME-test.csv beside this script: no header, the features, then the target in the last column.

- 80 % of the rows train and 20 % test, drawn with seed 7; the classes keep their proportions (diabetes has none).
- Features are standardised with the mean and the deviation of the training rows; the digits' pixels are divided by 16.
- The diabetes target is standardised as well, with the mean and the deviation of the training targets, so the errors that
  a program prints are in units of that deviation. All other targets are class numbers from 0.
"""

import pathlib

import numpy
from sklearn import datasets, model_selection

FOLDER = pathlib.Path(__file__).resolve().parent
CLASSES = {
    "breast_cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
}


def split(features, target, stratify):
    return model_selection.train_test_split(features, target, test_size=0.2, random_state=7, stratify=stratify)


def standardise(train, test):
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (test - mean) / deviation


def write(name, features, target, target_format):
    rows = numpy.column_stack([features, target])
    formats = ["%.6g"] * features.shape[1] + [target_format]
    numpy.savetxt(FOLDER / f"{name}.csv", rows, fmt=formats, delimiter=",")


def extract_classes(name, load):
    features, target = load(return_X_y=True)
    train_x, test_x, train_y, test_y = split(features, target, stratify=target)
    train_x, test_x = (train_x / 16, test_x / 16) if name == "digits" else standardise(train_x, test_x)
    write(f"{name}-train", train_x, train_y, "%d")
    write(f"{name}-test", test_x, test_y, "%d")


def extract_diabetes():
    features, target = datasets.load_diabetes(return_X_y=True)
    train_x, test_x, train_y, test_y = split(features, target, stratify=None)
    train_x, test_x = standardise(train_x, test_x)
    train_y, test_y = standardise(train_y, test_y)
    write("diabetes-train", train_x, train_y, "%.6g")
    write("diabetes-test", test_x, test_y, "%.6g")


if __name__ == "__main__":
    for name, load in CLASSES.items():
        extract_classes(name, load)
    extract_diabetes()
