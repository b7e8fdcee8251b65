"""Kills a training many times and resumes it each time; it must end with the same bits as one that nobody killed.

usage: kill-and-resume.py PROGRAM KILLS

Half of the kills come at a random moment behind a checkpoint that this run wrote, the others at a random moment from
the start of the program on, so that reading a checkpoint, writing one and everything between is hit.
"""

import json
import os
import random
import signal
import struct
import subprocess
import sys
import time

program, kills = sys.argv[1], int(sys.argv[2])
CHECKPOINT = "parts.checkpoint.safetensors"


def run(out, *flags):
    command = [program, "train", "--out", f"{out}.safetensors", "--log", f"{out}.jsonl", "--threads", "1", *flags]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process):
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error.decode()


def step():
    """The step of the last checkpoint, which must be whole at any moment."""
    try:
        with open(CHECKPOINT, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return 0
    length = struct.unpack("<Q", data[:8])[0]
    return int(json.loads(data[8 : 8 + length])["__metadata__"]["step"])


def kill_once(choose, flags):
    before, process = step(), run("parts", "--checkpoint-every", "10steps", *flags)
    if choose.random() < 0.5:
        while step() == before:
            assert process.poll() is None, process.stderr.read().decode()
        time.sleep(choose.uniform(0, 0.003))
    else:
        time.sleep(choose.uniform(0, 0.01))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, f"finished in step {step()}, before it was killed often enough"
    return step() - before


def main():
    finish(run("whole"))
    choose = random.Random(5)
    for kill in range(kills):
        kill_once(choose, ["--resume"] if os.path.exists(CHECKPOINT) else [])
    reached = step()
    finish(run("parts", "--resume"))
    for name in "{}.safetensors", "{}.checkpoint.safetensors":
        with open(name.format("whole"), "rb") as whole, open(name.format("parts"), "rb") as parts:
            assert whole.read() == parts.read(), f"{name.format('parts')} has other bits"
    print(f"killed {kills} times until step {reached}, the same bits")


main()
