"""Trains the recommender and the fraud example by their compiled programs and by PyTorch, and writes bench/recipes.md.

Command, from the repository's root, with a Python that has torch and scikit-learn:  python bench/recipes.py [--seeds N]
Both sides train the same network on the same split with the same optimizer, batches and epochs, over N seeds (10), each
time from the same initial weights: those that the program makes of the seed. The order of the rows differs, so only the
means are compared. The program computes its metrics itself; those of PyTorch's predictions are scikit-learn's.
"""

import argparse
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

import numpy
import page
import sklearn
import torch
from sklearn import metrics

import example

DATA = example.ROOT / "examples" / "data"


class Recommender(torch.nn.Module):
    def __init__(self, users=120, items=80, factors=3):
        super().__init__()
        self.mean = torch.nn.Parameter(torch.zeros(1))
        self.user_bias, self.item_bias = torch.nn.Embedding(users, 1), torch.nn.Embedding(items, 1)
        self.user_factors, self.item_factors = torch.nn.Embedding(users, factors), torch.nn.Embedding(items, factors)

    def forward(self, x):
        user, item = x[:, 0].long(), x[:, 1].long()
        agreement = (self.user_factors(user) * self.item_factors(item)).sum(dim=1, keepdim=True)
        return self.mean + self.user_bias(user) + self.item_bias(item) + agreement


class Fraud(torch.nn.Module):
    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.layers = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.layers(x)


def weighted_loss(prediction, target):
    return torch.nn.functional.binary_cross_entropy_with_logits(prediction, target, pos_weight=torch.tensor(10.0))


# A recipe's network, loss, optimizer, epochs, and its metrics: by the program's name, how scikit-learn computes them.
RECIPES = {
    "recommender": (
        Recommender,
        torch.nn.functional.mse_loss,
        lambda p: torch.optim.Adam(p, lr=0.02, weight_decay=0.001),
        20,
        {
            "rmse": lambda y, p: metrics.root_mean_squared_error(y, p),
            "mean_absolute_error": lambda y, p: metrics.mean_absolute_error(y, p),
            "r2": lambda y, p: metrics.r2_score(y, p),
        },
    ),
    "fraud": (
        Fraud,
        weighted_loss,
        lambda p: torch.optim.AdamW(p, lr=0.003),
        30,
        {
            "roc_auc": lambda y, p: metrics.roc_auc_score(y, p),
            "average_precision": lambda y, p: metrics.average_precision_score(y, p),
            "binary_f1": lambda y, p: metrics.f1_score(y, p > 0),
            "binary_precision": lambda y, p: metrics.precision_score(y, p > 0),
            "binary_recall": lambda y, p: metrics.recall_score(y, p > 0),
        },
    ),
}
FILES, BATCH = {"recommender": "ratings", "fraud": "fraud"}, 64


def read(name, part):
    rows = numpy.loadtxt(DATA / f"{FILES[name]}-{part}.csv", delimiter=",", dtype=numpy.float32)
    return torch.from_numpy(rows[:, :-1].copy()), torch.from_numpy(rows[:, -1:].copy())


def run(program, *arguments):
    command = [program, "train", *arguments]
    return subprocess.run(command, cwd=example.ROOT, check=True, capture_output=True, text=True).stdout


def compiled_scores(program, seed, folder):
    lines = run(program, "--seed", str(seed), "--out", folder / "trained.safetensors", "--json").splitlines()
    return {name.removeprefix("test_"): value for name, value in json.loads(lines[-1]).items()}


def peer_scores(name, program, seed, folder):
    """Trains from the weights that the program begins with, and measures on the test set."""
    make, loss_of, make_optimizer, epochs, scores = RECIPES[name]
    run(program, "--seed", str(seed), "--epochs", "0", "--out", folder / "initial.safetensors")
    torch.manual_seed(seed)
    model = make()
    model.load_state_dict(example.read_safetensors(folder / "initial.safetensors"))
    optimizer = make_optimizer(model.parameters())
    x, y = read(name, "train")
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss_of(model(x[rows]), y[rows]).backward()
            optimizer.step()
    x, y = read(name, "test")
    with torch.no_grad():
        prediction = model(x).numpy()[:, 0]
    return {metric: score(y.numpy()[:, 0], prediction) for metric, score in scores.items()}


def spread(values):
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def rows_of(name, bmc, seeds, folder):
    program = folder / name
    subprocess.run([bmc, f"examples/{name}.bm", "-o", program], cwd=example.ROOT, check=True)
    compiled = [compiled_scores(program, seed, folder) for seed in seeds]
    peer = [peer_scores(name, program, seed, folder) for seed in seeds]
    for metric in RECIPES[name][-1]:
        ours, theirs = [run[metric] for run in compiled], [run[metric] for run in peer]
        difference = statistics.mean(ours) - statistics.mean(theirs)
        error = (statistics.variance(ours) / len(ours) + statistics.variance(theirs) / len(theirs)) ** 0.5
        yield [name, metric, spread(ours), spread(theirs), f"{difference:+.4f}", f"{error:.4f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="runs of each side, at least 2")
    parser.add_argument("--bmc", type=pathlib.Path, default=example.ROOT / "build/bin/bmc")
    parser.add_argument("--output", type=pathlib.Path, default=example.ROOT / "bench/recipes.md")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in RECIPES:
            for row in rows_of(name, options.bmc.resolve(), range(1, options.seeds + 1), pathlib.Path(folder)):
                print(*row, flush=True)
                rows.append(row)
    head = ["Example", "Metric", "Compiled program", "PyTorch", "Difference", "Its standard error"]
    text = page.document(
        "Recipes beside PyTorch and scikit-learn",
        [
            f"Written by `bench/recipes.py`: test sets, mean ± standard deviation of {options.seeds} seeds, both sides from the",
            f"same initial weights. PyTorch {torch.__version__}, its predictions measured by scikit-learn {sklearn.__version__},",
            f"on {platform.machine()}.",
        ],
        page.table(head, rows),
    )
    page.write(options.output, text)


if __name__ == "__main__":
    sys.exit(main())
