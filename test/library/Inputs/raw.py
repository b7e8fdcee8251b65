"""Raw columns through a library give what the program gives for the same table; what cannot be told is an error."""

import csv
import json
import math
import subprocess
import sys

import bmc
import numpy

rows = list(csv.DictReader(open("raw.csv", encoding="utf-8")))
model = bmc.load("./raw.so", rows=4)
names = [column.name for column in model.columns]
assert names == ["age", "sex", "fare", "x.3", "deck", "size", "size", "kind", "name"], names
assert [column.dtype == object for column in model.columns] == [False, True, False, False, True, False, False, True, True]


def number(text):
    return float(text) if text else math.nan


def columns(chosen):
    def texts(name):
        return [row[name] or None for row in chosen]

    def numbers(name):
        return [number(row[name]) for row in chosen]

    pair = [[number(row["a"]), number(row["b"])] for row in chosen]
    return [numbers("age"), texts("sex"), numbers("fare"), pair, texts("deck"), numbers("size"), numbers("size"),
            texts("kind"), texts("name")]  # fmt: skip


def fails(kind, message, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        assert message in str(error), error
    else:
        raise AssertionError(message)


model.init(0)
fails(bmc.Error, "the preparation of columns was not learned", model.prepare, columns(rows))
model.load("raw.safetensors")
expected = numpy.loadtxt("out", delimiter=",")
found = model.predict_raw(columns(rows))
numpy.testing.assert_allclose(found, expected, rtol=1e-6)
# Metrics are in the units of the data, as the program's.
x, targets = model.prepare(columns(rows)), numpy.loadtxt("targets", delimiter=",").astype("float32")
measured = json.loads(open("evaluated").read())
metrics = model.evaluate(*x, targets).metrics
for name, value in metrics.items():
    assert math.isclose(value, measured["train_" + name], rel_tol=1e-5), (name, value, measured)
# What was learned stays with the weights that the library saves.
model.save("again.safetensors")
again = bmc.load("./raw.so", rows=len(rows), trains=False)
again.load("again.safetensors")
numpy.testing.assert_array_equal(again.predict_raw(columns(rows)), found)
text = subprocess.run(["./raw", "predict", "raw.csv", "--weights", "again.safetensors"], capture_output=True, check=True)
assert text.stdout == open("out", "rb").read()
shared = bmc.load("./raw.so", trains=False, weights=model)
numpy.testing.assert_array_equal(shared.predict_raw(columns(rows)), found)
assert shared.evaluate(*x, targets).metrics == metrics

broken = columns(rows[:2])
broken[2] = [1.0, math.nan]
fails(bmc.Error, "row 1, column 'fare': expected a number that the input can hold", model.prepare, broken)
broken = columns(rows[:2])
broken[1] = ["male", "mail"]
fails(bmc.Error, "row 1, column 'sex': expected one of its categories, found mail", model.prepare, broken)
fails(TypeError, "expected 9 columns (age, sex, fare, x.3,", model.prepare, broken[:3])
fails(ValueError, "'x.3': expected the shape (rows, 2)", model.prepare, broken[:3] + [[1, 2]] + broken[4:])
fails(TypeError, "expected the column 'age', found a", model.prepare, {"a": 1})
simple = bmc.load("./simple.so")
simple.init(0)
numpy.testing.assert_array_equal(simple.prepare([[[1, 2, 3]]])[0], numpy.float32([[1, 2, 3]]))
numpy.testing.assert_allclose(simple.predict_raw([[[1, 2, 3]]]), simple.predict(numpy.float32([[1, 2, 3]])))
sys.stdout.write("prepared\n")
