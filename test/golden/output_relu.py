"""Gradients of the 3-2-1 network with ReLU on its output too, for one sample.

Command, from the repository's root, with a Python that has torch:  python test/golden/output_relu.py
Writes output_relu.json and output_relu.safetensors (its parameters). The cases: both hidden units active, one hidden
unit closed, the output closed (all gradients are zero). The gradients come from PyTorch and are checked here against
the formulas worked by hand, with loss (y - target)^2, hidden z1 = w1 x + b1, a1 = relu(z1), output z_o = w_o a1 + b_o:

    dL/dw_o,i  = 2 (y - target) [z_o > 0] a1_i
    dL/db_o    = 2 (y - target) [z_o > 0]
    dL/dw1_i,j = 2 (y - target) [z_o > 0] w_o,i [z1_i > 0] x_j
    dL/db1_i   = 2 (y - target) [z_o > 0] w_o,i [z1_i > 0]
"""

import torch

from store import FOLDER, save_cases, save_safetensors, tensor

TARGET = [[1.0]]
WEIGHTS = {
    "fc1.weight": [[0.5, -0.25, 0.125], [-0.75, 0.5, 0.25]],
    "fc1.bias": [0.1, -0.2],
    "fc2.weight": [[0.8, 1.5]],
    "fc2.bias": [0.3],
}
CASES = {"all_active": [[1.0, 2.0, 3.0]], "one_hidden_closed": [[3.0, 1.0, 2.0]], "output_closed": [[1.0, 2.0, 3.0]]}


def parameters(case):
    weights = {name: torch.tensor(values, requires_grad=True) for name, values in WEIGHTS.items()}
    if case == "output_closed":
        weights["fc2.bias"] = torch.tensor([-5.0], requires_grad=True)
    return weights


def forward(w, x):
    z1 = x @ w["fc1.weight"].T + w["fc1.bias"]
    z_o = torch.relu(z1) @ w["fc2.weight"].T + w["fc2.bias"]
    return z1, z_o


def gradients_by_hand(w, x, target):
    with torch.no_grad():
        z1, z_o = forward(w, x)
        out = 2 * (torch.relu(z_o) - target) * (z_o > 0)  # [1, 1]
        hidden = out * w["fc2.weight"] * (z1 > 0)  # [1, 2]
        return {
            "fc1.weight": hidden.T @ x,
            "fc1.bias": hidden[0],
            "fc2.weight": out * torch.relu(z1),
            "fc2.bias": out[0],
        }


def check(case, w, x, gradients):
    z1, z_o = forward(w, x)
    expected = {"all_active": (2, 1), "one_hidden_closed": (1, 1), "output_closed": (2, 0)}[case]
    assert (int((z1 > 0).sum()), int((z_o > 0).sum())) == expected
    for name, by_hand in gradients_by_hand(w, x, torch.tensor(TARGET)).items():
        torch.testing.assert_close(gradients[name], by_hand, rtol=1e-6, atol=0)


def run(case, sample):
    w, x, target = parameters(case), torch.tensor(sample), torch.tensor(TARGET)
    y = torch.relu(forward(w, x)[1])
    loss = torch.nn.functional.mse_loss(y, target)
    loss.backward()
    gradients = {name: value.grad for name, value in w.items()}
    check(case, w, x, gradients)
    return {
        "case": case,
        "inputs": {name: tensor(v) for name, v in {"x": x, "target": target, **w}.items()},
        "output": tensor(y),
        "loss": loss.item(),
        "gradients": {name: tensor(g) for name, g in gradients.items()},
    }


def main():
    save_cases(FOLDER / "output_relu.json", [run(case, sample) for case, sample in CASES.items()])
    save_safetensors(FOLDER / "output_relu.safetensors", parameters("all_active"))


if __name__ == "__main__":
    main()
