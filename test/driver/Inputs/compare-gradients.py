"""The difference of two weight files is a gradient: compares it with PyTorch's and with the formulas worked by hand.

usage: compare-gradients.py BEFORE AFTER CASES.json CASE

By hand, with z the sums before a ReLU, a after it, and y* the target: dL/dw_o = 2 (y - y*) a and dL/db_o = 2 (y - y*)
where the output is active; dL/dw_1j = 2 (y - y*) w_o1 [z1 > 0] x_j.
"""

import json
import sys

from weight_file import read


def by_hand(weights, x, target):
    w1, b1, wo, bo = (weights[n] for n in ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"))
    z = [sum(w1[3 * i + j] * x[j] for j in range(3)) + b1[i] for i in range(2)]
    a = [max(v, 0) for v in z]
    output = wo[0] * a[0] + wo[1] * a[1] + bo[0]
    slope = 2 * (max(output, 0) - target) * (output > 0)
    hidden = [slope * wo[i] * (z[i] > 0) for i in range(2)]
    return {
        "fc1.weight": [h * v for h in hidden for v in x],
        "fc1.bias": hidden,
        "fc2.weight": [slope * v for v in a],
        "fc2.bias": [slope],
    }


def main():
    before, after = ({name: values for name, (_, _, values) in read(path).items()} for path in sys.argv[1:3])
    with open(sys.argv[3], encoding="utf-8") as file:
        case = next(c for c in json.load(file) if c["case"] == sys.argv[4])
    hand = by_hand(before, case["inputs"]["x"]["data"], case["inputs"]["target"]["data"][0])
    for name, gradient in case["gradients"].items():
        ours = [b - a for b, a in zip(before[name], after[name])]
        for mine, theirs, worked in zip(ours, gradient["data"], hand[name]):
            # A weight that is subtracted from loses what its own size rounds away.
            if abs(mine - theirs) > 2e-6 or abs(mine - worked) > 2e-6:
                sys.exit(f"{name}: {mine}, PyTorch {theirs}, by hand {worked}")
    print(f"{len(hand)} gradients agree")


if __name__ == "__main__":
    main()
