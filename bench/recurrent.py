"""Measures the training step of recurrent networks, loops in compiled programs, beside the same step in PyTorch.

Command, from the repository's root, with a Python that has torch:  python bench/recurrent.py [--rounds N]
Writes bench/recurrent.md. Both sides train on the same table in batches of 32 sequences of 32 steps, with one thread, as
steps.py tells. A round measures both, one after the other.
"""

import pathlib
import tempfile

import page
import steps
import torch

BATCH, STEPS, INPUTS = 32, 32, 16
BATCHES = 10
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


def make_rows():
    torch.manual_seed(0)
    return torch.randn(BATCH * BATCHES, STEPS * INPUTS + 1)


def source(kind, hidden):
    columns = STEPS * INPUTS
    results = "(states, h, c)" if kind == "LSTM" else "(states, h)"
    return MODEL.format(
        kind=kind, hidden=hidden, inputs=INPUTS, steps=STEPS, columns=columns, batch=BATCH, results=results
    )


def pytorch_step(kind, hidden, rows):
    model = Reader(kind, hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    batches = [(part[:, :-1].reshape(BATCH, STEPS, INPUTS), part[:, -1:]) for part in rows.split(BATCH)]
    return steps.pytorch_step(lambda x, y: torch.nn.functional.mse_loss(model(x), y), optimizer, batches)


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
    options = steps.arguments(__doc__.splitlines()[0], 7, "recurrent.md")
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = make_rows()
        steps.write_table(folder / "train.csv", rows)
        for kind, hidden in NETWORKS:
            steps.compile_program(options.bmc.resolve(), folder, source(kind, hidden))
            program, peer = [], []
            for _ in range(options.rounds):
                program.append(steps.program_step(folder, BATCHES))
                peer.append(pytorch_step(kind, hidden, rows))
            lines.append([kind, str(hidden), *page.spread(program, 1e6)[:2], *page.spread(peer, 1e6)[:2]])
            print(*lines[-1], flush=True)
    page.write(options.output, document(lines, options.rounds))


if __name__ == "__main__":
    main()
