"""The C interface of a compiled model, as <bmc/model.h> declares it. Nothing else of this package knows its layout."""

import ctypes
import enum

VERSION = 3
ALIGNMENT = 64
MAXIMUM_RANK = 8


class Status(enum.IntEnum):
    OK = 0
    ARGUMENT = 1
    ROWS = 2
    STATE = 3
    FILE = 4
    FORMAT = 5
    MEMORY = 6
    KERNEL = 7
    VERSION = 8


class List(enum.IntEnum):
    INPUTS = 0
    TARGETS = 1
    OUTPUTS = 2
    VARIABLES = 3
    METRICS = 4
    HYPERS = 5
    LAYERS = 6
    ENTRIES = 7
    COLUMNS = 8


class Kind(enum.IntEnum):
    VALUE = 0
    PARAMETER = 1
    FROZEN = 2
    BUFFER = 3
    STATE = 4
    METRIC = 5


class Contents(enum.IntEnum):
    WEIGHTS = 0
    EVERYTHING = 1


TYPES = ("float32", "float64", "int32", "int64", "bool", "object")  # by enum bmc_type; the last one is text

pointer = ctypes.c_void_p
integer = ctypes.c_int64
text = ctypes.c_char_p
status = ctypes.c_int
pointers = ctypes.POINTER(ctypes.c_void_p)
doubles = ctypes.POINTER(ctypes.c_double)


class Tensor(ctypes.Structure):
    _fields_ = [
        ("name", text),
        ("type", ctypes.c_int32),
        ("kind", ctypes.c_int32),
        ("rank", ctypes.c_int32),
        ("only_predict", ctypes.c_int32),
        ("dims", integer * MAXIMUM_RANK),
        ("bytes", integer),
    ]


class Layer(ctypes.Structure):
    _fields_ = [
        ("name", text),
        ("kind", text),
        ("output", text),
        ("depth", integer),
        ("parameters", integer),
        ("flops", ctypes.c_double),
        ("bytes", ctypes.c_double),
    ]


class Options(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("rows", integer),
        ("threads", ctypes.c_int32),
        ("trains", ctypes.c_int32),
        ("allocator", pointer),
        ("weights", pointer),
        ("message", text),
        ("message_bytes", ctypes.c_size_t),
    ]


_measured = ctypes.CFUNCTYPE(status, pointer, pointers, pointers, integer, doubles, doubles)


class Library(ctypes.Structure):
    _fields_ = [
        ("version", integer),
        ("compiler", text),
        ("text", ctypes.CFUNCTYPE(text, ctypes.c_int)),
        ("program", pointer),
        ("count", ctypes.CFUNCTYPE(integer, pointer, ctypes.c_int)),
        ("describe", ctypes.CFUNCTYPE(status, pointer, ctypes.c_int, integer, ctypes.POINTER(Tensor))),
        ("describe_layer", ctypes.CFUNCTYPE(status, pointer, integer, ctypes.POINTER(Layer))),
        ("create", ctypes.CFUNCTYPE(status, pointer, ctypes.POINTER(Options), ctypes.POINTER(pointer))),
        ("destroy", ctypes.CFUNCTYPE(None, pointer)),
        ("message", ctypes.CFUNCTYPE(text, pointer)),
        ("reserve", ctypes.CFUNCTYPE(status, pointer, integer)),
        ("init", ctypes.CFUNCTYPE(status, pointer, ctypes.c_uint64)),
        ("train_step", _measured),
        ("evaluate", _measured),
        ("predict", ctypes.CFUNCTYPE(status, pointer, pointers, integer, pointers)),
        ("find_variable", ctypes.CFUNCTYPE(pointer, pointer, text, ctypes.POINTER(Tensor))),
        ("set", ctypes.CFUNCTYPE(status, pointer, text, pointer, ctypes.c_size_t)),
        ("get", ctypes.CFUNCTYPE(status, pointer, text, pointer, ctypes.c_size_t)),
        ("set_hyper", ctypes.CFUNCTYPE(status, pointer, text, ctypes.c_double)),
        ("get_hyper", ctypes.CFUNCTYPE(status, pointer, text, doubles)),
        ("step", ctypes.CFUNCTYPE(integer, pointer)),
        ("load_file", ctypes.CFUNCTYPE(status, pointer, text, ctypes.c_int)),
        ("load_memory", ctypes.CFUNCTYPE(status, pointer, text, ctypes.c_size_t, ctypes.c_int)),
        ("save_file", ctypes.CFUNCTYPE(status, pointer, text, ctypes.c_int)),
        (
            "save_memory",
            ctypes.CFUNCTYPE(
                status, pointer, pointer, ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t), ctypes.c_int
            ),
        ),
        ("count_of_entry", ctypes.CFUNCTYPE(integer, pointer, integer, ctypes.c_int)),
        (
            "describe_of_entry",
            ctypes.CFUNCTYPE(status, pointer, integer, ctypes.c_int, integer, ctypes.POINTER(Tensor)),
        ),
        ("call", ctypes.CFUNCTYPE(status, pointer, text, pointers, integer, pointers)),
        ("end_epoch", ctypes.CFUNCTYPE(status, pointer, ctypes.c_double)),
        ("prepare", ctypes.CFUNCTYPE(status, pointer, pointers, integer, pointers)),
        ("restore", ctypes.CFUNCTYPE(status, pointer, integer, pointer, integer, doubles)),
        ("settle", ctypes.CFUNCTYPE(None, pointer)),
    ]
