"""Checks the last line of JSON lines: each NAME>=NUMBER or NAME<=NUMBER must hold.

usage: metric-bounds.py LINES.json NAME>=NUMBER...
"""

import json
import re
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        last = json.loads(file.read().splitlines()[-1])
    for bound in sys.argv[2:]:
        name, order, number = re.fullmatch(r"(\w+)(>=|<=)(.+)", bound).groups()
        value = last[name]
        if not (value >= float(number) if order == ">=" else value <= float(number)):
            sys.exit(f"{name} is {value}, not {order} {number}")
    print(f"{len(sys.argv) - 2} bounds hold")


if __name__ == "__main__":
    main()
