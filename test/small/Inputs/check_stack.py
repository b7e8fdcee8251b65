"""Compares the stack that the compiler says functions need with what they used on a board.

usage: check_stack.py SIZES USED

It must be enough, and not much more: another path may need it, and the call of a function around them is in what was used.
"""

import re
import struct
import sys

AROUND = 64  # bytes of the frames around the model's function


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        told = {name: int(size) for name, size in re.findall(r"stack of (\w+) (\d+) bytes", file.read())}
    with open(sys.argv[2], encoding="utf-8") as file:
        used = dict(line.split() for line in file)
    for name, bits in used.items():
        size = struct.unpack("<f", struct.pack("<I", int(bits, 16)))[0]
        print(f"{name}: {told[name]} bytes told, {size:.0f} used")
        if not told[name] + AROUND >= size >= told[name] / 2:
            sys.exit(f"{name}: expected the bytes that were told to be enough, and no more than twice what is used")
    if len(used) < 3:
        sys.exit("the board did not measure three functions")


if __name__ == "__main__":
    main()
