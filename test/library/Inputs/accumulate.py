"""Calls train_step on batches and says which calls changed the weights: accumulate.py LIBRARY TABLE."""

import sys

import bmc
import numpy

model = bmc.load(sys.argv[1], trains=True, rows=4)
rows = numpy.loadtxt(sys.argv[2], delimiter=",", dtype=numpy.float32)
model.init(seed=1)
changed, before = [], model.parameters["fc2.weight"].copy()
for call in range(1, 8):
    batch = rows[4 * call - 4 : 4 * call]
    model.train_step(batch[:, :3].copy(), batch[:, 3:].copy())
    if not numpy.array_equal(before, model.parameters["fc2.weight"]):
        changed.append(call)
        before = model.parameters["fc2.weight"].copy()
print("changed by call", ", ".join(map(str, changed)))
