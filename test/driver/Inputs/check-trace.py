"""Compares a trace with what `bmc --explain --json` lists: check-trace.py TRACE EXPLAINED MODEL FUNCTION=CALLS:ROWS... OP@TEXT...

Each of the functions was called so often, with so many rows in its first call; other functions may be there too.
Kernels of evaluate with the op come from where the model has the text.
"""

import json
import pathlib
import re
import sys


def listed(calls, kernels):
    """The calls in the order in which they run, loops as lists with their length in front."""
    for call in calls:
        if "kernel" in call:
            yield {**kernels[call["kernel"]], **call}
        else:
            yield [call["steps"]["text"], *listed(call["calls"], kernels)]


def parse(explained):
    kernels = {kernel["name"]: kernel for kernel in explained["kernels"]}
    return {function["name"]: list(listed(function["calls"], kernels)) for function in explained["functions"]}


def number(polynomial, rows):
    return int(eval(polynomial.replace("^", "**"), {"N": rows, "floordiv": int.__floordiv__}))


def calls(body, rows):
    for entry in body:
        if isinstance(entry, dict):
            yield entry
        else:
            for _ in range(number(entry[0], rows)):
                yield from calls(entry[1:], rows)


trace, explained, model, *expected = sys.argv[1:]
functions = parse(json.load(open(explained)))
lines = pathlib.Path(model).read_text().splitlines()
events = [event for event in json.load(open(trace))["traceEvents"] if event["ph"] == "X"]
events.sort(key=lambda event: (event["ts"], -event["dur"]))
outer = [event for event in events if event["cat"] == "function"]
inner = [event for event in events if event["cat"] != "function"]

for text in (text for text in expected if "=" in text):
    name, count, rows = re.fullmatch(r"(\w+)=(\d+):(\d+)", text).groups()
    runs = [event for event in outer if event["name"] == name]
    assert len(runs) == int(count), (name, len(runs))
    wanted = list(calls(functions[name], int(rows)))
    for number_of_run, run in enumerate(runs):
        end = run["ts"] + run["dur"] + 0.002  # times are rounded to nanoseconds
        found = [event for event in inner if run["ts"] <= event["ts"] and event["ts"] + event["dur"] <= end]
        assert len(found) == len(wanted), (name, len(found), len(wanted))
        for event, kernel in zip(found, wanted):
            args = event["args"]
            assert event["cat"] == name and event["name"] == kernel["ops"]
            assert args["kernel"] == kernel["kernel"] and args["place"] == kernel["place"], (args, kernel)
            if number_of_run == 0:
                for cost in ("flops", "bytes"):
                    assert args[cost] == number(kernel[cost]["text"], int(rows)), args
        for one, next_ in zip(found, found[1:]):
            assert one["ts"] + one["dur"] <= next_["ts"] + 0.001, "calls overlap"

# Places are those of the source: kernels of the forward pass with this op are at a line that has this text.
for text in (text for text in expected if "@" in text):
    op, source = text.split("@")
    places = [event["args"]["place"] for event in inner if op in event["name"].split() and event["cat"] == "evaluate"]
    assert places
    for place in places:
        file, line, column = place.rsplit(":", 2)
        assert file == model and lines[int(line) - 1][int(column) - 1 :].startswith(source), (place, source)
