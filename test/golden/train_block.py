"""Losses and weights of two small trainings, for test/driver/train-block.test.

Command, from the repository's root, with a Python that has torch:  python test/golden/train_block.py

`groups`: two outputs, a loss of two weighted parts with row weights, two optimizers, a frozen bias, gradients clipped by
their norm. `tied`: a weight that is used twice, by its layer and transposed at the output.
"""

import torch

from store import FOLDER, save_safetensors

HERE = FOLDER / "train_block"
ROWS, EPOCHS = 24, 10


def data():
    generator = torch.Generator().manual_seed(7)
    x = torch.randint(-8, 9, (ROWS, 3), generator=generator) / 8
    y = (x.sum(1, keepdim=True) + x[:, :1] ** 2) / 2
    c = torch.randint(0, 3, (ROWS, 1), generator=generator)
    weight = torch.randint(1, 5, (ROWS, 1), generator=generator) / 4
    return x, y, c, weight


class Groups(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(3, 4)
        self.body = torch.nn.Linear(4, 4)
        self.value = torch.nn.Linear(4, 1)
        self.classes = torch.nn.Linear(4, 3)

    def forward(self, x):
        h = self.body(torch.tanh(self.fc1(x)))
        return self.value(h), self.classes(h)


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.code = torch.nn.Linear(3, 4, bias=False)

    def forward(self, x):
        return torch.tanh(self.code(x)) @ self.code.weight


def save(name, lines, model):
    (HERE / f"{name}.txt").write_text("".join(line + "\n" for line in lines))
    save_safetensors(HERE / f"{name}-final.safetensors", model.state_dict())


def train_groups(x, y, c, weight):
    model = Groups()
    save_safetensors(HERE / "groups-init.safetensors", model.state_dict())
    model.body.bias.requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    fast = torch.optim.SGD(model.fc1.parameters(), lr=0.1, momentum=0.9)
    slow = torch.optim.Adam([p for p in trained if all(p is not q for q in model.fc1.parameters())], lr=0.01)
    lines, clipped = [], 0
    for epoch in range(1, EPOCHS + 1):
        value, logits = model(x)
        square = (weight * (value - y) ** 2).mean()
        category = 0.5 * torch.nn.functional.cross_entropy(logits, c[:, 0])
        loss = square + category
        hits = (logits.argmax(1) == c[:, 0]).float().mean()
        lines.append(
            f"Epoch {epoch}, Loss: {loss:.9g}, square: {square:.9g}, category: {category:.9g}, hits: {hits:.9g}"
        )
        fast.zero_grad()
        slow.zero_grad()
        loss.backward()
        clipped += torch.nn.utils.clip_grad_norm_(trained, 0.75) > 0.75
        fast.step()
        slow.step()
    assert 0 < clipped < EPOCHS, "some steps are clipped and some are not"
    save("groups", lines, model)


def train_tied(x):
    model = Tied()
    save_safetensors(HERE / "tied-init.safetensors", model.state_dict())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    lines = []
    for epoch in range(1, EPOCHS + 1):
        loss = ((model(x) - x) ** 2).mean()
        lines.append(f"Epoch {epoch}, Loss: {loss:.9g}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    save("tied", lines, model)


def main():
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(3)
    x, y, c, weight = data()
    rows = torch.cat([x, y, c, weight], 1).tolist()
    (HERE / "data.csv").write_text("".join(",".join(f"{v:.9g}" for v in row) + "\n" for row in rows))
    train_groups(x, y, c, weight)
    train_tied(x)


if __name__ == "__main__":
    main()
