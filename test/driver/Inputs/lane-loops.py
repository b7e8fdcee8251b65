"""Of the innermost loops in 32-bit ARM's assembly that multiply by lanes: what each has of multiply-adds, of vectors that
are loaded, and of other loads and stores, by which vectors are kept on the stack meanwhile.

usage: lane-loops.py FILE
"""

import re
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    for block in re.split(r"(?m)^(?=\.L\w+:)", text):
        label = re.match(r"(\.L\w+):", block)
        back = label and re.search(rf"(?m)^\s*b\w*\s+{re.escape(label[1])}\s*$", block)
        loop = block[: back.end()] if back else ""
        products = len(re.findall(r"(?m)^\s+vmla\.f32\s+q\d+, q\d+, d\d+\[\d\]", loop))
        loads = len(re.findall(r"(?m)^\s+vld1\.", loop))
        kept = len(re.findall(r"(?m)^\s+(?:vldm|vstm|vldr|vstr|vst1)", loop))
        if products:
            print(f"{products} multiply-adds, {loads} loads, {kept} on the stack")


if __name__ == "__main__":
    main()
