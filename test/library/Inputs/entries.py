"""Tests of the Python module: entries.py AUTOENCODER GAN PLATEAU GOLDEN."""

import json
import math
import os
import struct
import sys
import unittest

import bmc
import numpy

AUTOENCODER, GAN, PLATEAU, GOLDEN = sys.argv[1:]
sys.argv[1:] = []


def tensors(path):
    with open(path, "rb") as file:
        data = file.read()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    return {
        name: numpy.frombuffer(data[end + begin[0] : end + begin[1]], "f4").reshape(entry["shape"])
        for name, entry in json.loads(data[8:end]).items()
        for begin in [entry["data_offsets"]]
    }


class Entries(unittest.TestCase):
    def test_encode_and_decode(self):
        model = bmc.load(AUTOENCODER)
        model.init(seed=3)
        self.assertEqual(list(model.entries), ["encode", "decode", "both"])
        self.assertEqual([t.name for t in model.entries["both"].inputs], ["x", "code"])
        self.assertEqual(model.entries["decode"].outputs[0].shape, (4,))
        self.assertEqual([t.name for t in model.inputs + model.targets], ["x"])
        x = numpy.random.default_rng(0).standard_normal((7, 4)).astype("f4")
        code = model.call("encode", x)
        self.assertEqual(code.shape, (7, 2))
        numpy.testing.assert_allclose(model.call("decode", code=code), model.predict(x), rtol=1e-6)
        both = model.call("both", x, code)
        numpy.testing.assert_array_equal(both["output.0"], code)
        with self.assertRaisesRegex(TypeError, "expected one of encode, decode, both, found 'none'"):
            model.call("none", x)
        with self.assertRaisesRegex(TypeError, "decode: expected code, found no 'code'"):
            model.call("decode")

    def test_steps(self):
        model = bmc.load(GAN, rows=5)
        model.init(seed=3)
        for name, value in tensors(os.path.join(GOLDEN, "gan-init.safetensors")).items():
            model.parameters[name][...] = value
        x = numpy.loadtxt(os.path.join(GOLDEN, "data.csv"), delimiter=",", dtype="f4")
        for epoch in range(6):
            for begin in range(0, len(x), 5):
                measures = model.train_step(x=x[begin : begin + 5].copy())
                self.assertEqual(math.isnan(measures.metrics["generator"]), model.step % 2 == 1)
        for name, value in tensors(os.path.join(GOLDEN, "gan-final.safetensors")).items():
            numpy.testing.assert_allclose(model.parameters[name], value, atol=2e-5)
        self.assertEqual(model.predict(numpy.zeros((2, 3), "f4")).shape, (2, 2))

    def test_plateau(self):
        model = bmc.load(PLATEAU)
        model.init()
        x, y = numpy.ones((1, 3), "f4"), numpy.ones((1, 1), "f4")

        def step():
            before = model.parameters["fc.bias"].copy()
            error = float(model.predict(x)[0, 0]) - 1
            model.train_step(x, y)
            return float((before - model.parameters["fc.bias"])[0]) / (2 * error)

        self.assertAlmostEqual(step(), 0.5, places=4)
        model.end_epoch(1.0)
        self.assertAlmostEqual(step(), 0.5, places=4)
        model.end_epoch(2.0)
        self.assertAlmostEqual(step(), 0.05, places=4)


unittest.main()
