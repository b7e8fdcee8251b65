"""The measurements as a page."""

import pathlib
import platform
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import page  # noqa: E402

TITLES = {
    "train": "Training steps",
    "predict": "Predictions",
    "product": "Bare products (the right operand is a parameter)",
    "kernel": "Kernels without a product",
    "update": "Updates by an optimizer, with the loss that has the gradient",
    "function": "Elementary functions of 64 x 1024 numbers",
}
# The same bytes copied: no contender, but what the memory that they fit allows.
COPY = "copy"


def peers_of(times):
    return [name for name in times if name not in ("bmc", COPY)]


def best_peer(times):
    """The fastest of the others, by its median."""
    return min(peers_of(times), key=lambda name: times[name]["median"])


def ratio(result):
    times = result["times"]
    return times["bmc"]["median"] / times[best_peer(times)]["median"]


def microseconds(seconds):
    return f"{seconds * 1e6:.4g}"


def line(result):
    if result["kind"] == "machine":
        return f"{result['operations'] / 1e9:.0f} GFLOP/s"
    times = result["times"]
    best = best_peer(times)
    ours, theirs = microseconds(times["bmc"]["median"]), microseconds(times[best]["median"])
    return f"{result['case']}: bmc {ours} us, {best} {theirs} us, ratio {ratio(result):.2f}"


def percent(part):
    return f"{100 * part:.0f} %"


def shares(result, machine):
    """What is told of a case beside its times: heads and cells."""
    times, seconds = result["times"], result["times"]["bmc"]["minimum"]
    if result["flops"]:
        rate = result["flops"] / seconds
        return {"GFLOP/s": f"{rate / 1e9:.0f}", "of the peak": percent(rate / machine["operations"])}
    if result["kind"] == "function":
        return {"10^9 numbers/s": f"{result['bytes'] / 8 / seconds / 1e9:.2f}"}
    if result["bytes"]:
        share = percent(times[COPY]["minimum"] / seconds)
        return {"GB/s": f"{result['bytes'] / seconds / 1e9:.1f}", "of a copy's": share}
    return {}


def rows(results, kind, machine):
    chosen = [result for result in results if result["kind"] == kind]
    peers = list(dict.fromkeys(name for result in chosen for name in peers_of(result["times"])))
    head = ["", "bmc", *peers, "bmc / best", *shares(chosen[0], machine)]
    body = []
    for result in chosen:
        times = result["times"]
        cells = [result["case"], microseconds(times["bmc"]["median"])]
        cells += [microseconds(times[name]["median"]) if name in times else "" for name in peers]
        body.append([*cells, f"**{ratio(result):.2f}**", *shares(result, machine).values()])
    return page.table(head, body)


def size(bytes_):
    return f"{bytes_ >> 20} MiB" if bytes_ >= 1 << 20 else f"{bytes_ >> 10} KiB"


def machine_rows(machines):
    sizes = list(next(iter(machines.values()))["bandwidth"])
    head = ["threads", "GFLOP/s", *(f"copy within {size(int(bytes_))}, GB/s" for bytes_ in sizes)]
    body = []
    for threads, machine in machines.items():
        cells = [f"{machine['bandwidth'][bytes_] / 1e9:.0f}" for bytes_ in sizes]
        body.append([str(threads), f"{machine['operations'] / 1e9:.0f}", *cells])
    return page.table(head, body)


def document(results, versions, others):
    """`results` by the number of threads; `others` are lines of further parts."""
    machines = {threads: next(r for r in list_ if r["kind"] == "machine") for threads, list_ in results.items()}
    lines = [
        "# Speed beside the peers",
        "",
        f"Written by `bench/run` on {page.processor()} ({platform.system()} {platform.machine()}, {page.caches()});",
        f"{versions}.",
        "Medians, in microseconds a call; all contenders, each a process of its own, take turns in each round. The ratio is",
        "bmc's median to that of the fastest peer: below 1, bmc is ahead. Results are compared before anything is timed.",
        "bmc's calls are made from C, the peers' from Python, as their users make them.",
        "",
        "## The machine",
        "",
        "Measured in the same run (`speed/machine.c`): multiplications and additions of 16 floats at a time in registers,",
        "and copies, whose bytes are those that are read and those that are written. Shares in the tables are of these;",
        "that of a copy is of one that moves as many bytes as the kernel must, in the same rounds.",
        "",
        *machine_rows(machines),
        "",
    ]
    for threads, list_ in results.items():
        lines += [f"## {threads} thread{'s' if threads > 1 else ''}", ""]
        for kind, title in TITLES.items():
            if any(result["kind"] == kind for result in list_):
                lines += [f"### {title}", "", *rows(list_, kind, machines[threads]), ""]
    return "\n".join([*lines, *others])
