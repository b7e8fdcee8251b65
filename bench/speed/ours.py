"""Compiled models as functions that run a number of calls, timed in C without Python between them."""

import ctypes
import pathlib
import subprocess
import sys

import inputs

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "runtime/python"))
import bmc  # noqa: E402


class Compiled:
    """A model file, compiled as a shared library."""

    def __init__(self, compiler, source, folder, name):
        file = folder / f"{name}.bm"
        file.write_text(source)
        self.path = folder / f"{name}.so"
        subprocess.run([compiler, file, "--emit=so", "-o", folder / name], check=True)

    def load(self, **options):
        return bmc.load(self.path, **options)


def loops(folder):
    """`loop.c` as a library."""
    path = folder / "loop.so"
    include = ROOT / "runtime/include"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-I", include, ROOT / "bench/speed/loop.c", "-o", path], check=True)
    library = ctypes.CDLL(str(path))
    for function in (library.train_steps, library.predictions):
        function.restype = ctypes.c_double
    return library


def addresses(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def checked(seconds):
    if seconds < 0:
        raise RuntimeError("a call of a compiled model failed")
    return seconds


def training(library, model, inputs, targets):
    """A function of a number of calls that gives their seconds."""
    rows = ctypes.c_int64(len(inputs[0]))
    kept = addresses(inputs), addresses(targets), inputs, targets  # the arrays live as long as the function
    return lambda calls: checked(
        library.train_steps(model._handle.address, kept[0], kept[1], rows, ctypes.c_int64(calls))
    )


def predicting(library, model, inputs):
    rows = len(inputs[0])
    outputs = [bmc.empty((rows, *output.shape), output.dtype) for output in model.outputs]
    kept = addresses(inputs), addresses(outputs), inputs, outputs  # the arrays live as long as the function
    return lambda calls: checked(
        library.predictions(model._handle.address, kept[0], ctypes.c_int64(rows), kept[1], ctypes.c_int64(calls))
    )


def aligned(array):
    copy = bmc.empty(array.shape, array.dtype)
    copy[...] = array
    return copy


class Contender:
    """Compiles what cases need, once, and gives for each the first result, a function of calls, and what else is known."""

    def __init__(self, compiler, folder, threads):
        self.compiler, self.folder, self.threads = compiler, folder, threads
        self.library, self.compiled = loops(folder), {}

    def load(self, case):
        """The compiled model and an instance with the case's parameters."""
        if case.model not in self.compiled:
            name = f"model{len(self.compiled)}"
            self.compiled[case.model] = Compiled(self.compiler, case.model.source(), self.folder, name)
        model = self.compiled[case.model].load(rows=case.rows, threads=self.threads)
        model.init(seed=1)
        for name, array in inputs.parameters(case).items():
            {**model.parameters, **model.buffers}[name][...] = array
        return model

    def prepare(self, case):
        model = self.load(case)
        x, y = inputs.arrays(case)
        if not y:
            answer = model.predict(*x)
            results = answer.values() if isinstance(answer, dict) else [answer]
            return list(results), predicting(self.library, model, [aligned(array) for array in x])
        target = y[0].astype(model.targets[0].dtype)
        first = model.train_step(*x, target).loss
        return first, training(self.library, model, [aligned(array) for array in x], [aligned(target)])
