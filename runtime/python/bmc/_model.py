"""Instances of compiled models: shapes and types are checked here, with both named, before the model is called."""

import collections.abc
import ctypes
import math
import os
import threading
import typing
import weakref

import numpy

from . import _abi


class Error(RuntimeError):
    """What a compiled model says went wrong; `status` is a bmc.Status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = _abi.Status(status)


class Tensor(typing.NamedTuple):
    """What a model tells about an input, a target, an output or a variable. Of the first three, the shape leaves out
    the row."""

    name: str
    dtype: numpy.dtype
    shape: tuple
    kind: _abi.Kind


class Layer(typing.NamedTuple):
    """What a model tells about a layer of its network; flops and bytes are those of the forward pass for one row."""

    name: str
    kind: str
    output: str
    depth: int
    parameters: int
    flops: float
    bytes: float


class Entry(typing.NamedTuple):
    """What a model tells about a method that can be called beside `predict`."""

    inputs: tuple
    outputs: tuple


class Measures(typing.NamedTuple):
    """The loss of a batch, and the model's metrics by their names: numbers or, such as a confusion matrix, arrays."""

    loss: float
    metrics: dict


def empty(shape, dtype="float32"):
    """An array without values whose memory a model reads and writes in place (others are copied)."""
    dtype = numpy.dtype(dtype)
    count = int(numpy.prod(shape, dtype=numpy.int64))
    memory = numpy.empty(count * dtype.itemsize + _abi.ALIGNMENT, numpy.uint8)
    begin = -memory.ctypes.data % _abi.ALIGNMENT
    return memory[begin : begin + count * dtype.itemsize].view(dtype).reshape(shape)


def load(path, *, rows=1, threads=1, trains=True, weights=None):
    """Loads a shared library that bmc made and makes an instance of its model.

    rows     room for batches of so many rows; it grows as it is needed
    threads  of parallel loops; 0: as many as there are CPUs. Results are the same
    trains   False: the instance has no memory for training
    weights  a Model of the same file whose parameters are used instead of own ones; needs trains=False
    """
    path = os.fspath(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"no compiled model {path!r}")
    # Without a slash the system would look in its own folders.
    library = ctypes.CDLL(os.path.abspath(path))
    try:
        table = _abi.Library.in_dll(library, "bmc_library")
    except ValueError:
        raise Error(_abi.Status.VERSION, f"{path}: not a model that bmc compiled with --emit=so") from None
    if table.version != _abi.VERSION:
        raise Error(
            _abi.Status.VERSION, f"{path}: expected a library of version {_abi.VERSION}, found {table.version}"
        )
    return Model(_Handle(library, table, rows, threads, trains, weights))


class _Handle:
    """An instance in C, ended when nothing refers to it any more: models and the arrays that view its memory do."""

    def __init__(self, library, table, rows, threads, trains, weights):
        self.library, self.table, self.weights = library, table, weights
        # Of the owner of the weights: the views of variables that are alive, and whether there was one since the library
        # heard that there is none any more.
        self.views, self.lends, self.lending = weakref.WeakSet(), False, threading.Lock()
        self.only_predict = set()  # names of inputs
        self.address = ctypes.c_void_p()
        message = ctypes.create_string_buffer(512)
        options = _abi.Options(
            ctypes.sizeof(_abi.Options),
            rows,
            threads,
            trains,
            None,
            weights._handle.address if weights is not None else None,
            ctypes.cast(message, ctypes.c_char_p),
            len(message),
        )
        status = table.create(ctypes.addressof(table), ctypes.byref(options), ctypes.byref(self.address))
        if status:
            raise Error(status, message.value.decode())

    def __del__(self):
        if self.address:
            self.table.destroy(self.address)

    def check(self, status):
        if status:
            raise Error(status, self.table.message(self.address).decode())

    @property
    def owner(self):
        """Of the instance whose weights are used."""
        return self if self.weights is None else self.weights._handle.owner

    def view(self, tensor):
        """A variable's memory; None where the instance does not hold it."""
        view = _View(self, tensor)
        owner = self.owner
        with owner.lending:
            address = self.table.find_variable(self.address, tensor.name.encode(), None)
            if not address:
                return None
            owner.views.add(view)
            owner.lends = True
        view.__array_interface__["data"] = (address, False)
        return numpy.asarray(view)

    def settle(self):
        """Where all views are gone nothing is written any more, and calls need not look at the weights again."""
        owner = self.owner
        if owner.lends and not owner.views:
            with owner.lending:
                if owner.lends and not owner.views:
                    owner.lends = False
                    owner.table.settle(owner.address)

    def describe(self, which, entry=None):
        """A list of the model, or of one of its entries."""
        model, found = ctypes.addressof(self.table), []
        of = () if entry is None else (entry,)
        count, describe = (
            (self.table.count, self.table.describe)
            if entry is None
            else (self.table.count_of_entry, self.table.describe_of_entry)
        )
        for index in range(count(model, *of, which)):
            tensor = _abi.Tensor()
            status = describe(model, *of, which, index, ctypes.byref(tensor))
            if status:
                raise Error(status, f"the model's {which.name.lower()} cannot be described")
            dtype = numpy.dtype(_abi.TYPES[tensor.type])
            shape = tuple(tensor.dims[: tensor.rank])
            found.append(Tensor(tensor.name.decode(), dtype, shape, _abi.Kind(tensor.kind)))
            if tensor.only_predict:
                self.only_predict.add(found[-1].name)
        return tuple(found)

    def layers(self):
        found = []
        for index in range(self.table.count(ctypes.addressof(self.table), _abi.List.LAYERS)):
            layer = _abi.Layer()
            self.table.describe_layer(ctypes.addressof(self.table), index, ctypes.byref(layer))
            texts = (value.decode() for value in (layer.name, layer.kind, layer.output))
            found.append(Layer(*texts, layer.depth, layer.parameters, layer.flops, layer.bytes))
        return tuple(found)


class _View:
    """Memory of an instance as NumPy asks for it; the array keeps this, and this the instance."""

    def __init__(self, handle, tensor):
        self.handle = handle
        self.__array_interface__ = {"version": 3, "shape": tensor.shape, "typestr": tensor.dtype.str}


class _Hypers(collections.abc.MutableMapping):
    """The numbers of the train block that can be changed, such as the learning rate."""

    def __init__(self, handle, names):
        self._handle, self._names = handle, names

    def _encoded(self, name):
        if name not in self._names:
            raise KeyError(f"no hyperparameter {name!r}; there are {', '.join(self._names) or 'none'}")
        return name.encode()

    def __getitem__(self, name):
        value = ctypes.c_double()
        table = self._handle.table
        self._handle.check(table.get_hyper(self._handle.address, self._encoded(name), ctypes.byref(value)))
        return value.value

    def __setitem__(self, name, value):
        self._handle.check(self._handle.table.set_hyper(self._handle.address, self._encoded(name), value))

    def __delitem__(self, name):
        raise TypeError("a model's hyperparameters stay")

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __repr__(self):
        return repr(dict(self))


class Model:
    """An instance of a compiled model. Threads may share one: calls wait for each other."""

    def __init__(self, handle):
        self._handle, self._table, self._lock = handle, handle.table, threading.Lock()
        self.name, self.source = (self._table.text(i).decode() for i in range(2))
        self.layers = handle.layers()
        self.inputs = handle.describe(_abi.List.INPUTS)
        self.targets = handle.describe(_abi.List.TARGETS)
        self.outputs = handle.describe(_abi.List.OUTPUTS)
        self.columns = handle.describe(_abi.List.COLUMNS)
        self._metrics = handle.describe(_abi.List.METRICS)
        self.metrics = tuple(metric.name for metric in self._metrics)
        self.hypers = _Hypers(handle, tuple(hyper.name for hyper in handle.describe(_abi.List.HYPERS)))
        self._variables = handle.describe(_abi.List.VARIABLES)
        self.entries = {
            entry.name: Entry(*(handle.describe(part, number) for part in (_abi.List.INPUTS, _abi.List.OUTPUTS)))
            for number, entry in enumerate(handle.describe(_abi.List.ENTRIES))
        }
        self._rows = 0

    def __repr__(self):
        def listed(tensors):
            return ", ".join(f"{t.name}: {t.dtype}{['rows', *t.shape]}".replace("'", "") for t in tensors)

        return f"<bmc.Model {self.name}({listed(self.inputs)}) -> {listed(self.outputs)}>"

    # Variables

    def _views(self, *kinds):
        views = {}
        for tensor in self._variables:
            if tensor.kind in kinds:
                view = self._handle.view(tensor)
                if view is not None:
                    views[tensor.name] = view
        return views

    @property
    def parameters(self):
        """The parameters by their names: arrays that view the model's memory, so that they can be read and written."""
        return self._views(_abi.Kind.PARAMETER, _abi.Kind.FROZEN)

    @property
    def buffers(self):
        """Running statistics, as `parameters`."""
        return self._views(_abi.Kind.BUFFER)

    @property
    def state(self):
        """The optimizer's state, as `parameters`."""
        return self._views(_abi.Kind.STATE)

    @property
    def step(self):
        """Steps of training so far."""
        return self._table.step(self._handle.address)

    def init(self, seed=0):
        """Gives all variables the initial values that belong to the seed."""
        with self._lock:
            self._handle.check(self._table.init(self._handle.address, seed))

    # Calls

    def train_step(self, *arrays, **named):
        """One step on a batch: inputs, then targets, in order or by name. The measures are those before the update."""
        return self._measured(self._table.train_step, "train_step", arrays, named)

    def evaluate(self, *arrays, **named):
        """Loss and metrics of a batch: inputs, then targets, in order or by name."""
        return self._measured(self._table.evaluate, "evaluate", arrays, named)

    def predict(self, *arrays, out=None, **named):
        """The outputs for a batch of inputs, given in order or by name: an array, or several by their names. `out` is
        an array, or several by name, to write into instead of new ones."""
        return self._answer(self._table.predict, "predict", self.inputs, self.outputs, arrays, out, named)

    def call(self, entry, *arrays, out=None, **named):
        """The outputs of an entry of the network, as `predict` gives those of `forward`: model.call("encode", x)."""
        if entry not in self.entries:
            raise TypeError(f"call: expected one of {', '.join(self.entries) or 'no entries'}, found {entry!r}")
        inputs, outputs = self.entries[entry]

        def function(address, *rest):
            return self._table.call(address, entry.encode(), *rest)

        return self._answer(function, entry, inputs, outputs, arrays, out, named)

    def end_epoch(self, value):
        """Tells schedules that learn from epochs, such as `plateau`, what an epoch came to: its (validation) loss."""
        with self._lock:
            self._handle.check(self._table.end_epoch(self._handle.address, value))

    def _answer(self, function, what, inputs, outputs, arrays, out, named):
        bound = _bind(what, inputs, arrays, named)
        rows = _row_count(inputs, bound)
        if len(outputs) == 1 and out is not None and not isinstance(out, dict):
            out = {outputs[0].name: out}
        found = {tensor.name: _output(tensor, rows, (out or {}).get(tensor.name)) for tensor in outputs}
        with self._lock:
            self._reserve(rows)
            self._handle.settle()
            self._handle.check(function(self._handle.address, _pointers(bound), rows, _pointers(found.values())))
        return found[outputs[0].name] if len(outputs) == 1 else found

    def prepare(self, columns):
        """The inputs, in their order, from raw columns: as the model's program makes them of a table, by what the weights
        tell that it learned. `columns` are arrays or lists in the order of `self.columns`, or by their names: numbers
        (NaN: missing) or texts (None: missing)."""
        if isinstance(columns, collections.abc.Mapping):
            missing = [column.name for column in self.columns if column.name not in columns]
            if missing:
                raise TypeError(f"prepare: expected the column {missing[0]!r}, found {', '.join(map(str, columns))}")
            columns = [columns[column.name] for column in self.columns]
        columns = list(columns)
        if len(columns) != len(self.columns):
            names = ", ".join(column.name for column in self.columns)
            raise TypeError(f"prepare: expected {len(self.columns)} columns ({names}), found {len(columns)}")
        texts = []
        raw = [_raw(column, values, texts) for column, values in zip(self.columns, columns)]
        rows = _row_count(self.columns, raw)
        inputs = [empty((rows, *tensor.shape), tensor.dtype) for tensor in self.inputs]
        with self._lock:
            self._handle.check(self._table.prepare(self._handle.address, _pointers(raw), rows, _pointers(inputs)))
        return inputs

    def predict_raw(self, columns):
        """Prepares raw columns, predicts, and brings what is a number back into the units of the targets' columns: an array
        of f64, or several by the outputs' names. Outputs for categories are the scores of the classes."""
        inputs = self.prepare(columns)
        outputs = self.predict(*inputs)
        outputs = outputs if isinstance(outputs, dict) else {self.outputs[0].name: outputs}
        restored = {}
        with self._lock:
            for index, (name, values) in enumerate(outputs.items()):
                to = numpy.empty(values.shape, numpy.float64)
                self._handle.check(
                    self._table.restore(
                        self._handle.address, index, values.ctypes.data, len(values), to.ctypes.data_as(_abi.doubles)
                    )
                )
                restored[name] = to
        return restored[self.outputs[0].name] if len(self.outputs) == 1 else restored

    def _measured(self, function, what, arrays, named):
        inputs = tuple(tensor for tensor in self.inputs if tensor.name not in self._handle.only_predict)
        tensors = inputs + self.targets
        bound = _bind(what, tensors, arrays, named)
        rows = _row_count(tensors, bound)
        given = {tensor.name: array for tensor, array in zip(tensors, bound)}
        sizes = [math.prod(metric.shape) for metric in self._metrics]
        loss, values = ctypes.c_double(), numpy.zeros(max(sum(sizes), 1))
        with self._lock:
            self._reserve(rows)
            self._handle.settle()
            self._handle.check(
                function(
                    self._handle.address,
                    _pointers(given.get(tensor.name) for tensor in self.inputs),
                    _pointers(given[tensor.name] for tensor in self.targets),
                    rows,
                    ctypes.byref(loss),
                    values.ctypes.data_as(_abi.doubles),
                )
            )
        metrics, begin = {}, 0
        for metric, size in zip(self._metrics, sizes):
            part = values[begin : begin + size]
            metrics[metric.name] = part.reshape(metric.shape) if metric.shape else float(part[0])
            begin += size
        return Measures(loss.value, metrics)

    def _reserve(self, rows):
        if rows > self._rows:
            self._handle.check(self._table.reserve(self._handle.address, rows))
            self._rows = rows

    # Weights

    def load(self, source, everything=False):
        """Loads a safetensors file, or bytes of one; `everything` with optimizer state, step and seed. Returns a warning
        about tensors that the model does not have, or an empty text."""
        contents = _abi.Contents.EVERYTHING if everything else _abi.Contents.WEIGHTS
        with self._lock:
            if isinstance(source, (bytes, bytearray, memoryview)):
                content = bytes(source)
                status = self._table.load_memory(self._handle.address, content, len(content), contents)
            else:
                status = self._table.load_file(self._handle.address, os.fsencode(source), contents)
            self._handle.check(status)
            return self._table.message(self._handle.address).decode()

    def save(self, path, everything=False):
        """Saves a safetensors file, whole or not at all."""
        contents = _abi.Contents.EVERYTHING if everything else _abi.Contents.WEIGHTS
        with self._lock:
            self._handle.check(self._table.save_file(self._handle.address, os.fsencode(path), contents))

    def dumps(self, everything=False):
        """The bytes that `save` writes."""
        contents = _abi.Contents.EVERYTHING if everything else _abi.Contents.WEIGHTS
        size = ctypes.c_size_t()
        with self._lock:
            address = self._handle.address
            status = self._table.save_memory(address, None, 0, ctypes.byref(size), contents)
            if status != _abi.Status.MEMORY:
                self._handle.check(status)
            content = ctypes.create_string_buffer(size.value)
            self._handle.check(self._table.save_memory(address, content, size, ctypes.byref(size), contents))
            return content.raw


# Arrays as the model takes them


def _bind(what, tensors, arrays, named):
    """The arrays of a call in the model's order, checked and contiguous."""
    names = [tensor.name for tensor in tensors]
    if len(arrays) > len(tensors):
        raise TypeError(f"{what}: expected {', '.join(names) or 'nothing'}, found {len(arrays)} arrays")
    given = dict(zip(names, arrays))
    for name, array in named.items():
        if name not in names:
            raise TypeError(f"{what}: expected {', '.join(names) or 'nothing'}, found {name!r}")
        if name in given:
            raise TypeError(f"{what}: {name!r} is given twice")
        given[name] = array
    missing = [name for name in names if name not in given]
    if missing:
        raise TypeError(f"{what}: expected {', '.join(names)}, found no {missing[0]!r}")
    return [_input(what, tensor, given[tensor.name]) for tensor in tensors]


def _shape_text(tensor):
    return "(" + ", ".join(["rows", *map(str, tensor.shape)]) + ")"


def _input(what, tensor, array):
    # Lists have no type of their own; an array's is not changed behind its owner's back.
    if not isinstance(array, numpy.ndarray):
        array = numpy.asarray(array, tensor.dtype)
    if array.dtype != tensor.dtype:
        raise TypeError(
            f"{what}: {tensor.name!r}: expected {tensor.dtype}, found {array.dtype}; "
            f"{tensor.name}.astype({str(tensor.dtype)!r}) converts"
        )
    if array.ndim == 0 or array.shape[1:] != tensor.shape:
        raise ValueError(f"{what}: {tensor.name!r}: expected the shape {_shape_text(tensor)}, found {array.shape}")
    return numpy.ascontiguousarray(array)


def _raw(column, values, texts):
    """A raw column as the library takes it: f64, or pointers to texts, which `texts` keeps."""
    if column.dtype != object:
        array = numpy.ascontiguousarray(values, numpy.float64)
    else:
        values = numpy.asarray(values, object)
        encoded = [None if value is None else ctypes.c_char_p(str(value).encode()) for value in values.flat]
        texts.extend(encoded)
        addresses = [0 if text is None else ctypes.cast(text, ctypes.c_void_p).value for text in encoded]
        array = numpy.array(addresses, numpy.uint64).reshape(values.shape)
    if array.ndim == 0 or array.shape[1:] != column.shape:
        raise ValueError(f"prepare: {column.name!r}: expected the shape {_shape_text(column)}, found {array.shape}")
    return array


def _output(tensor, rows, array):
    shape = (rows, *tensor.shape)
    if array is None:
        return empty(shape, tensor.dtype)
    if array.dtype != tensor.dtype:
        raise TypeError(f"predict: output {tensor.name!r}: expected {tensor.dtype}, found {array.dtype}")
    if array.shape != shape:
        raise ValueError(f"predict: output {tensor.name!r}: expected the shape {shape}, found {array.shape}")
    if not (array.flags.c_contiguous and array.flags.writeable):
        raise ValueError(f"predict: output {tensor.name!r}: expected a contiguous array that can be written")
    return array


def _row_count(tensors, arrays):
    if not arrays:
        return 1
    for tensor, array in zip(tensors, arrays):
        if len(array) != len(arrays[0]):
            raise ValueError(
                f"{tensor.name!r}: expected {len(arrays[0])} rows as {tensors[0].name!r} has, found {len(array)}"
            )
    return len(arrays[0])


def _pointers(arrays):
    arrays = list(arrays)
    return (ctypes.c_void_p * max(len(arrays), 1))(*(None if array is None else array.ctypes.data for array in arrays))
