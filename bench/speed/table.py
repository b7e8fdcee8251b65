"""The measurements as a page."""

import platform
import re

KINDS = {
    "train": "Training steps",
    "predict": "Predictions",
    "product": "Bare products (the right operand is a parameter)",
}


def best_peer(times):
    """The fastest of the others, by its median."""
    return min((name for name in times if name != "bmc"), key=lambda name: times[name]["median"])


def ratio(result):
    times = result["times"]
    return times["bmc"]["median"] / times[best_peer(times)]["median"]


def microseconds(seconds):
    return f"{seconds * 1e6:.4g}"


def line(result):
    times = result["times"]
    best = best_peer(times)
    ours, theirs = microseconds(times["bmc"]["median"]), microseconds(times[best]["median"])
    return f"{result['case']}: bmc {ours} us, {best} {theirs} us, ratio {ratio(result):.2f}"


def peak(results):
    """The most multiplications and additions a second that anything reached here."""
    rates = [r["flops"] / t["minimum"] for r in results if "flops" in r for t in r["times"].values()]
    return max(rates, default=0)


def rows(results, kind):
    chosen = [result for result in results if result["kind"] == kind]
    peers = list(dict.fromkeys(name for result in chosen for name in result["times"] if name != "bmc"))
    extra = ["GFLOP/s", "of the best rate"] if kind == "product" else []
    head = ["", "bmc", *peers, "bmc / best", *extra]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for result in chosen:
        times = result["times"]
        cells = [result["case"], microseconds(times["bmc"]["median"])]
        cells += [microseconds(times[name]["median"]) if name in times else "" for name in peers]
        cells += [f"**{ratio(result):.2f}**"]
        if extra:
            rate = result["flops"] / times["bmc"]["minimum"]
            cells += [f"{rate / 1e9:.0f}", f"{100 * rate / peak(results):.0f} %"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def compile_rows(results):
    lines = ["| | cold, s | warm, s | shared library, bytes |", "|---|---|---|---|"]
    for result in results:
        if "cold" in result:
            lines.append(f"| {result['case']} | {result['cold']:.2f} | {result['warm']:.2f} | {result['bytes']} |")
    return lines


def processor():
    with open("/proc/cpuinfo") as file:
        return re.search(r"model name\s*:\s*(.+)", file.read()).group(1)


def document(results, versions):
    lines = [
        "# Speed beside the peers",
        "",
        f"Written by `bench/run` on {processor()} ({platform.system()} {platform.machine()}); {versions}.",
        "Medians, in microseconds a call; all contenders, each a process of its own, take turns in each round. The ratio is",
        "bmc's median to that of the fastest peer: below 1, bmc is ahead. Results are compared before anything is timed.",
        "bmc's calls are made from C, the peers' from Python, as their users make them.",
        "",
    ]
    for threads, list_ in results.items():
        lines += [f"## {threads} thread{'s' if threads > 1 else ''}", ""]
        for kind, title in KINDS.items():
            if any(result["kind"] == kind for result in list_):
                lines += [f"### {title}", "", *rows(list_, kind), ""]
    first = next(iter(results.values()))
    if any("cold" in result for result in first):
        lines += ["## Compiling (forward, loss, gradients, update; as a shared library)", "", *compile_rows(first), ""]
    return "\n".join(lines)
