"""Compares two tables of numbers: compare-rows.py FILE FILE TOLERANCE."""

import sys

import numpy

first, second = (numpy.loadtxt(path, delimiter=",") for path in sys.argv[1:3])
assert first.shape == second.shape, (first.shape, second.shape)
assert numpy.abs(first - second).max() <= float(sys.argv[3]), (first, second)
