"""Checks that what `bmc --explain --json` lists is whole and that its parts fit: check-explained.py EXPLAINED"""

import json
import sys

explained = json.load(open(sys.argv[1]))
kernels = {kernel["name"]: kernel for kernel in explained["kernels"]}
assert len(kernels) == len(explained["kernels"]), "a kernel is listed twice"
assert explained["weights"] == 40 * (8 * 8 + 8) * 4 and explained["state"] == 0
for kernel in kernels.values():
    assert kernel["seconds"] >= 0 and 0 <= kernel["roofline"] <= 1 and kernel["limit"] and kernel["ops"] and kernel["open"] in (1, 32, 256), kernel
    assert kernel["schedule"].startswith("#bm.schedule<"), kernel
    assert kernel["flops"]["value"] == int(eval(kernel["flops"]["text"], {"N": kernel["open"], "floordiv": int.__floordiv__}))
reasons = set()
for function in explained["functions"]:
    called = set()
    for call in function["calls"]:
        assert call["kernel"] in kernels and call["place"]
        for apart in call["apart"]:
            assert apart["from"] in called, "a neighbour runs before its reader"
            assert apart["text"]
            reasons.add(apart["reason"])
        called.add(call["kernel"])
assert "operand-complete" in reasons, reasons
assert not kernels.keys() - {call["kernel"] for function in explained["functions"] for call in function["calls"]}
