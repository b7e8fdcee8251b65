"""Makes and shows weight files, without any library.

tensors.py make FILE [NAME=VALUES]...   a valid file of f32 tensors: `b=1,2` has shape [2], `w=1;2;3` has shape [3, 1];
                                        a name may end in `:F64`, `:I32`, ...
tensors.py raw FILE HEADER DATA-BYTES   a file with this header, as it stands, and so many zero bytes behind it
tensors.py show FILE                    one line a tensor
"""

import json
import struct
import sys

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q", "F16": "e", "BF16": "H", "BOOL": "?"}


def store(path, header, data):
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + data)


def make(path, pairs):
    header, data = {}, b""
    for pair in pairs:
        name, values = pair.split("=")
        name, _, kind = name.partition(":")
        kind = kind or "F32"
        rows = [[float(cell) for cell in row.split(",")] for row in values.split(";")]
        shape = [len(rows), len(rows[0])] if ";" in values else [len(rows[0])]
        flat = [int(cell) if kind in ("I32", "I64") else cell for row in rows for cell in row]
        if kind == "BF16":  # the upper half of an f32
            flat = [struct.unpack("<I", struct.pack("<f", cell))[0] >> 16 for cell in flat]
        packed = struct.pack(f"<{len(flat)}{FORMATS[kind]}", *flat)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    store(path, json.dumps(header).encode(), data)


def show(path):
    content = open(path, "rb").read()
    length = struct.unpack("<Q", content[:8])[0]
    assert length % 8 == 0, "the data is not aligned"
    header = json.loads(content[8 : 8 + length])
    print("metadata", header.pop("__metadata__", None))
    for name, tensor in header.items():
        begin, end = (8 + length + offset for offset in tensor["data_offsets"])
        count = (end - begin) // struct.calcsize(FORMATS[tensor["dtype"]])
        values = struct.unpack(f"<{count}{FORMATS[tensor['dtype']]}", content[begin:end])
        print(name, tensor["dtype"], tensor["shape"], *(f"{value:.9g}" for value in values))


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3:])
elif sys.argv[1] == "raw":
    store(sys.argv[2], sys.argv[3].encode(), bytes(int(sys.argv[4])))
else:
    show(sys.argv[2])
