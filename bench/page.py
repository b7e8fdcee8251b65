"""What the pages of measurements have in common: tables, times and the machine."""

import pathlib
import statistics

ROOT = pathlib.Path(__file__).resolve().parent.parent


def table(head, rows):
    """Lines of a table: a head and rows of cells."""
    return ["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *("| " + " | ".join(row) + " |" for row in rows)]


def spread(times, scale=1.0, digits=0):
    """Cells of a list of times: median, minimum and number."""
    return [f"{scale * value:.{digits}f}" for value in (statistics.median(times), min(times))] + [str(len(times))]


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def caches():
    """Of the first processor, as the system tells them."""
    found = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found) or "unknown caches"


def document(title, *parts):
    """A page: parts are strings or lists of lines."""
    texts = ["# " + title, *(part if isinstance(part, str) else "\n".join(part) for part in parts)]
    return "\n\n".join(texts) + "\n"


def write(path, text):
    """Shows a page and puts it into its file."""
    path.write_text(text)
    print(text)
