"""Metrics of scikit-learn over three batches, the last one short."""

import numpy
import torch
from sklearn import metrics

from store import tensor

from .common import random

BATCHES = [8, 8, 6]
ROWS = sum(BATCHES)


def measured(text, kind, prediction, target, value):
    return text, kind, prediction, target, tensor(torch.tensor(numpy.asarray(value, dtype=numpy.float64)))


def classes(generator):
    """Scores of five classes with many ties. Class 3 neither occurs nor is predicted, class 4 is only predicted."""
    scores = (2 * random(generator, ROWS, 5)).round() / 4
    scores[:, 3] = -8
    target = torch.randint(0, 3, (ROWS,), generator=generator, dtype=torch.int32)
    y, p = target.numpy(), scores.numpy()
    taken, labels = p.argmax(axis=1), range(5)
    shares = torch.softmax(scores, dim=1).numpy()
    yield measured("accuracy", "classes", scores, target, metrics.accuracy_score(y, taken))
    yield measured("confusion_matrix", "classes", scores, target, metrics.confusion_matrix(y, taken, labels=labels))
    for k in [1, 2, 4]:
        value = metrics.top_k_accuracy_score(y, p, k=k, labels=labels)
        yield measured(f"top_k_accuracy(k = {k})", "classes", scores, target, value)
    scores_of = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}
    for name, score in scores_of.items():
        for average in ["macro", "micro", "weighted"]:
            value = score(y, taken, average=average, zero_division=0)
            yield measured(f'{name}(average = "{average}")', "classes", scores, target, value)
        each = score(y, taken, labels=labels, average=None, zero_division=0)
        for c in [1, 3, 4]:
            yield measured(f"{name}(class = {c})", "classes", scores, target, each[c])
    each = metrics.f1_score(y, taken, labels=labels, average=None, zero_division=0)
    yield measured("f1_of_classes", "classes", scores, target, each)
    yield measured("log_loss", "classes", scores, target, metrics.log_loss(y, shares, labels=labels))
    three = scores[:, :3]
    shares = torch.softmax(three, dim=1)
    value = metrics.roc_auc_score(y, shares.numpy(), multi_class="ovr", average="macro")
    yield measured("roc_auc", "classes", three, target, value)
    exact = shares.float()
    exact[0] = torch.tensor([0.0, 0.25, 0.75])
    value = metrics.log_loss(y, exact.numpy().astype(numpy.float32), labels=range(3))
    yield measured("log_loss(logits = false)", "classes", exact.double(), target, value)


def binary(generator):
    scores = (2 * random(generator, ROWS, 1)).round() / 4
    target = (torch.rand(ROWS, 1, generator=generator) < 0.3).double()
    y, p = target.numpy()[:, 0], scores.numpy()[:, 0]
    share = torch.sigmoid(scores).numpy()[:, 0]
    for name, score in {
        "accuracy": metrics.accuracy_score,
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "f1": metrics.f1_score,
    }.items():
        yield measured(f"binary_{name}(threshold = 0)", "binary", scores, target, score(y, p > 0))
        yield measured(f"binary_{name}(threshold = 100)", "binary", scores, target, score(y, p > 100))
    yield measured("binary_log_loss", "binary", scores, target, metrics.log_loss(y, share))
    yield measured("roc_auc", "binary", scores, target, metrics.roc_auc_score(y, p))
    yield measured("average_precision", "binary", scores, target, metrics.average_precision_score(y, p))
    two = torch.cat([random(generator, ROWS, 1), scores], dim=1)
    numbers = target[:, 0].int()
    value = metrics.roc_auc_score(y, (two[:, 1] - two[:, 0]).numpy())
    yield measured("roc_auc", "classes", two, numbers, value)
    value = metrics.average_precision_score(y, (two[:, 1] - two[:, 0]).numpy())
    yield measured("average_precision", "classes", two, numbers, value)


def regression(generator):
    prediction, target = random(generator, ROWS, 3), random(generator, ROWS, 3) + torch.tensor([1.0, -2.0, 20.0])
    y, p = target.numpy(), prediction.numpy()
    yield measured("rmse", "numbers", prediction, target, metrics.mean_squared_error(y, p) ** 0.5)
    yield measured("mean_absolute_error", "numbers", prediction, target, metrics.mean_absolute_error(y, p))
    value = metrics.mean_absolute_percentage_error(y, p)
    yield measured("mean_absolute_percentage_error", "numbers", prediction, target, value)
    yield measured("r2", "numbers", prediction, target, metrics.r2_score(y, p))
    yield measured("r2", "numbers", prediction[:, :1], target[:, :1], metrics.r2_score(y[:, 0], p[:, 0]))


def cases(generator):
    """One case for each prediction, with all metrics of it."""
    groups = {}
    for part in [classes, binary, regression]:
        for text, kind, prediction, target, value in part(generator):
            key = tuple(prediction.flatten().tolist()), kind
            case = {"kind": kind, "batches": BATCHES, "prediction": tensor(prediction), "target": tensor(target)}
            groups.setdefault(key, case | {"metrics": []})["metrics"].append({"call": text, "value": value})
    yield from groups.values()
