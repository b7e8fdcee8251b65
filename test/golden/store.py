"""Writes golden values as small text and safetensors files.

Shared by the scripts beside it. Files are written so that a second run with the same PyTorch gives the same bytes.
"""

import json
import math
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent

# PyTorch type name -> (name in safetensors, name in model files).
TYPES = {
    "torch.float32": ("F32", "f32"),
    "torch.float64": ("F64", "f64"),
    "torch.int32": ("I32", "i32"),
    "torch.int64": ("I64", "i64"),
}


def save_safetensors(path, tensors):
    """Header length (u64), JSON header padded with spaces to 8 bytes, then the tensors' bytes without gaps."""
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": TYPES[str(tensor.dtype)][0],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def number(value):
    """JSON has no NaN and no infinities: they become the strings "nan", "inf" and "-inf"."""
    if isinstance(value, int) or math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def tensor(values):
    """A tensor as its type, shape and row-major data."""
    return {
        "type": TYPES[str(values.dtype)][1],
        "shape": list(values.shape),
        "data": [number(v) for v in values.detach().flatten().tolist()],
    }


def save_cases(path, cases):
    """One case a line of the file's list, so that a changed value shows up as a changed line."""
    lines = ",\n".join(json.dumps(case, allow_nan=False) for case in cases)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[\n{lines}\n]\n")
