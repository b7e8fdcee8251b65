"""Values of the standard library's entries, from PyTorch.

Command, from the repository's root, with a Python that has torch:  python test/golden/library.py
Writes library/GROUP.json; README.md beside this script describes the format. Computed in float64 from inputs that
float32 holds exactly, so one file serves both element types: compare f64 closely and f32 to its own rounding.
"""

import torch

from library_cases import activations, einsums, gradients, layers, losses, metrics, optimizers, plateaus, recurrent
from library_cases import schedules, softmaxes
from store import FOLDER, save_cases

GROUPS = {
    "activations": activations.cases,
    "softmaxes": softmaxes.cases,
    "statistics": softmaxes.statistics,
    "regression_losses": losses.regression,
    "distance_losses": losses.distances,
    "cross_entropies": losses.cross_entropies,
    "binary_losses": losses.binary,
    "metrics": metrics.cases,
    "layers": layers.cases,
    "optimizers": optimizers.cases,
    "schedules": schedules.cases,
    "recurrent": recurrent.cases,
    "plateaus": plateaus.cases,
    "einsums": einsums.cases,
    "gradients": gradients.cases,
}


def main():
    for seed, (name, cases) in enumerate(GROUPS.items()):
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        save_cases(FOLDER / "library" / f"{name}.json", list(cases(generator)))


if __name__ == "__main__":
    main()
