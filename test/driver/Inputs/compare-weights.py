"""Compares two weight files: the same names, types and shapes, numbers equal within a tolerance.

usage: compare-weights.py FILE FILE TOLERANCE
"""

import json
import struct
import sys

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q"}


def read(path):
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


def main():
    ours, theirs, tolerance = read(sys.argv[1]), read(sys.argv[2]), float(sys.argv[3])
    if ours.keys() != theirs.keys():
        sys.exit(f"other names: {sorted(ours.keys() ^ theirs.keys())}")
    for name, (kind, shape, values) in ours.items():
        if (kind, shape) != theirs[name][:2]:
            sys.exit(f"{name}: {kind} {shape} against {theirs[name][:2]}")
        for a, b in zip(values, theirs[name][2]):
            if not abs(a - b) <= tolerance * max(1, abs(a), abs(b)):
                sys.exit(f"{name}: {a} against {b}, beyond {tolerance}")
    print(f"{len(ours)} tensors agree")


if __name__ == "__main__":
    main()
