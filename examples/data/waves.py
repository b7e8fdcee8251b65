"""Writes the waves as CSV files: sequences to tell apart by their form.

Command, from the repository's root, with a Python that has numpy:  python examples/data/waves.py
Writes waves-train.csv and waves-test.csv beside this script: a header, then the 24 samples of a wave and its form. The
length of a period (6 to 12 samples), the phase and the amplitude differ from wave to wave, and each sample has noise of
a deviation of 0.25 added.
"""

import csv
import pathlib

import numpy

FOLDER = pathlib.Path(__file__).resolve().parent
SAMPLES, NOISE = 24, 0.25
FORMS = {
    "sine": lambda turns: numpy.sin(2 * numpy.pi * turns),
    "square": lambda turns: numpy.where(turns % 1 < 0.5, 1.0, -1.0),
    "sawtooth": lambda turns: 2 * (turns % 1) - 1,
}


def waves(count, random):
    """The rows of a table, with equally many waves of each form."""
    forms = list(FORMS) * (count // len(FORMS))
    random.shuffle(forms)
    yield [f"sample {number}" for number in range(SAMPLES)] + ["form"]
    for form in forms:
        turns = random.uniform(0, 1) + numpy.arange(SAMPLES) / random.uniform(6, 12)
        samples = random.uniform(0.7, 1.3) * FORMS[form](turns) + NOISE * random.standard_normal(SAMPLES)
        yield [f"{sample:.3f}" for sample in samples] + [form]


if __name__ == "__main__":
    random = numpy.random.default_rng(7)
    for name, count in [("train", 600), ("test", 300)]:
        with open(FOLDER / f"waves-{name}.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(waves(count, random))
