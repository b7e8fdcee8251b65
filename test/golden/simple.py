"""The losses of examples/simple.bm in PyTorch.

Command, from the repository's root, with a Python that has torch:  python test/golden/simple.py
Writes simple/: init.safetensors, losses-OPTIMIZER.txt (`Epoch N, Loss: L` 100 times, then `Test Loss: L`; the printed
decimal numbers give back the exact float32 values) and final-OPTIMIZER.safetensors (the trained weights).
"""

import torch

from store import FOLDER, save_safetensors

X = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
Y = [[1], [0], [1]]
TEST_X = [[2, 3, 4], [5, 6, 7]]
TEST_Y = [[0], [1]]
EPOCHS = 100
SEED = 11

OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.001),
    "gd": lambda p: torch.optim.SGD(p, lr=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.001, momentum=0.9),
}


class SimpleModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(3, 2)
        self.fc2 = torch.nn.Linear(2, 1)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def initial_weights():
    """PyTorch's own initialisation, from a seed whose network learns: `check` says what that means."""
    torch.manual_seed(SEED)
    return {name: value.clone() for name, value in SimpleModel().state_dict().items()}


def train(initial, make_optimizer, dtype):
    """Returns the loss of every epoch (before its update), the test loss and the trained weights."""
    model = SimpleModel().to(dtype)
    model.load_state_dict(initial)
    optimizer = make_optimizer(model.parameters())
    x, y = torch.tensor(X, dtype=dtype), torch.tensor(Y, dtype=dtype)
    losses = []
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        test_x, test_y = torch.tensor(TEST_X, dtype=dtype), torch.tensor(TEST_Y, dtype=dtype)
        test_loss = torch.nn.functional.mse_loss(model(test_x), test_y).item()
    return losses, test_loss, model.state_dict()


def active_units(initial):
    """For each sample, which hidden units are active."""
    return (torch.tensor(X, dtype=torch.float32) @ initial["fc1.weight"].T + initial["fc1.bias"]) > 0


def rounding_error(initial, make_optimizer):
    """The largest relative difference between the float32 and the float64 run."""
    single, double = (train(initial, make_optimizer, dtype) for dtype in (torch.float32, torch.float64))
    pairs = zip(single[0] + [single[1]], double[0] + [double[1]])
    return max(abs(a - b) / b for a, b in pairs)


def check(initial):
    """The values are worth comparing only if each hidden unit works, a gate closes, the loss falls and rounding is far
    below the tests' tolerance of 1e-5."""
    active = active_units(initial)
    assert active.any(0).all() and not active.all()
    for make_optimizer in OPTIMIZERS.values():
        losses, _, _ = train(initial, make_optimizer, torch.float32)
        assert losses[-1] < 0.5 * losses[0]
        assert rounding_error(initial, make_optimizer) < 1e-6


def main():
    initial = initial_weights()
    check(initial)
    folder = FOLDER / "simple"
    save_safetensors(folder / "init.safetensors", initial)
    for name, make_optimizer in OPTIMIZERS.items():
        losses, test_loss, weights = train(initial, make_optimizer, torch.float32)
        lines = [f"Epoch {i + 1}, Loss: {loss!r}" for i, loss in enumerate(losses)] + [f"Test Loss: {test_loss!r}"]
        (folder / f"losses-{name}.txt").write_text("\n".join(lines) + "\n")
        save_safetensors(folder / f"final-{name}.safetensors", weights)


if __name__ == "__main__":
    main()
