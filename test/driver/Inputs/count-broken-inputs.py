"""Counts the broken inputs that have a test of their own: count-broken-inputs.py ROOT

Prints one line for each kind. Each model text of the unit tests is a row with a name; each `%expect` of the text tests is
a command with its exit code and message.
"""

import pathlib
import re
import sys

test = pathlib.Path(sys.argv[1]) / "test"
total = 0


def report(kind, cases):
    global total
    repeated = {case for case in cases if cases.count(case) > 1}
    if repeated:
        sys.exit(f"{kind}: tested twice: {sorted(repeated)}")
    total += len(cases)
    print(f"{kind}: {len(cases)}")


for name in ["DiagnosticTest", "HostileTest", "UncalledTest"]:
    files = sorted((test / "unit" / "frontend").glob(f"*{name}.cpp"))
    texts = [path.read_text() for path in files]
    report(f"models, {name}", [case for text in texts for case in re.findall(r'^    \{"(\w+)",', text, re.M)])
for path in sorted(test.glob("*/*.test")):
    commands = [line.strip() for line in re.findall(r"%expect [1-3] (.*)", path.read_text())]
    if commands:
        report(f"{path.parent.name}/{path.name}", commands)
print("total:", total)
