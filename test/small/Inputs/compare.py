"""Compares what two programs reported: compare.py A B TOLERANCE. The bits of floats, by lines of `name 0x3f800000`."""
import struct
import sys


def numbers(path):
    lines = [line.split() for line in open(path)]
    return [(name, struct.unpack("f", struct.pack("I", int(bits, 16)))[0]) for name, bits in lines]


first, second, tolerance = numbers(sys.argv[1]), numbers(sys.argv[2]), float(sys.argv[3])
if len(first) != len(second) or not first:
    sys.exit(f"{len(first)} and {len(second)} numbers")
for (name, a), (other, b) in zip(first, second):
    if name != other or not abs(a - b) <= tolerance * max(1, abs(a)):
        sys.exit(f"{name} {a!r}, {other} {b!r}")
print(f"{len(first)} numbers, largest difference {max(abs(a - b) for (_, a), (_, b) in zip(first, second)):.1e}")
