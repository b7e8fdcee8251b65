"""An example's model file as PyTorch: what the measurements beside this file compare with the compiled program.

The hyperparameters are read out of the model file, so the two sides cannot drift apart. This reads the examples' own
style only (a chain of `Linear` layers with relu between them, perhaps behind an `RNN`); it is no parser of the language.
"""

import csv
import dataclasses
import json
import pathlib
import re

import numpy
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass
class Example:
    name: str
    recurrent: list  # (inputs, hidden) of each RNN, one at most
    layers: list  # (inputs, outputs) of each Linear
    loss: str
    rate: float
    epochs: int
    batch: int  # 0: all rows
    train: tuple  # x and y
    test: tuple

    @property
    def classifies(self):
        return self.loss == "cross_entropy"


def setting(text, name):
    """The value of `name = value` in a train block."""
    return re.search(rf"^  {name}\s*=\s*(.+)$", text, re.MULTILINE).group(1)


def read_rows(text, name):
    path = re.search(r'table\("([^"]+)"', setting(text, name)).group(1)
    with open(ROOT / path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return numpy.array([row[:-1] for row in rows], dtype=float), [row[-1] for row in rows]


def prepare(preparation, train, test):
    """What the model file says of a field, with the statistics of the training rows."""
    if preparation.startswith("normalise("):
        mean, deviation = train.mean(axis=0), train.std(axis=0)
        deviation[deviation == 0] = 1
        return [(values - mean) / deviation for values in (train, test)]
    divisor = float(preparation.split("/")[1]) if "/" in preparation else 1
    return [values / divisor for values in (train, test)]


def read_tables(text, classifies):
    """x and y of the training and of the test rows: all columns but the last, and the last."""
    (train_x, train_y), (test_x, test_y) = read_rows(text, "data"), read_rows(text, "test")
    x_preparation, y_preparation = re.search(r"x = (.+), y = (.+)\)$", setting(text, "data")).groups()
    x = [torch.tensor(values, dtype=torch.float32) for values in prepare(x_preparation, train_x, test_x)]
    if classifies:
        names = sorted(set(train_y))
        y = [torch.tensor([names.index(answer) for answer in answers]) for answers in (train_y, test_y)]
    else:
        columns = [numpy.array(answers, dtype=float)[:, None] for answers in (train_y, test_y)]
        y = [torch.tensor(values, dtype=torch.float32) for values in prepare(y_preparation, *columns)]
    return (x[0], y[0]), (x[1], y[1])


def sizes(text, layer):
    """The two numbers of each `= Layer(3, 2)`."""
    return [(int(a), int(b)) for a, b in re.findall(rf"= {layer}\((\d+), (\d+)\)", text)]


def read_example(name):
    text = (ROOT / "examples" / f"{name}.bm").read_text()
    loss, batch = setting(text, "loss"), setting(text, "batch")
    train, test = read_tables(text, loss == "cross_entropy")
    return Example(
        name=name,
        recurrent=sizes(text, "RNN"),
        layers=sizes(text, "Linear"),
        loss=loss,
        rate=float(re.search(r"Adam\(lr = ([^)]+)\)", text).group(1)),
        epochs=int(setting(text, "epochs")),
        batch=0 if batch == "all" else int(batch),
        train=train,
        test=test,
    )


class LastState(torch.nn.Module):
    """An Elman network on rows of numbers; gives its state behind the last one."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.rnn = torch.nn.RNN(inputs, hidden, batch_first=True)

    def forward(self, x):
        return self.rnn(x.unflatten(1, (-1, self.rnn.input_size)))[1][0]


def network(example):
    parts = [LastState(*both) for both in example.recurrent]
    for inputs, outputs in example.layers:
        parts += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def read_safetensors(path):
    """The tensors of a safetensors file, all f32: a length, a header in JSON, then the data."""
    content = pathlib.Path(path).read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(content[start + begin : start + end], dtype=numpy.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def set_weights(model, tensors):
    """Gives the Linear layers of a network, in their order, the weights of fc1, fc2, ..., and its RNN those of rnn."""
    layers = [part for part in model if isinstance(part, torch.nn.Linear)]
    for number, layer in enumerate(layers, 1):
        state = {kind: tensors[f"fc{number}.{kind}"] for kind in ("weight", "bias")}
        layer.load_state_dict(state)
    for part in model:
        if isinstance(part, LastState):
            part.load_state_dict({name: tensors[name] for name in part.state_dict()})


def train(example, seed, weights=None):
    """Trains with Adam on shuffled batches, the last one short, and returns the network. Starts from `weights`, or
    from PyTorch's own random ones."""
    torch.manual_seed(seed)
    model = network(example)
    if weights:
        set_weights(model, weights)
    optimizer = torch.optim.Adam(model.parameters(), lr=example.rate)
    loss = getattr(torch.nn.functional, "cross_entropy" if example.classifies else "mse_loss")
    x, y = example.train
    for _ in range(example.epochs):
        for rows in torch.randperm(len(x)).split(example.batch or len(x)):
            optimizer.zero_grad()
            loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return model


def score(example, model):
    """Accuracy in percent on the test set, or the root of the mean squared error."""
    x, y = example.test
    with torch.no_grad():
        prediction = model(x)
        if example.classifies:
            return 100 * (prediction.argmax(1) == y).double().mean().item()
        return torch.nn.functional.mse_loss(prediction, y).sqrt().item()
