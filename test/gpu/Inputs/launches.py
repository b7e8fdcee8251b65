"""What the mock driver's log says of the steps of a training: one line with the kernels, bytes and waits of a step.

usage: launches.py LOG

The steps are the parts of the log between two waits in which a graph is started, which a function is from its third call
on. Fails where something stands between the kernels of a step that waits, allocates, copies or compiles.
"""

import collections
import re
import sys


def steps(lines):
    """The calls between two waits, the last of which is the wait."""
    step = []
    for line in lines:
        step.append(line)
        if line == "synchronize":
            yield step
            step = []


def check(step):
    """Nothing waits, allocates or compiles between the kernels of a step, and nothing comes down before all have run."""
    order = {"upload": 0, "graph": 0, "launch": 0, "download": 1, "synchronize": 2}
    kinds = [line.split()[0] for line in step]
    for kind in kinds:
        if kind not in order:
            sys.exit(f"a step has a call of another kind: {kind}")
    if sorted(kinds, key=order.get) != kinds:
        sys.exit("the calls of a step are not in order: " + ", ".join(kinds))


def number(line, kind):
    match = re.match(kind + r" (?:of )?(\d+)", line)
    return int(match.group(1)) if match else 0


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.read().splitlines()
    kinds = collections.Counter()
    for step in steps(lines):
        # A function's first call loads its kernels and launches them one by one, the second makes the graph.
        is_new = any(line.startswith(("launch", "capture")) for line in step)
        if is_new or not any(line.startswith("graph") for line in step):
            continue
        check(step)
        graphs = sum(line.startswith("graph") for line in step)
        kernels = sum(number(line, "graph") for line in step)
        up = [number(line, "upload") for line in step if line.startswith("upload")]
        down = [number(line, "download") for line in step if line.startswith("download")]
        kinds[(kernels, graphs, len(up), sum(up), len(down), sum(down))] += 1
    if not kinds:
        sys.exit("the log has no step that is replayed as a graph")
    (kernels, graphs, ups, up, downs, down), count = kinds.most_common(1)[0]
    print(f"{count} steps: {kernels} kernels in {graphs} graph, {ups} uploads of {up} bytes, {downs} downloads of {down} bytes, "
          "1 wait")


if __name__ == "__main__":
    main()
