"""Runs the Python halves of docs/from-pytorch.md and records what they give, for the test of the other halves.

Command, from the repository's root, with a Python that has torch:  python test/golden/from_pytorch.py
Writes from_pytorch.json. A Python block that leaves `model` and `x` behind is recorded with its weights and the model's
output; one that has also stepped an optimizer, with the weights before the first step and after the last one instead.
All is computed in float64, so that the reference interpreter can be compared closely.
"""

import copy
import re

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from store import FOLDER, save_cases, tensor

PAGE = FOLDER.parent.parent / "docs" / "from-pytorch.md"
PAIR = re.compile(r"```python\n(.*?)```\n+```bm\n(.*?)```", re.S)


def state(model):
    return {k: tensor(v) for k, v in model.state_dict().items()}


def record(text):
    """The names that the block leaves, and the weights before its first step of an optimizer."""
    torch.manual_seed(0)
    names, first, steps = {}, {}, 0

    def before_step(optimizer, args, kwargs):
        nonlocal steps
        if steps == 0:
            first.update(copy.deepcopy(names["model"].state_dict()))
        steps += 1

    hook = register_optimizer_step_pre_hook(before_step)
    exec(text, names)
    hook.remove()
    if "model" not in names or "x" not in names:
        return None
    case = {"python": text, "steps": steps, "inputs": {"x": tensor(names["x"])}}
    if "y" in names:
        case["inputs"]["y"] = tensor(names["y"])
    if steps:
        buffers = {k for k, _ in names["model"].named_buffers()}
        case["weights"] = {k: tensor(v) for k, v in first.items() if k not in buffers}
        case["last"] = state(names["model"])
    else:
        case["weights"] = state(names["model"])
        case["value"] = tensor(names["model"](names["x"]))
    return case


def main():
    torch.set_default_dtype(torch.float64)
    cases = [record(python) for python, _ in PAIR.findall(PAGE.read_text())]
    save_cases(FOLDER / "from_pytorch.json", [case for case in cases if case])


if __name__ == "__main__":
    main()
