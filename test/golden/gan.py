"""Losses and weights of two trainings with several networks and steps, for test/driver/steps.test.

Command, from the repository's root, with a Python that has torch:  python test/golden/gan.py

`gan`: a small copy of examples/gan.bm, a critic with a gradient penalty on each batch and a generator on every second,
from equal weights and with the same random numbers (philox.py). `pair`: an encoder and a decoder with one loss, and one
optimizer for each.
"""

import numpy
import torch

from philox import Draws
from store import FOLDER, save_safetensors

HERE = FOLDER / "gan"
ROWS, BATCH, EPOCHS, SEED = 22, 5, 6, 3


def network(*sizes, activation):
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = torch.nn.Linear(sizes[0], sizes[1])
            self.out = torch.nn.Linear(sizes[1], sizes[2])

        def forward(self, x):
            return self.out(activation(self.fc1(x)))

    return Network()


def states(**networks):
    return {f"{name}.{key}": value for name, net in networks.items() for key, value in net.state_dict().items()}


def critic_loss(g, d, x, draws):
    """Its two parts, each with a draw of its own."""
    realism = d(g(torch.from_numpy(draws.normal(len(x), 3))).detach()).mean() - d(x).mean()
    drawn = g(torch.from_numpy(draws.normal(len(x), 3))).detach()
    a = torch.from_numpy(draws.uniform(len(x), 1))
    between = (a * x + (1 - a) * drawn).requires_grad_(True)
    (slope,) = torch.autograd.grad(d(between).sum(), between, create_graph=True)
    return realism, ((slope.norm(dim=1) - 1) ** 2).mean()


def train_gan(x):
    g, d = network(3, 6, 2, activation=torch.tanh), network(2, 6, 1, activation=torch.tanh)
    save_safetensors(HERE / "gan-init.safetensors", states(g=g, d=d))
    critic = torch.optim.Adam(d.parameters(), lr=0.01, betas=(0.5, 0.999))
    generator = torch.optim.Adam(g.parameters(), lr=0.02)
    lines, step = [], 0
    for epoch in range(1, EPOCHS + 1):
        sums, rows = numpy.zeros(4), numpy.zeros(4)
        for batch in x.split(BATCH):
            step += 1
            realism, penalty = critic_loss(g, d, batch, Draws(SEED, step))
            found = {0: realism + penalty, 1: realism, 2: penalty}
            critic.zero_grad()
            found[0].backward()
            critic.step()
            if step % 2 == 0:
                found[3] = -d(g(torch.from_numpy(Draws(SEED, step, 1).normal(len(batch), 3)))).mean()
                generator.zero_grad()
                found[3].backward()
                generator.step()
            for i, value in found.items():
                sums[i] += value.item() * len(batch)
                rows[i] += len(batch)
        means = sums / rows
        names = "critic", "critic.realism", "critic.penalty", "generator"
        parts = "".join(f", {name}: {value:.9g}" for name, value in zip(names, means))
        lines.append(f"Epoch {epoch}, Loss: {means[0] + means[3]:.9g}{parts}\n")
    (HERE / "gan.txt").write_text("".join(lines))
    save_safetensors(HERE / "gan-final.safetensors", states(g=g, d=d))


def train_pair(x):
    encoder, decoder = network(2, 6, 1, activation=torch.tanh), network(1, 6, 2, activation=torch.tanh)
    save_safetensors(HERE / "pair-init.safetensors", states(encoder=encoder, decoder=decoder))
    fast = torch.optim.SGD(encoder.parameters(), lr=0.1, momentum=0.9)
    slow = torch.optim.Adam(decoder.parameters(), lr=0.01)
    lines = []
    for epoch in range(1, EPOCHS + 1):
        total = 0.0
        for batch in x.split(BATCH):
            loss = torch.nn.functional.mse_loss(decoder(encoder(batch)), batch)
            total += loss.item() * len(batch)
            fast.zero_grad()
            slow.zero_grad()
            loss.backward()
            fast.step()
            slow.step()
        lines.append(f"Epoch {epoch}, Loss: {total / ROWS:.9g}\n")
    (HERE / "pair.txt").write_text("".join(lines))
    save_safetensors(HERE / "pair-final.safetensors", states(encoder=encoder, decoder=decoder))
    with torch.no_grad():
        answers = decoder(encoder(x[:3])).tolist()
    (HERE / "pair-answers.txt").write_text("".join(",".join(f"{v:.9g}" for v in row) + "\n" for row in answers))


def main():
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(5)
    x = torch.randint(-16, 17, (ROWS, 2)) / 16
    (HERE / "data.csv").write_text("".join(",".join(f"{v:.9g}" for v in row) + "\n" for row in x.tolist()))
    train_gan(x)
    train_pair(x)


if __name__ == "__main__":
    main()
