"""Training steps on NVIDIA's GPUs: compiled programs beside PyTorch, from the same weights on the same table.

    python bench/gpu/training.py --compile FOLDER [--bmc FILE]      # needs bmc, and no GPU
    python bench/gpu/training.py --measure FOLDER [--rounds N]      # needs a GPU and PyTorch, and no bmc

The first command puts programs and tables into FOLDER, which may go to another machine; the second writes
bench/gpu/training.md there. Losses are compared first. A program's step is the median time of its epochs, as its log has
them, over the steps of one; PyTorch's is the median of as many epochs: eager, as one CUDA graph of the whole step, and
as such a graph of what torch.compile makes of the model. Batches come from the host in each step, for PyTorch from page-locked memory, and the loss
goes back to it.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import page  # noqa: E402
import steps  # noqa: E402
import transformer  # noqa: E402

BATCHES = 4  # in an epoch
COMPARED = 2  # epochs whose losses are compared
CLASSES = 10

MLP = """
network Mlp {{
{layers}
  forward(x: f32[N, {inputs}]) -> f32[N, {classes}] {{ return {calls} }}
}}
train Mlp {{
  data = table("{name}.csv", x = columns(0..{inputs}), y = column({inputs}))
  loss = cross_entropy
  optimizer = Adam(lr = 0.001)
  batch = {batch}
  shuffle = false
}}
"""


class Mlp(torch.nn.Module):
    def __init__(self, widths):
        super().__init__()
        for i, pair in enumerate(zip(widths, widths[1:])):
            setattr(self, f"fc{i}", torch.nn.Linear(*pair))
        self.count = len(widths) - 1

    def forward(self, x):
        for i in range(self.count):
            x = getattr(self, f"fc{i}")(x if i == 0 else torch.relu(x))
        return x


class MlpNetwork:
    """A network whose layers have these widths."""

    def __init__(self, name, batch, widths, epochs):
        self.name, self.batch, self.widths, self.epochs = name, batch, widths, epochs
        self.shape, self.columns = [widths[0]], widths[0]
        self.title = " - ".join(map(str, widths)) + f", {batch} rows"

    def source(self):
        layers = [f"  fc{i} = Linear({a}, {b})" for i, (a, b) in enumerate(zip(self.widths, self.widths[1:]))]
        calls = "x"
        for i in range(len(layers)):
            calls = f"fc{i}({calls if i == 0 else f'relu({calls})'})"
        sizes = {"inputs": self.widths[0], "classes": self.widths[-1], "batch": self.batch, "name": self.name}
        return MLP.format(layers="\n".join(layers), calls=calls, **sizes)

    def model(self):
        return Mlp(self.widths)


class EncoderNetwork:
    """An encoder of transformer.py: steps, width, heads, blocks."""

    def __init__(self, name, batch, sizes, epochs):
        self.name, self.batch, self.sizes, self.epochs = name, batch, sizes, epochs
        self.shape = [sizes[0], transformer.INPUTS]
        self.columns = sizes[0] * transformer.INPUTS
        steps, width, heads, blocks = sizes
        self.title = f"encoder: {batch} sequences of {steps}, width {width}, {heads} heads, {blocks} blocks"

    def source(self):
        return transformer.source(self.batch, *self.sizes).replace("train.csv", f"{self.name}.csv")

    def model(self):
        return transformer.Reader(*self.sizes[1:])


NETWORKS = [
    MlpNetwork("small", 32, [64, 64, 10], 300),
    MlpNetwork("medium", 1024, [64, 1024, 1024, 10], 100),
    MlpNetwork("wide", 512, [784, 4096, 4096, 10], 50),
    EncoderNetwork("encoder", 64, (64, 128, 4, 2), 50),
    EncoderNetwork("large_encoder", 32, (128, 512, 8, 4), 20),
]


def compile_all(folder, bmc):
    """Programs, tables and weights of all networks."""
    folder.mkdir(parents=True, exist_ok=True)
    for network in NETWORKS:
        torch.manual_seed(1)
        rows = numpy.random.default_rng(0).standard_normal((BATCHES * network.batch, network.columns), numpy.float32)
        classes = numpy.random.default_rng(1).integers(0, CLASSES, len(rows))
        head = ",".join(f"c{i}" for i in range(network.columns + 1))
        lines = [",".join(f"{value:.3g}" for value in row) + f",{label}" for row, label in zip(rows.tolist(), classes)]
        (folder / f"{network.name}.csv").write_text("\n".join([head, *lines]) + "\n")
        (folder / f"{network.name}.bm").write_text(network.source())
        command = [bmc, f"{network.name}.bm", "--target=x86_64-linux-gnu+cuda", "--no-selftest", "-o", network.name]
        subprocess.run(command, cwd=folder, check=True)


def read_batches(network, folder):
    text = (folder / f"{network.name}.csv").read_text().split("\n", 1)[1].replace("\n", ",")
    rows = torch.from_numpy(numpy.array(text.rstrip(",").split(","), numpy.float32)).reshape(-1, network.columns + 1)
    return [
        (part[:, :-1].reshape(-1, *network.shape).contiguous().pin_memory(), part[:, -1].long().pin_memory())
        for part in rows.split(network.batch)
    ]


class Program:
    """The compiled side of a network."""

    def __init__(self, network, folder):
        self.network, self.folder = network, folder

    def train(self, epochs, *flags):
        command = [f"./{self.network.name}", "train", "--epochs", str(epochs), "--out", "out.safetensors", *flags]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def losses(self):
        return steps.losses(self.train(COMPARED, "--weights", f"{self.network.name}.npz"))

    def step(self):
        """Seconds. The first epochs, in which kernels are compiled and graphs are made, do not count."""
        log = self.folder / "log.jsonl"
        log.unlink(missing_ok=True)
        self.train(self.network.epochs, "--quiet", "--log", log.name)
        events = [json.loads(line) for line in log.read_text().splitlines()]
        seconds = [event["seconds"] for event in events if event["event"] == "epoch"]
        return statistics.median(seconds[len(seconds) // 5 :]) / BATCHES


class Peer:
    """PyTorch's side."""

    def __init__(self, network, batches):
        self.network, self.batches = network, batches

    def start(self):
        torch.manual_seed(1)
        self.model = self.network.model().cuda()
        self.run = self.model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001, fused=True, capturable=True)
        self.x, self.y = (torch.empty_like(value, device="cuda") for value in self.batches[0])

    def save(self, path):
        self.start()
        numpy.savez(path, **{name: value.cpu().numpy() for name, value in self.model.state_dict().items()})

    def forward_and_back(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(self.run(self.x), self.y)
        loss.backward()
        self.optimizer.step()
        return loss

    def capture(self):
        """The step as one graph, behind some steps to warm up."""
        self.load(self.batches[0])
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(5):
                self.forward_and_back()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            loss = self.forward_and_back()

        def replay():
            graph.replay()
            return loss

        return replay

    def load(self, batch):
        self.x.copy_(batch[0], non_blocking=True)
        self.y.copy_(batch[1], non_blocking=True)

    def epoch(self, step):
        losses = []
        for batch in self.batches:
            self.load(batch)
            losses.append(step().item())
        return sum(losses) / len(losses)

    def losses(self):
        self.start()
        return [self.epoch(self.forward_and_back) for _ in range(COMPARED)]

    def step(self, kind):
        self.start()
        if kind == "compiled":
            self.run = torch.compile(self.model)
        step = self.forward_and_back if kind == "eager" else self.capture()
        seconds = []
        for _ in range(self.network.epochs):
            begin = time.perf_counter()
            self.epoch(step)
            seconds.append(time.perf_counter() - begin)
        return statistics.median(seconds[len(seconds) // 5 :]) / BATCHES


KINDS = ("eager", "graph", "compiled")


def measure(network, folder, rounds):
    """A row of the page."""
    program, peer = Program(network, folder), Peer(network, read_batches(network, folder))
    peer.save(folder / f"{network.name}.npz")
    ours, theirs = program.losses(), peer.losses()
    difference = max(abs(a - b) / b for a, b in zip(ours, theirs))
    assert len(ours) == COMPARED and difference < 1e-3, f"the losses are {ours} and {theirs}"
    times = {kind: [] for kind in ("bmc", *KINDS)}
    for _ in range(rounds):
        times["bmc"].append(program.step())
        for kind in KINDS:
            times[kind].append(peer.step(kind))
    medians = {kind: statistics.median(values) for kind, values in times.items()}
    ratio = medians["bmc"] / min(medians[kind] for kind in KINDS)
    return [network.title, *(f"{1e6 * value:.0f}" for value in medians.values()), f"**{ratio:.2f}**", f"{difference:.0e}"]


def document(rows, rounds):
    head = ["network", "bmc", "PyTorch eager", "PyTorch, CUDA graph", "compiled, CUDA graph", "bmc / best", "losses"]
    return page.document(
        "Training steps on a GPU",
        [
            f"Written by `bench/gpu/training.py` on an {torch.cuda.get_device_name()}, PyTorch {torch.__version__}: microseconds a step",
            f"of f32 with cross entropy and Adam, medians of {rounds} rounds; then the largest relative difference of the losses of",
            f"{COMPARED} epochs from the same weights. PyTorch's products are of full precision, as its default is.",
        ],
        page.table(head, rows),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compile", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--measure", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--bmc", type=pathlib.Path, default=page.ROOT / "build/bin/bmc")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=pathlib.Path, default=page.ROOT / "bench/gpu/training.md")
    options = parser.parse_args()
    if options.compile:
        compile_all(options.compile, options.bmc.resolve())
    if options.measure:
        rows = []
        for network in NETWORKS:
            rows.append(measure(network, options.measure, options.rounds))
            print(*rows[-1], flush=True)
        page.write(options.output, document(rows, options.rounds))


if __name__ == "__main__":
    main()
