"""Losses and weights of an encoder with attention, for test/driver/transformer.test.

Command, from the repository's root, with a Python that has torch:  python test/golden/transformer.py

40 sequences of 8 steps with 5 numbers each, in batches of 12 and a shorter last one; the class is the step whose first
number is largest, in thirds of the sequence.
"""

import torch

from store import FOLDER, save_safetensors

HERE = FOLDER / "transformer"
ROWS, STEPS, INPUTS, CLASSES, WIDTH, HEADS, DEPTH = 40, 8, 5, 3, 16, 4, 2
BATCH, EPOCHS = 12, 10


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = torch.nn.Linear(WIDTH, 3 * WIDTH), torch.nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3 * HEADS, d // HEADS).transpose(1, 2).chunk(3, dim=1)
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(n, t, d))


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.up, self.down = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(torch.nn.functional.gelu(self.up(self.norm2(x))))


class Reader(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Linear(INPUTS, WIDTH)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = torch.nn.LayerNorm(WIDTH)
        self.head = torch.nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        h = self.embed(x)
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h).mean(dim=1))


def main():
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(3)
    x = torch.randint(-32, 33, (ROWS, STEPS, INPUTS)) / 32
    y = x[:, :, 0].argmax(dim=1) * CLASSES // STEPS
    rows = torch.cat([x.reshape(ROWS, -1), y[:, None]], 1).tolist()
    (HERE / "data.csv").write_text("".join(",".join(f"{v:.9g}" for v in row) + "\n" for row in rows))
    model = Reader()
    save_safetensors(HERE / "init.safetensors", model.state_dict())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    means = []
    for _ in range(EPOCHS):
        total = 0.0
        for a, b in zip(x.split(BATCH), y.split(BATCH)):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(a), b)
            total += loss.item() * len(a)
            loss.backward()
            optimizer.step()
        means.append(total / ROWS)
    assert means[-1] < 0.8 * means[0], "it learns"
    (HERE / "losses.txt").write_text("".join(f"Epoch {i}, Loss: {mean:.9g}\n" for i, mean in enumerate(means, 1)))


if __name__ == "__main__":
    main()
