"""The losses and weights of test/driver/Inputs/batch-norm.bm in PyTorch: five epochs of iris with batches of 16, the last
one short, in the order of the file. The measures in batch_norm/train.csv and test.csv have mean 0 and deviation 1.

Command, from the repository's root, with a Python that has torch:  python test/golden/batch_norm.py
Writes batch_norm/: init.safetensors and final.safetensors (parameters and buffers), losses.txt (`Epoch N, Loss: L`, then
the test loss with the running statistics).
"""

from collections import OrderedDict

import numpy
import torch

from store import FOLDER, save_safetensors

EPOCHS, BATCH, SEED = 5, 16, 3
DATA = FOLDER / "batch_norm"


def read(name, dtype):
    rows = numpy.loadtxt(DATA / f"{name}.csv", delimiter=",", dtype=numpy.float32)
    return torch.from_numpy(rows[:, :4].copy()).to(dtype), torch.from_numpy(rows[:, 4].copy()).long()


def network():
    nn = torch.nn
    first = nn.Linear(4, 8, bias=False)  # a bias would have no gradient but rounding errors, which Adam would follow
    layers = [first, nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 3)]
    return nn.Sequential(OrderedDict(layers=nn.Sequential(*layers)))


def train(initial, dtype):
    """The mean loss of every epoch's rows, the test loss, and the trained weights."""
    model = network().to(dtype)
    model.load_state_dict(initial)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    loss_of, losses = torch.nn.functional.cross_entropy, []
    x, y = read("train", dtype)
    for _ in range(EPOCHS):
        model.train()
        total = 0
        for rows in torch.arange(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss = loss_of(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    model.eval()
    test_x, test_y = read("test", dtype)
    with torch.no_grad():
        return losses, loss_of(model(test_x), test_y).item(), model.state_dict()


def main():
    torch.manual_seed(SEED)
    initial = {name: value.clone() for name, value in network().state_dict().items()}
    losses, test_loss, weights = train(initial, torch.float32)
    exact, exact_test_loss, _ = train(initial, torch.float64)
    # The tests' tolerance of 1e-5 is for the program, not for rounding.
    assert all(abs(a - b) < 2e-6 * b for a, b in zip(losses + [test_loss], exact + [exact_test_loss]))
    folder = FOLDER / "batch_norm"
    save_safetensors(folder / "init.safetensors", initial)
    save_safetensors(folder / "final.safetensors", weights)
    lines = [f"Epoch {i + 1}, Loss: {loss!r}" for i, loss in enumerate(losses)] + [f"Test Loss: {test_loss!r}"]
    (folder / "losses.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
