"""Arrays that view weights may be written at any time; calls pack again only while there are such arrays."""

import ctypes
import sys

import bmc
import numpy

X = numpy.linspace(-1, 1, 3 * 256, dtype=numpy.float32).reshape(3, 256)
model = bmc.load(sys.argv[1])
model.init(seed=1)
reader = bmc.load(sys.argv[1], trains=False, weights=model)


def check(used):
    """That it predicts what an instance does which never had other weights."""
    fresh = bmc.load(sys.argv[1], trains=False)
    fresh.load(model.dumps())
    numpy.testing.assert_array_equal(used.predict(X), fresh.predict(X))


check(model)
check(reader)
weight = model.parameters["fc1.weight"]
part = weight[1:3]
del weight
for row in range(2):
    part[row] += 1
    check(reader)
    check(model)
assert model._handle.lends

# The last view is gone: from the next call on nothing may have been written.
part[0, 0] = 5
address = part.ctypes.data
del part
check(reader)
check(model)
assert not model._handle.lends and not reader._handle.lends
before = model.predict(X)
ctypes.cast(address, ctypes.POINTER(ctypes.c_float))[7] += 1
numpy.testing.assert_array_equal(model.predict(X), before)

# Another one, by the instance that reads the weights.
reader.parameters["fc1.weight"][5, 5] = 7
assert model._handle.lends
check(reader)
check(model)
print("always current")
