"""Measures the training step of transformer encoders beside the same step in PyTorch.

Command, from the repository's root, with a Python that has torch:  python bench/transformer.py [--rounds N]
Writes bench/transformer.md. Both sides train on the same table in batches of sequences, with one thread, from the same
weights, as steps.py tells; their losses are compared first. A round measures each, one after the other.
"""

import pathlib
import tempfile

import numpy
import page
import steps
import torch

INPUTS, CLASSES, BATCHES = 16, 10, 8
EPOCHS = (1, 6)
COMPARED = 3  # epochs
# Sequences in a batch, their steps, width, heads, blocks.
NETWORKS = [(8, 32, 64, 4, 2), (16, 64, 128, 4, 2), (8, 128, 256, 8, 4)]

MODEL = """
layer Attention(d: dim, heads: dim) {{
  require d % heads == 0, "heads must divide d"
  qkv = Linear(d, 3 * d)
  out = Linear(d, d)
  forward(x: f32[N, T, d]) -> f32[N, T, d] {{
    let (q, k, v) = split(transpose(reshape(qkv(x), [N, T, 3 * heads, d / heads]), [0, 2, 1, 3]), 3, axis = 1)
    let weights = softmax(q @ transpose(k, [0, 1, 3, 2]) * (1 / sqrt(d / heads)))
    return out(reshape(transpose(weights @ v, [0, 2, 1, 3]), [N, T, d]))
  }}
}}
layer Block(d: dim, heads: dim) {{
  norm1 = LayerNorm(d)
  attention = Attention(d, heads)
  norm2 = LayerNorm(d)
  up = Linear(d, 4 * d)
  down = Linear(4 * d, d)
  forward(x: f32[N, T, d]) -> f32[N, T, d] {{
    x = x + attention(norm1(x))
    return x + down(gelu(up(norm2(x))))
  }}
}}
network Reader {{
  embed = Linear({inputs}, {width})
  blocks = [Block({width}, {heads}) for i in 0..{depth}]
  norm = LayerNorm({width})
  head = Linear({width}, {classes})
  forward(x: f32[N, {steps}, {inputs}]) -> f32[N, {classes}] {{
    let h = embed(x)
    for b in blocks {{ h = b(h) }}
    return head(mean(norm(h), axes = 1))
  }}
}}
train Reader {{
  data = table("train.csv", x = columns(0..{columns}), y = column({columns}))
  loss = cross_entropy
  optimizer = Adam(lr = 0.001)
  batch = {batch}
  shuffle = false
}}
"""


class Attention(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = torch.nn.Linear(width, 3 * width), torch.nn.Linear(width, width)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3 * self.heads, -1).transpose(1, 2).chunk(3, dim=1)
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(n, t, d))


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.up, self.down = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(torch.nn.functional.gelu(self.up(self.norm2(x))))


class Reader(torch.nn.Module):
    def __init__(self, width, heads, depth):
        super().__init__()
        self.embed = torch.nn.Linear(INPUTS, width)
        self.blocks = torch.nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = torch.nn.LayerNorm(width)
        self.head = torch.nn.Linear(width, CLASSES)

    def forward(self, x):
        h = self.embed(x)
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h).mean(dim=1))


class Peer:
    """PyTorch's side of one network."""

    def __init__(self, network, rows):
        self.batch, length, width, heads, depth = network
        torch.manual_seed(1)
        torch.set_num_threads(1)
        self.model = Reader(width, heads, depth)
        self.batches = [
            (part[:, :-1].reshape(self.batch, length, INPUTS), part[:, -1].long()) for part in rows.split(self.batch)
        ]

    def loss_of(self, x, y):
        return torch.nn.functional.cross_entropy(self.model(x), y)

    def optimizer(self):
        return torch.optim.Adam(self.model.parameters(), lr=0.001, fused=True)

    def losses(self):
        """The mean losses of the first epochs."""
        optimizer, means = self.optimizer(), []
        for _ in range(COMPARED):
            losses = []
            for batch in self.batches:
                optimizer.zero_grad()
                loss = self.loss_of(*batch)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            means.append(sum(losses) / len(losses))
        return means

    def save(self, path):
        numpy.savez(path, **{name: value.numpy() for name, value in self.model.state_dict().items()})


def make_rows(batch, length):
    torch.manual_seed(0)
    x = torch.randn(batch * BATCHES, length * INPUTS)
    return torch.cat([x, torch.randint(0, CLASSES, (len(x), 1)).float()], dim=1)


def source(batch, length, width, heads, depth):
    sizes = {"steps": length, "width": width, "heads": heads, "depth": depth, "batch": batch}
    return MODEL.format(inputs=INPUTS, classes=CLASSES, columns=length * INPUTS, **sizes)


def compare(folder, peer):
    """The largest relative difference of the losses of the first epochs."""
    peer.save(folder / "init.npz")
    text = steps.train(folder, "--epochs", str(COMPARED), "--weights", "init.npz")
    ours = steps.losses(text)
    theirs = peer.losses()
    assert len(ours) == len(theirs) == COMPARED, text
    return max(abs(a - b) / b for a, b in zip(ours, theirs))


def measure(network, bmc, rounds, folder):
    """A row of the page."""
    rows = make_rows(*network[:2])
    # As the program reads them.
    rows = torch.tensor([[float(f"{value:.6g}") for value in row] for row in rows.tolist()])
    steps.write_table(folder / "train.csv", rows)
    steps.compile_program(bmc, folder, source(*network))
    peer = Peer(network, rows)
    difference = compare(folder, peer)
    assert difference < 1e-3, f"the losses differ by {difference}"
    optimizer = peer.optimizer()
    compiled = torch.compile(peer.loss_of)
    ours, eager, inductor = [], [], []
    for _ in range(rounds):
        ours.append(steps.program_step(folder, BATCHES, EPOCHS))
        eager.append(steps.pytorch_step(peer.loss_of, optimizer, peer.batches, EPOCHS))
        inductor.append(steps.pytorch_step(compiled, optimizer, peer.batches, EPOCHS))
    medians = [page.spread(times, 1e6)[0] for times in (ours, eager, inductor)]
    ratio = float(medians[0]) / min(float(medians[1]), float(medians[2]))
    return [" x ".join(map(str, network)), *medians, f"**{ratio:.2f}**", f"{difference:.0e}"]


def document(rows, rounds):
    head = ["sequences x steps x width x heads x blocks", "bmc", "PyTorch", "PyTorch compiled", "bmc / best"]
    return page.document(
        "Training steps of transformers",
        [
            f"Written by `bench/transformer.py` on {page.processor()}, PyTorch {torch.__version__}, one thread each: encoders",
            "with norms in front, attention, gelu, cross entropy of the mean's classes, Adam. Microseconds of processor time a",
            f"step, medians of {rounds} rounds; then the largest relative difference of the losses of {COMPARED} epochs.",
        ],
        page.table([*head, "losses"], rows),
    )


def main():
    options = steps.arguments(__doc__.splitlines()[0], 5, "transformer.md")
    lines = []
    for network in NETWORKS:
        with tempfile.TemporaryDirectory() as name:
            lines.append(measure(network, options.bmc.resolve(), options.rounds, pathlib.Path(name)))
        print(*lines[-1], flush=True)
    page.write(options.output, document(lines, options.rounds))


if __name__ == "__main__":
    main()
