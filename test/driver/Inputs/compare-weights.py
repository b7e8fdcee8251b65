"""Compares two weight files: the same names, types and shapes, numbers equal within a tolerance.

usage: compare-weights.py FILE FILE TOLERANCE
"""

import sys

from weight_file import read


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
