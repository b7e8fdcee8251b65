"""Checks what a browser made of a report (NAME.dom) against the data in it (NAME.html)."""

import html.parser
import sys

from report_page import embedded, events


class Page(html.parser.HTMLParser):
    """Headings, tables by caption, curves, points and links of a page."""

    def __init__(self):
        super().__init__()
        self.headings, self.tables, self.curves, self.points = [], {}, {}, []
        self.links, self.ids, self.labelled, self.titles = [], [], [], []
        self.caption = self.path = self.text = self.number = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "aria-labelledby" in attributes:
            self.labelled.append(attributes["aria-labelledby"])
        if tag in ("h2", "caption", "th", "td", "figcaption", "h1"):
            self.text, self.number = "", None
        elif tag == "data":
            self.number = attributes["value"]
        elif tag == "a":
            self.links.append(attributes["href"])
        elif tag == "tr" and self.caption:
            self.tables[self.caption].append([])
        elif tag == "path":
            self.curves[self.figure, attributes["data-series"]] = [
                tuple(map(float, point.split())) for point in attributes["d"][1:].split("L")
            ]
        elif tag == "circle" and "pair" in attributes["class"]:
            self.points.append((float(attributes["cx"]), float(attributes["cy"])))

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "h2":
            self.headings.append(self.text)
        elif tag == "figcaption":
            self.figure = self.text
        elif tag == "caption":
            self.caption = self.text
            self.tables[self.caption] = []
        elif tag in ("th", "td"):
            self.tables[self.caption][-1].append(self.text if self.number is None else float(self.number))
        if tag in ("h2", "caption", "th", "td", "figcaption"):
            self.text = None


def check_curve(curve, values, epochs):
    """A point for each epoch, at the height of its value: pixels count downwards, and have one digit."""
    assert len(curve) == len(values) == epochs, (len(curve), len(values))
    xs, ys = zip(*curve)
    assert list(xs) == sorted(xs)
    top, bottom = max(values), min(values)
    scale = (ys[values.index(bottom)] - ys[values.index(top)]) / (top - bottom)
    assert scale > 0
    for y, value in zip(ys, values):
        assert abs(y - (ys[values.index(top)] + (top - value) * scale)) < 0.2, (y, value)


name = sys.argv[1]
report = embedded(f"{name}.html")
page = Page()
page.feed(open(f"{name}.dom", encoding="utf-8").read())
log = events(report)
epochs = [one for one in log if one["event"] == "epoch"]

# Every section is there and can be reached; every label names something.
outcome = "Classes" if name == "iris" else "Predictions"
expected = ["Summary", "Training", "Results", outcome, "Architecture", "Settings", "Data", "Timings", "Compiled code"]
assert page.headings == expected, page.headings
assert all(link.startswith("#") and link[1:] in page.ids for link in page.links) and len(page.links) == len(expected)
assert all(label in page.ids for label in page.labelled) and len(set(page.ids)) == len(page.ids)

# The curves, and the numbers behind them.
for measure in [key for key in report["sets"][0]["measures"]]:
    figure = next(figure for figure, _ in page.curves if figure.startswith(measure.replace("_", " ") + " by epoch"))
    if not figure.endswith("logarithmic"):
        check_curve(page.curves[figure, "training"], [one[measure] for one in epochs], len(epochs))
    rows = page.tables[measure.replace("_", " ") + " of each epoch"][1:]
    columns = [measure] + ([f"valid_{measure}"] if f"valid_{measure}" in epochs[0] else [])
    assert rows == [[one["epoch"], *(one[column] for column in columns)] for one in epochs], measure
    if len(columns) == 2:
        assert len(page.curves[figure, "validation"]) == len(epochs)

for rate in epochs[0].get("rates", {}):
    check_curve(page.curves[f"{rate} by epoch", rate], [one["rates"][rate] for one in epochs], len(epochs))
assert name != "iris" or "lr" in epochs[0]["rates"]

# The tables.
results = page.tables["Loss and metrics with the saved weights"]
for row in results[1:]:
    assert row[1:] == [one["measures"][row[0].replace(" ", "_")] for one in report["sets"]], row
assert len(results) == 1 + len(report["sets"][0]["measures"])
layers = page.tables["Layers"][1:]
assert [row[1:] for row in layers] == [
    [one["output"], one["parameters"], one["flops"], one["bytes"]] for one in report["info"]["layers"]
]
settings = {row[0]: row[1] for row in page.tables["The numbers that the training worked with"][1:]}
assert all(settings[key] == value for key, value in log[0]["settings"].items())
assert [row[2] for row in page.tables["Data sets"][1:]] == [one["rows"] for one in log[0]["data"].values()]
assert len(page.tables["Kernels"]) == 1 + len(report["info"]["kernels"])

# What was predicted.
(outcome,) = report["outcomes"]
if "counts" in outcome:
    assert "Lines of iris.jsonl that cannot be read" in open(f"{name}.dom").read()
    head, *rows = page.tables["Rows: what is so; columns: what was predicted"]
    assert head[1:] == outcome["labels"] and any("</script>" in label for label in outcome["labels"]), head
    assert rows == [[label, *counts] for label, counts in zip(outcome["labels"], outcome["counts"])]
    for i, row in enumerate(page.tables["Precision, recall and their harmonic mean, F1"][1:]):
        counts = outcome["counts"]
        hits, wanted, said = counts[i][i], sum(counts[i]), sum(line[i] for line in counts)
        assert row[:2] == [outcome["labels"][i], wanted]
        assert abs(row[2] - hits / said) < 1e-12 and abs(row[3] - hits / wanted) < 1e-12
        assert abs(row[4] - 2 * hits / (wanted + said)) < 1e-12
else:
    (pairs,) = outcome["pairs"]
    assert len(page.points) == len(pairs)
    for axis, points in enumerate(zip(*page.points)):
        values = [pair[axis] for pair in pairs]
        span = (points[values.index(max(values))] - points[values.index(min(values))]) / (max(values) - min(values))
        assert (span > 0) == (axis == 0)
        for at, value in zip(points, values):
            assert abs(at - points[values.index(min(values))] - (value - min(values)) * span) < 0.2
