"""Trains examples/iris.bm from Python: `bmc examples/iris.bm --emit=so`, then `python train.py ./iris.so`."""

import sys

import numpy

import bmc


SPECIES = ["setosa", "versicolor", "virginica"]


def read(path):
    rows = numpy.loadtxt(path, delimiter=",", dtype=str, skiprows=1)
    return rows[:, :4].astype(numpy.float32), numpy.array([SPECIES.index(name) for name in rows[:, 4]], numpy.int32)


def batches(rows, size, random):
    order = random.permutation(rows)
    return [order[begin : begin + size] for begin in range(0, rows, size)]


def main(library, folder="examples/data"):
    model = bmc.load(library)
    print(model)
    x, y = read(f"{folder}/iris-train.csv")
    test_x, test_y = read(f"{folder}/iris-test.csv")
    # A library takes values as the network sees them.
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    x, test_x = (x - mean) / deviation, (test_x - mean) / deviation
    random = numpy.random.default_rng(0)
    model.init(seed=0)
    for epoch in range(60):
        for rows in batches(len(x), 16, random):
            model.train_step(x[rows], y[rows])
    print(f"loss {model.evaluate(x, y).loss:.3f} after {model.step} steps")
    hits = (model.predict(x=test_x).argmax(axis=1) == test_y).sum()
    print(f"{hits} of {len(test_y)} test rows right")

    model.save("iris.safetensors")
    reader = bmc.load(library, trains=False)
    reader.load("iris.safetensors")
    assert (reader.predict(test_x) == model.predict(test_x)).all()
    for name, values in reader.parameters.items():
        print(f"{name}: {values.dtype}{list(values.shape)}, mean {values.mean():.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
