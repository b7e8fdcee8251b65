"""Interrupts compilations of m.bm, each a little later than the one before, until one gets to its end.

Behind each, the folder must hold what it held before, or the whole output, and the folder for temporary files nothing.
"""

import os
import signal
import subprocess
import time


def hear_interrupts():
    """A shell in the background hands on that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


ALLOWED = {"cache", "m.bm", "out", "temporary"}
interrupted, delay = 0, 0.02
while True:
    process = subprocess.Popen(["bmc", "m.bm", "-o", "out"], preexec_fn=hear_interrupts)
    time.sleep(delay)
    process.send_signal(signal.SIGTERM if interrupted % 2 else signal.SIGINT)
    code = process.wait(timeout=60)
    left = set(os.listdir(".")) - ALLOWED, os.listdir("temporary"), [
        name for _, _, names in os.walk("cache") for name in names if not name.endswith(".kernel")
    ]
    assert not any(left), (delay, left)
    if code == 0:
        break
    assert code in (-signal.SIGINT, -signal.SIGTERM), code
    interrupted += 1
    delay += 0.007
assert os.access("out", os.X_OK)
print(f"interrupted {interrupted} times, nothing is left")
