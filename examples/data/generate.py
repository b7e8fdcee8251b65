"""Writes the example data sets whose structure is known, because it is made up here.

Command, from the repository's root, with a Python that has NumPy:  python examples/data/generate.py
Writes NAME-train.csv and NAME-test.csv beside this script, without a header, the target in the last column.

- ratings: user (of 120), item (of 80), rating from 0.5 to 5 in halves: a mean, a bias of each user and item, the
  product of 3 hidden factors of both, and noise of deviation 0.5. No user rates an item twice. A model that knew the
  truth would have an RMSE of 0.5, and of about 0.52 with the rounding.
- fraud: eight numbers of a payment and whether it is a fraud, which 3 % are. Frauds are of two kinds, which lie in two
  corners of the honest payments' cloud, so no line separates them; they overlap with it.
"""

import pathlib

import numpy

FOLDER = pathlib.Path(__file__).resolve().parent
USERS, ITEMS, FACTORS, RATINGS = 120, 80, 3, 5000
PAYMENTS, FEATURES, FRAUD = 4000, 8, 0.03


def write(name, rows, formats, test):
    numpy.savetxt(FOLDER / f"{name}-train.csv", rows[:-test], fmt=formats, delimiter=",")
    numpy.savetxt(FOLDER / f"{name}-test.csv", rows[-test:], fmt=formats, delimiter=",")


def ratings(random):
    of_user, of_item = random.normal(0, 0.4, USERS), random.normal(0, 0.5, ITEMS)
    tastes, properties = random.normal(0, 0.7, (USERS, FACTORS)), random.normal(0, 0.7, (ITEMS, FACTORS))
    user, item = numpy.divmod(random.choice(USERS * ITEMS, RATINGS, replace=False), ITEMS)
    rating = 3.4 + of_user[user] + of_item[item] + (tastes[user] * properties[item]).sum(axis=1)
    rating = numpy.clip(numpy.round(2 * (rating + random.normal(0, 0.5, RATINGS))) / 2, 0.5, 5)
    write("ratings", numpy.column_stack([user, item, rating]), ["%d", "%d", "%g"], test=1000)


def fraud(random):
    is_fraud = random.random(PAYMENTS) < FRAUD
    first_kind = random.random(PAYMENTS) < 0.5
    x = random.normal(0, 1, (PAYMENTS, FEATURES))
    # Correlated features, as amounts and distances are.
    x = x @ (numpy.eye(FEATURES) + 0.3 * random.normal(0, 1, (FEATURES, FEATURES)))
    corner = numpy.zeros(FEATURES)
    corner[:3] = [2.0, 1.5, -1.5]
    x += numpy.where(is_fraud, numpy.where(first_kind, 1, -1), 0)[:, None] * corner
    x[is_fraud, 3] *= 0.3
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    write("fraud", numpy.column_stack([x, is_fraud]), ["%.3f"] * FEATURES + ["%d"], test=1200)


if __name__ == "__main__":
    ratings(numpy.random.default_rng(7))
    fraud(numpy.random.default_rng(8))
