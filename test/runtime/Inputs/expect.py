"""Runs a program that has to fail: expect.py CODE MESSAGE PROGRAM ARGUMENT...

The exit code must be CODE, standard error must be one line or more that contains MESSAGE and no word of the libraries that
bmc is made of, and the program must leave the files of the current folder as they are.
"""

import os
import subprocess
import sys


def files():
    return {path: os.stat(path).st_mtime_ns for path in os.listdir(".")}


# A message with one of these was not written for users.
FOREIGN = ["mlir::", "MLIR", "LLVM", "Halide", "tensor<", "'bm.", "func.func", "operand #", "terminator", "internal error"]

code, message, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
before = files()
result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
error = result.stderr.decode(errors="replace")
problems = []
if result.returncode != code:
    problems.append(f"expected exit code {code}, found {result.returncode}")
if message not in error:
    problems.append(f"expected the message {message!r}")
problems += [f"unexpected word {word!r}" for word in FOREIGN if word in error]
if files() != before:
    problems.append(f"expected no new file, found {sorted(set(files()) - set(before))}")
if problems:
    print(*problems, f"standard error was: {error}", f"command: {' '.join(command)}", sep="\n")
    sys.exit(1)
