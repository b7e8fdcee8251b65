"""Compares two outputs of `train` line by line: the same words, numbers equal within a relative tolerance.

usage: compare-losses.py FILE FILE TOLERANCE
"""

import re
import sys

NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def main():
    ours, theirs, tolerance = read(sys.argv[1]), read(sys.argv[2]), float(sys.argv[3])
    if len(ours) != len(theirs) or not ours:
        sys.exit(f"{len(ours)} lines against {len(theirs)}")
    for a, b in zip(ours, theirs):
        if NUMBER.sub("#", a) != NUMBER.sub("#", b):
            sys.exit(f"other words: '{a}' against '{b}'")
        for x, y in zip(map(float, NUMBER.findall(a)), map(float, NUMBER.findall(b))):
            if abs(x - y) > tolerance * max(abs(x), abs(y)):
                sys.exit(f"'{a}' against '{b}': beyond {tolerance}")
    print(f"{len(ours)} lines agree")


if __name__ == "__main__":
    main()
