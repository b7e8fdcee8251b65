"""The random numbers of compiled programs: Philox 4x32-10 under keys that are made of the seed, the step and the place of
a draw in its function (dialects/reference/Philox.h), as NumPy arrays."""

import numpy

MASK = 0xFFFFFFFF


def philox(counter, key):
    """Four words of a counter, a list of four integers or arrays of them."""
    c = [numpy.asarray(word, dtype=numpy.uint64) for word in counter]
    k0, k1 = key
    for _ in range(10):
        low, high = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(high >> 32) ^ c[1] ^ k0, high & MASK, (low >> 32) ^ c[3] ^ k1, low & MASK]
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c


def fold_in(key, number):
    words = philox([number, 0, 0, 1], key)
    return int(words[0]), int(words[1])


class Draws:
    """The draws of one step's function, in the order of the model file. `function` counts the steps of a train block."""

    def __init__(self, seed, step, function=0):
        self.key = fold_in((seed & MASK, seed >> 32), step)
        self.next = function << 20

    def uniform(self, *shape):
        key = fold_in(self.key, self.next)
        self.next += 1
        count = int(numpy.prod(shape))
        words = numpy.stack(philox([numpy.arange(-(-count // 4)), 0, 0, 0], key), axis=-1).reshape(-1)[:count]
        return ((words >> 8) / 2**24).astype(numpy.float32).reshape(shape)

    def normal(self, *shape):
        u, v = self.uniform(*shape).astype(numpy.float64), self.uniform(*shape).astype(numpy.float64)
        return (numpy.sqrt(-2 * numpy.log(1 - u)) * numpy.cos(2 * numpy.pi * v)).astype(numpy.float32)
