"""Losses and weights of a training whose updates take the gradients of three batches, for test/driver/accumulate.test.

Command, from the repository's root, with a Python that has torch:  python test/golden/accumulate.py

30 rows in batches of 4, so that the last group of an epoch is a batch of 4 rows and one of 2; batch normalisation,
gradients clipped by their norm, Adam.
"""

import torch

from store import FOLDER, save_safetensors

HERE = FOLDER / "accumulate"
ROWS, BATCH, GROUP, EPOCHS, LIMIT = 30, 4, 3, 10, 0.5


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(3, 4, bias=False)  # batch normalisation would take it off
        self.norm = torch.nn.BatchNorm1d(4)
        self.fc2 = torch.nn.Linear(4, 1)

    def forward(self, x):
        return self.fc2(torch.tanh(self.norm(self.fc1(x))))


def main():
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(5)
    x = torch.randint(-8, 9, (ROWS, 3)) / 8
    y = (x.sum(1, keepdim=True) + x[:, :1] ** 2) / 2
    rows = torch.cat([x, y], 1).tolist()
    (HERE / "data.csv").write_text("".join(",".join(f"{v:.9g}" for v in row) + "\n" for row in rows))
    model = Net()
    save_safetensors(HERE / "init.safetensors", model.state_dict())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    lines, clipped, updates = [], 0, 0
    for epoch in range(1, EPOCHS + 1):
        total, batches = 0.0, list(zip(x.split(BATCH), y.split(BATCH)))
        for start in range(0, len(batches), GROUP):
            group = batches[start : start + GROUP]
            count = sum(len(a) for a, _ in group)
            optimizer.zero_grad()
            for a, b in group:
                loss = torch.nn.functional.mse_loss(model(a), b)
                total += loss.item() * len(a)
                (loss * len(a) / count).backward()
            clipped += torch.nn.utils.clip_grad_norm_(model.parameters(), LIMIT).item() > LIMIT
            optimizer.step()
            updates += 1
        lines.append(f"Epoch {epoch}, Loss: {total / ROWS:.9g}\n")
    assert 0 < clipped < updates, "some steps are clipped and some are not"
    (HERE / "losses.txt").write_text("".join(lines))
    save_safetensors(HERE / "final.safetensors", model.state_dict())


if __name__ == "__main__":
    main()
