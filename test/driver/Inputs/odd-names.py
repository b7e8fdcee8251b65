"""Gives a class of the iris data a name that a careless page would take for its own text."""

import pathlib
import sys

for path in pathlib.Path(sys.argv[1]).glob("iris-*.csv"):
    path.write_text(path.read_text().replace("virginica", '"</script><b title=""x"">&amp;"'))
