"""Integrated gradients and gradients of a small network with an embedding and a one-hot column, for test/driver/attributions.test.

Command, from the repository's root, with a Python that has torch:  python test/golden/explain.py

Integrated gradients (Sundararajan, Taly and Yan 2017) written out: for each of the values that the first layer reads the
mean of the gradients at the middles of equal steps from zero, times the value; summed up for each column of the data.
"""

import csv

import torch

from store import FOLDER, save_cases, save_safetensors

HERE = FOLDER / "explain"
KINDS, CITIES, CLASSES = ["round", "square", "flat"], ["Bonn", "Kiel", "Ulm", "Worms"], ["no", "perhaps", "yes"]
COLUMNS = ["age", "income", "kind", "city"]
ROWS, STEPS = 8, 50


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.place = torch.nn.Embedding(4, 2)
        self.fc1 = torch.nn.Linear(7, 6)
        self.fc2 = torch.nn.Linear(6, 3)

    def forward(self, values):
        return self.fc2(torch.tanh(self.fc1(values)))


def integrated(model, values, target, steps):
    """A number for each value, and the two ends of the path."""
    total = torch.zeros_like(values)
    for step in range(steps):
        point = (values * (step + 0.5) / steps).requires_grad_()
        total += torch.autograd.grad(model(point)[target], point)[0]
    return values * total / steps, model(values)[target].item(), model(torch.zeros_like(values))[target].item()


def by_column(numbers):
    parts = [numbers[0:1], numbers[1:2], numbers[2:5], numbers[5:7]]
    return {name: part.sum().item() for name, part in zip(COLUMNS, parts)}


def case(model, row, values, target):
    """What is to be found for a row and a class: of categories gradient times value, by either method."""
    attributions, prediction, baseline = integrated(model, values, target, STEPS)
    assert abs(attributions.sum().item() - (prediction - baseline)) < 1e-3, "too few steps"
    point = values.clone().requires_grad_()
    gradient = torch.autograd.grad(model(point)[target], point)[0]
    products = torch.cat([gradient[:2], gradient[2:] * values[2:]])
    return {
        "row": row,
        "target": CLASSES[target],
        "is_predicted": target == int(model(values).argmax()),
        "prediction": prediction,
        "baseline": baseline,
        "integrated": by_column(attributions),
        "gradient": by_column(products),
    }


def main():
    torch.manual_seed(5)
    model = Network()
    save_safetensors(HERE / "weights.safetensors", model.state_dict())
    model.double()
    numbers = torch.randint(-16, 17, (ROWS, 2)) / 8
    kinds, cities = torch.randint(0, 3, (ROWS,)).tolist(), torch.randint(0, 4, (ROWS,)).tolist()
    cases = []
    with open(HERE / "rows.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*COLUMNS, "answer"])
        for row, ((age, income), kind, city) in enumerate(zip(numbers.tolist(), kinds, cities)):
            table.writerow([age, income, KINDS[kind], CITIES[city], CLASSES[kind]])
            one_hot = torch.nn.functional.one_hot(torch.tensor(kind), 3)
            values = torch.cat([torch.tensor([age, income]), one_hot, model.place.weight[city].detach()]).double()
            cases += [case(model, row, values, target) for target in range(3)]
    assert len({one["target"] for one in cases if one["is_predicted"]}) > 1, "all rows have one class"
    save_cases(HERE / "attributions.json", cases)


main()
