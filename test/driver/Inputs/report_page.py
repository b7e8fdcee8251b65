"""What the page of a report holds: the data that the program put into it."""

import json
import re


def embedded(path):
    """The JSON of a page."""
    text = open(path, encoding="utf-8").read()
    found = re.findall(r'<script type="application/json" id="report">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1, f"{path}: {len(found)} pieces of data"
    return json.loads(found[0])


def events(report):
    """The log's whole lines."""
    lines = []
    for line in report["log"].splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass
    return lines
