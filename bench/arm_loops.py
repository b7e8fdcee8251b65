#!/usr/bin/env python3
"""The inner loops of compiled kernels on ARM cores as llvm-mca sees them: cycles an iteration, how busy the core's
busiest unit is, and the share of the multiply-adds that its units could start. No such machine is needed.

    bench/arm_loops.py [--bmc build/bin/bmc] [--model bench/arm_loops.bm] [CORE...] > bench/arm_loops.md
"""
import argparse
import json
import os
import re
import subprocess
import sys

# Vector multiply-adds that a core starts in a cycle.
CORES = {"cortex-a53": 1, "cortex-a72": 1, "cortex-a76": 2, "neoverse-n1": 2, "neoverse-v1": 4, "neoverse-v2": 4}
NOTES = """
Of the operand that is broadcast four elements are loaded at once, and multiplied by lane for lane: 64 of the 80 instructions
of an 8 x 8 tile multiply, 84 of the 101 of a 7 x 12 tile. llvm-mca takes the A72 to start one vector multiply-add a cycle, the
N1 two, the V1 and the V2 four, and has all data in the first-level cache."""
ARITHMETIC = re.compile(r"^\s*(f[a-z]+)\s+v\d+\.(4s|2d)", re.M)
MULTIPLY_ADD = re.compile(r"^\s*fml[as]\s+v\d+\.(4s|2d)", re.M)


def assembly(arguments, core):
    command = [arguments.bmc, arguments.model, "--target=aarch64-linux-musl", f"--cpu={core}", "--emit=asm"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def inner_loops(text):
    """The blocks that end with a branch to their own begin."""
    for block in re.split(r"(?m)^(?=\.L\w+:)", text):
        label = re.match(r"(\.L\w+):", block)
        branch = label and re.search(rf"(?m)^\s*(?:b\.\w+|cbn?z\s+\w+,|tbn?z\s+\w+, #\w+,)\s*{re.escape(label[1])}\s*$", block)
        if branch:
            yield block[label.end() : branch.end()]


def kernels(text):
    """Each kernel's schedule, and the loop of it that computes most."""
    for part in re.split(r"(?m)^(?=// k_)", text):
        head = re.match(r"// (k_\w+) #bm.schedule<([^>]*)>", part)
        loops = list(inner_loops(part)) if head else []
        if loops:
            loop = max(loops, key=lambda each: len(ARITHMETIC.findall(each)))
            if ARITHMETIC.search(loop):
                yield head[2], loop


def analyse(loop, core, iterations=200):
    body = "\n".join(line.split("//")[0] for line in loop.splitlines())
    command = ["llvm-mca", "-mtriple=aarch64-linux-gnu", f"-mcpu={core}", f"-iterations={iterations}", "--json"]
    result = subprocess.run(command, input=body, check=True, capture_output=True, text=True)
    region = json.loads(result.stdout)["CodeRegions"][0]
    cycles = region["SummaryView"]["TotalCycles"] / iterations
    totals = {}
    last = len(region["Instructions"])  # the pressure of all instructions together stands behind theirs
    for usage in region["ResourcePressureView"]["ResourcePressureInfo"]:
        if usage["InstructionIndex"] == last:
            totals[usage["ResourceIndex"]] = usage["ResourceUsage"]
    return cycles, max(totals.values(), default=0) / cycles


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bmc", default="build/bin/bmc")
    parser.add_argument("--model", default="bench/arm_loops.bm")
    parser.add_argument("cores", nargs="*", default=["cortex-a72", "neoverse-n1", "neoverse-v1", "neoverse-v2"])
    arguments = parser.parse_args()
    unknown = [core for core in arguments.cores if core not in CORES]
    if unknown:
        sys.exit(f"unknown core {unknown[0]}; known are {', '.join(CORES)}")
    print(f"# Inner loops on ARM cores\n\nMade by `bench/arm_loops.py` of `{os.path.relpath(arguments.model)}`.")
    for core in arguments.cores:
        print(f"\n## {core}\n\n| schedule | multiply-adds | cycles | busiest unit | share of the multiply-adds |")
        print("|---|---|---|---|---|")
        rows = set()
        for schedule, loop in kernels(assembly(arguments, core)):
            cycles, busiest = analyse(loop, core)
            multiply_adds = len(MULTIPLY_ADD.findall(loop))
            share = f"{multiply_adds / CORES[core] / cycles:.0%}" if schedule.startswith("matmul") else ""
            rows.add((f"`{schedule}`", multiply_adds, f"{cycles:.1f}", f"{busiest:.0%}", share))
        for row in sorted(rows):
            print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(NOTES)


if __name__ == "__main__":
    main()
