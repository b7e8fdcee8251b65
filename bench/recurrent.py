"""Measures the training step of recurrent networks, loops in compiled programs, beside the same step in PyTorch.

Command, from the repository's root, with a Python that has torch:  python bench/recurrent.py [--rounds N]
Writes bench/recurrent.md. Both sides train on the same table in batches of 32 sequences of 32 steps, with one thread. A
program's step is the difference of two runs of different length over the difference of their steps: what a process
costs at its start is not in it. PyTorch's step is timed within one process, after some that are not counted. A round
measures both, one after the other. Processor time, not wall time: other processes on the machine disturb it less.
"""

import argparse
import pathlib
import resource
import subprocess
import tempfile
import time

import page
import torch

ROOT = page.ROOT

BATCH, STEPS, INPUTS = 32, 32, 16
BATCHES = 10
EPOCHS = (2, 42)
NETWORKS = [("RNN", 64), ("RNN", 128), ("LSTM", 64), ("LSTM", 128), ("GRU", 64), ("GRU", 128)]

MODEL = """
network Reader {{
  cell = {kind}({inputs}, {hidden})
  head = Linear({hidden}, 1)
  forward(x: f32[N, {steps}, {inputs}]) -> f32[N, 1] {{
    let {results} = cell(x)
    return head(h)
  }}
}}
train Reader {{
  data = table("train.csv", x = columns(0..{columns}), y = column({columns}))
  loss = mse
  optimizer = Adam(lr = 0.001)
  epochs = 2
  batch = {batch}
}}
"""


class Reader(torch.nn.Module):
    def __init__(self, kind, hidden):
        super().__init__()
        self.cell = getattr(torch.nn, kind)(INPUTS, hidden, batch_first=True)
        self.head = torch.nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.cell(x)[0][:, -1])


def write_table(folder):
    torch.manual_seed(0)
    rows = torch.randn(BATCH * BATCHES, STEPS * INPUTS + 1)
    lines = [",".join(f"{value:.6g}" for value in row) for row in rows.tolist()]
    header = ",".join(f"c{i}" for i in range(rows.shape[1]))
    (folder / "train.csv").write_text("\n".join([header, *lines]) + "\n")
    return rows


def compile_program(bmc, kind, hidden, folder):
    columns = STEPS * INPUTS
    results = "(states, h, c)" if kind == "LSTM" else "(states, h)"
    text = MODEL.format(
        kind=kind, hidden=hidden, inputs=INPUTS, steps=STEPS, columns=columns, batch=BATCH, results=results
    )
    (folder / "reader.bm").write_text(text)
    subprocess.run([bmc, "reader.bm", "-o", "reader"], cwd=folder, check=True)


def children_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def program_step(folder):
    """Seconds of one training step of the compiled program."""
    seconds = []
    for epochs in EPOCHS:
        start = children_time()
        command = ["./reader", "train", "--threads", "1", "--epochs", str(epochs)]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        seconds.append(children_time() - start)
    return (seconds[1] - seconds[0]) / ((EPOCHS[1] - EPOCHS[0]) * BATCHES)


def pytorch_step(kind, hidden, rows):
    """Seconds of one training step in PyTorch."""
    torch.set_num_threads(1)
    model = Reader(kind, hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    batches = [(part[:, :-1].reshape(BATCH, STEPS, INPUTS), part[:, -1:]) for part in rows.split(BATCH)]

    def epochs(count):
        start = time.process_time()
        for _ in range(count):
            for x, y in batches:
                optimizer.zero_grad()
                torch.nn.functional.mse_loss(model(x), y).backward()
                optimizer.step()
        return time.process_time() - start

    epochs(EPOCHS[0])
    count = EPOCHS[1] - EPOCHS[0]
    return epochs(count) / (count * BATCHES)


def document(rows, rounds):
    head = ["Cell", "Hidden", "bmc, median", "bmc, minimum", "PyTorch, median", "PyTorch, minimum"]
    return page.document(
        "Training steps of recurrent networks",
        [
            f"Written by `bench/recurrent.py` on {page.processor()}, PyTorch {torch.__version__}, one thread each:",
            f"{BATCH} sequences of {STEPS} steps with {INPUTS} inputs, one layer, Adam. Microseconds of processor time a step,",
            f"{rounds} rounds.",
        ],
        page.table(head, rows),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--bmc", type=pathlib.Path, default=ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "bench/recurrent.md")
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = write_table(folder)
        for kind, hidden in NETWORKS:
            compile_program(options.bmc.resolve(), kind, hidden, folder)
            program, peer = [], []
            for _ in range(options.rounds):
                program.append(program_step(folder))
                peer.append(pytorch_step(kind, hidden, rows))
            lines.append([kind, str(hidden), *page.spread(program, 1e6)[:2], *page.spread(peer, 1e6)[:2]])
            print(*lines[-1], flush=True)
    page.write(options.output, document(lines, options.rounds))


if __name__ == "__main__":
    main()
