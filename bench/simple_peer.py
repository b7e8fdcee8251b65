"""examples/simple.bm as a PyTorch script: what bench/simple.py starts beside the compiled program.

Prints the losses as the program does, saves the weights to the path given, and says on standard error how many seconds
the training took without the start of Python and the import of torch.
"""

import sys
import time

import torch


class SimpleModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(3, 2)
        self.fc2 = torch.nn.Linear(2, 1)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


start = time.perf_counter()
torch.set_num_threads(1)
model = SimpleModel()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
x, y = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]), torch.tensor([[1.0], [0], [1]])
for epoch in range(100):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    print(f"Epoch {epoch + 1}, Loss: {loss.item():.9g}")
with torch.no_grad():
    test_loss = torch.nn.functional.mse_loss(model(torch.tensor([[2.0, 3, 4], [5, 6, 7]])), torch.tensor([[0.0], [1]]))
print(f"Test Loss: {test_loss.item():.9g}")
torch.save(model.state_dict(), sys.argv[1])
print(time.perf_counter() - start, file=sys.stderr)
