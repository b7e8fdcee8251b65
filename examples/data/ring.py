"""Writes ring.csv: 1000 points of eight clouds on a ring, for examples/gan.bm.

Command, from the repository's root:  python examples/data/ring.py
"""

import math
import pathlib
import random


def main():
    draw = random.Random(1)
    with open(pathlib.Path(__file__).parent / "ring.csv", "w", encoding="utf-8") as file:
        file.write("x,y\n")
        for _ in range(1000):
            angle = draw.randrange(8) * math.pi / 4
            x, y = math.cos(angle) + draw.gauss(0, 0.05), math.sin(angle) + draw.gauss(0, 0.05)
            file.write(f"{x:.4f},{y:.4f}\n")


if __name__ == "__main__":
    main()
