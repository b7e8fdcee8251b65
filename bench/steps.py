"""Training steps of a compiled program and of PyTorch, on the same table, with one thread.

A program's step is the difference of two runs of different length over the difference of their steps: what a process
costs at its start is not in it. PyTorch's step is timed within one process, after some that are not counted. Processor
time, not wall time: other processes on the machine disturb it less.
"""

import argparse
import pathlib
import re
import resource
import subprocess
import time

import page
import torch

EPOCHS = (2, 42)


def arguments(summary, rounds, output):
    """The command line of a script that writes the page `bench/OUTPUT`."""
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--bmc", type=pathlib.Path, default=page.ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=page.ROOT / "bench" / output)
    return parser.parse_args()


def write_table(path, rows):
    """Writes rows of numbers with a header of names."""
    lines = [",".join(f"{value:.6g}" for value in row) for row in rows.tolist()]
    path.write_text("\n".join([",".join(f"c{i}" for i in range(rows.shape[1])), *lines]) + "\n")


def compile_program(bmc, folder, text):
    """Compiles a model file to `folder/model`."""
    (folder / "model.bm").write_text(text)
    subprocess.run([bmc, "model.bm", "-o", "model"], cwd=folder, check=True)


def train(folder, *flags):
    """Runs the program's training with one thread, and returns what it prints."""
    command = ["./model", "train", "--threads", "1", *flags]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def losses(text):
    """The losses of the epochs that a program's training prints."""
    return [float(loss) for loss in re.findall(r"Epoch \d+, Loss: (\S+)", text)]


def children_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def program_step(folder, batches, epochs=EPOCHS):
    """Seconds of one training step of the compiled program, which has `batches` steps an epoch."""
    seconds = []
    for count in epochs:
        start = children_time()
        train(folder, "--epochs", str(count))
        seconds.append(children_time() - start)
    return (seconds[1] - seconds[0]) / ((epochs[1] - epochs[0]) * batches)


def pytorch_step(loss_of, optimizer, batches, epochs=EPOCHS):
    """Seconds of one training step in PyTorch; `loss_of` gives a batch's loss."""
    torch.set_num_threads(1)

    def run(count):
        start = time.process_time()
        for _ in range(count):
            for batch in batches:
                optimizer.zero_grad()
                loss_of(*batch).backward()
                optimizer.step()
        return time.process_time() - start

    run(epochs[0])
    count = epochs[1] - epochs[0]
    return run(count) / (count * len(batches))
