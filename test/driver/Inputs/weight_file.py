"""Reads weight files (the safetensors format), for the scripts beside this one."""

import json
import struct

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q"}


def read(path):
    """The type, the shape and the values of each tensor, by its name."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    result = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        letter, (begin, end) = FORMATS[entry["dtype"]], entry["data_offsets"]
        count = (end - begin) // struct.calcsize(letter)
        values = struct.unpack(f"<{count}{letter}", data[8 + length + begin : 8 + length + end])
        result[name] = (entry["dtype"], entry["shape"], values)
    return result
