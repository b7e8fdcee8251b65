"""Tests of the Python module: test_bmc.py FOLDER, where simple.so, iris.so and train.csv are."""

import os
import sys
import threading
import unittest

import numpy

import bmc

FOLDER = sys.argv.pop()
X = numpy.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], numpy.float32)
Y = numpy.array([[1], [0], [1]], numpy.float32)


def simple(**options):
    return bmc.load(os.path.join(FOLDER, "simple.so"), **options)


def iris(**options):
    return bmc.load(os.path.join(FOLDER, "iris.so"), **options)


class Descriptions(unittest.TestCase):
    def test_model(self):
        model = simple()
        self.assertEqual(model.name, "simple")
        self.assertEqual([layer.name for layer in model.layers], ["", "fc1", "fc2"])
        self.assertEqual((model.layers[1].kind, model.layers[1].parameters), ("Linear(in = 3, out = 2)", 8))
        self.assertEqual(model.inputs, (("x", numpy.dtype("f4"), (3,), 0),))
        self.assertEqual([t.name for t in model.targets + model.outputs], ["y", "output"])
        self.assertEqual(repr(model), "<bmc.Model simple(x: float32[rows, 3]) -> output: float32[rows, 1]>")
        self.assertEqual(iris().metrics, ("accuracy", "f1", "log_loss"))

    def test_two_models(self):
        self.assertEqual([simple().inputs[0].shape, iris().inputs[0].shape], [(3,), (4,)])


class Training(unittest.TestCase):
    def test_loss_falls(self):
        model = simple()
        model.init(seed=1)
        model.hypers["lr"] = 0.02
        first = model.train_step(x=X, y=Y)
        for _ in range(200):
            last = model.train_step(X, Y)
        self.assertLess(last.loss, first.loss)
        self.assertEqual(model.step, 201)
        self.assertEqual(model.hypers["lr"], 0.02)
        self.assertEqual(sorted(model.hypers), ["beta1", "beta2", "eps", "lr"])

    def test_metrics(self):
        model = iris()
        model.init()
        x, y = numpy.ones((6, 4), numpy.float32), numpy.zeros(6, numpy.int32)
        scores = model.predict(x)
        self.assertEqual(model.evaluate(x, y).metrics["accuracy"], float((scores.argmax(1) == y).mean()))

    def test_equal_seeds_are_equal(self):
        one, other = simple(), simple()
        one.init(seed=9)
        other.init(seed=9)
        self.assertEqual(one.dumps(), other.dumps())
        other.init(seed=10)
        self.assertNotEqual(one.dumps(), other.dumps())


class Predictions(unittest.TestCase):
    def setUp(self):
        self.model = simple()
        self.model.init(seed=2)

    def by_hand(self, x):
        p = self.model.parameters
        hidden = numpy.maximum(x @ p["fc1.weight"].T + p["fc1.bias"], 0)
        return hidden @ p["fc2.weight"].T + p["fc2.bias"]

    def test_values(self):
        numpy.testing.assert_allclose(self.model.predict(X), self.by_hand(X), rtol=1e-5)
        numpy.testing.assert_allclose(self.model.predict([[1, 2, 3]]), self.by_hand(X[:1]), rtol=1e-5)

    def test_strides(self):
        wide = numpy.repeat(X, 2, axis=0)[::2]
        numpy.testing.assert_array_equal(self.model.predict(wide), self.model.predict(X))
        numpy.testing.assert_array_equal(self.model.predict(numpy.asfortranarray(X)), self.model.predict(X))

    def test_out(self):
        out = bmc.empty((3, 1))
        self.assertEqual(out.ctypes.data % 64, 0)
        self.assertIs(self.model.predict(X, out=out), out)
        numpy.testing.assert_array_equal(out, self.model.predict(X))
        with self.assertRaisesRegex(ValueError, r"output 'output': expected the shape \(3, 1\), found \(3,\)"):
            self.model.predict(X, out=numpy.empty(3, numpy.float32))
        with self.assertRaisesRegex(TypeError, "output 'output': expected float32, found float64"):
            self.model.predict(X, out=numpy.empty((3, 1)))

    def test_many_rows(self):
        x = numpy.random.default_rng(0).normal(size=(5000, 3)).astype(numpy.float32)
        numpy.testing.assert_allclose(self.model.predict(x), self.by_hand(x), rtol=1e-4, atol=1e-5)

    def test_threads(self):
        expected = self.model.predict(X)
        wrong = []

        def work():
            for _ in range(200):
                if not (self.model.predict(X) == expected).all():
                    wrong.append(1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


class Parameters(unittest.TestCase):
    def test_views(self):
        model = simple()
        model.init()
        model.parameters["fc2.bias"][:] = 3
        self.assertEqual(model.parameters["fc2.bias"][0], 3)
        self.assertEqual(list(model.parameters), ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
        self.assertEqual(model.parameters["fc1.weight"].shape, (2, 3))
        self.assertEqual(len(model.state), 8)

    def test_views_outlive_their_model(self):
        model = simple()
        model.init(seed=4)
        weight = model.parameters["fc1.weight"]
        expected = weight.copy()
        del model
        simple().init(seed=5)
        numpy.testing.assert_array_equal(weight, expected)

    def test_shared_weights(self):
        model = simple()
        model.init()
        reader = simple(trains=False, weights=model)
        numpy.testing.assert_array_equal(reader.predict(X), model.predict(X))
        self.assertEqual(reader.state, {})


class Files(unittest.TestCase):
    def test_round_trip(self):
        model, other = simple(), simple()
        model.init(seed=3)
        for _ in range(5):
            model.train_step(X, Y)
        path = os.path.join(FOLDER, "saved.safetensors")
        model.save(path, everything=True)
        other.load(path, everything=True)
        self.assertEqual(other.step, 5)
        self.assertEqual(model.train_step(X, Y), other.train_step(X, Y))
        self.assertIn("8 tensors are not used", other.load(path))
        other.load(model.dumps())
        numpy.testing.assert_array_equal(other.predict(X), model.predict(X))


    def test_checkpoint_of_a_program(self):
        model, weights = simple(), simple()
        warning = model.load(os.path.join(FOLDER, "program.checkpoint.safetensors"), everything=True)
        weights.load(os.path.join(FOLDER, "program.safetensors"))
        self.assertIn("tensors are not used", warning)
        self.assertEqual((model.step, weights.step), (5, 0))
        numpy.testing.assert_array_equal(model.predict(X), weights.predict(X))
        self.assertTrue(all(values.any() for values in model.state.values()))


class Mistakes(unittest.TestCase):
    def setUp(self):
        self.model = simple()
        self.model.init()

    def expect(self, kind, text, function, *arguments, **named):
        with self.assertRaises(kind) as caught:
            function(*arguments, **named)
        self.assertIn(text, str(caught.exception))

    def test_arguments(self):
        model = self.model
        self.expect(TypeError, "train_step: expected x, y, found no 'y'", model.train_step, x=X)
        self.expect(TypeError, "train_step: expected x, y, found 'z'", model.train_step, x=X, z=Y)
        self.expect(TypeError, "train_step: 'x' is given twice", model.train_step, X, x=X)
        self.expect(TypeError, "predict: expected x, found 2 arrays", model.predict, X, Y)
        wide = X.astype(numpy.float64)
        self.expect(TypeError, "predict: 'x': expected float32, found float64; x.astype('float32')", model.predict, wide)
        self.expect(ValueError, "predict: 'x': expected the shape (rows, 3), found (3, 1)", model.predict, Y)
        self.expect(ValueError, "predict: 'x': expected the shape (rows, 3), found (3,)", model.predict, X[0])
        self.expect(ValueError, "'y': expected 3 rows as 'x' has, found 2", model.train_step, X, Y[:2])
        self.expect(KeyError, "no hyperparameter 'rate'; there are lr", model.hypers.__getitem__, "rate")

    def test_calls(self):
        self.expect(bmc.Error, "no weights yet", simple().predict, X)
        self.expect(bmc.Error, "expected 1 to", self.model.predict, numpy.empty((0, 3), numpy.float32))
        self.expect(bmc.Error, "made with `trains` 0", simple(trains=False).train_step, X, Y)

    def test_files(self):
        self.expect(FileNotFoundError, "no compiled model", bmc.load, "none.so")
        self.expect(bmc.Error, "none: cannot open: No such file", self.model.load, "none")
        self.expect(bmc.Error, "fc1.weight", self.model.load, iris_weights())
        try:
            self.model.load("none")
        except bmc.Error as error:
            self.assertEqual(error.status, bmc.Status.FILE)


def iris_weights():
    model = iris()
    model.init()
    return model.dumps()


if __name__ == "__main__":
    unittest.main()
