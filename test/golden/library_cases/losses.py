"""Losses. Where PyTorch has none of the kind, its definition is written out."""

import torch
import torch.nn.functional as F

from .common import INF, case, f64, labels, random


def regression(generator):
    pair = {"prediction": random(generator, 4, 3), "target": random(generator, 4, 3)}
    pair["prediction"][0, 0] = pair["target"][0, 0] + 1  # on the kink of huber and smooth_l1
    pair["prediction"][1, 1] = pair["target"][1, 1]
    ends = {"prediction": f64([1e4, -1e4, INF, 1e-40]), "target": f64([0, 0, 1, 0])}
    functions = {
        "mse(prediction, target)": F.mse_loss,
        'mse(prediction, target, reduction = "sum")': lambda p, t: F.mse_loss(p, t, reduction="sum"),
        'mse(prediction, target, reduction = "none")': lambda p, t: F.mse_loss(p, t, reduction="none"),
        "l1(prediction, target)": F.l1_loss,
        "huber(prediction, target)": F.huber_loss,
        "huber(prediction, target, delta = 0.5)": lambda p, t: F.huber_loss(p, t, delta=0.5),
        "smooth_l1(prediction, target)": F.smooth_l1_loss,
        "smooth_l1(prediction, target, beta = 0.5)": lambda p, t: F.smooth_l1_loss(p, t, beta=0.5),
        "smooth_l1(prediction, target, beta = 0)": lambda p, t: F.smooth_l1_loss(p, t, beta=0),
        "log_cosh(prediction, target)": lambda p, t: torch.log(torch.cosh(p - t)).mean(),
        "quantile(prediction, target, q = 0.25)": lambda p, t: torch.maximum(0.25 * (t - p), -0.75 * (t - p)).mean(),
    }
    for call, function in functions.items():
        by_name = lambda prediction, target, function=function: function(prediction, target)
        differentiate = ["prediction"] if "quantile" in call else ["prediction", "target"]
        yield case("matrix", call, by_name, pair, differentiate)
    for call in list(functions)[3:7]:
        by_name = lambda prediction, target, function=functions[call]: function(prediction, target)
        yield case("ends", call, by_name, ends, ["prediction"])
    vector = {k: v[:, 0] for k, v in pair.items()}
    yield case("vector", "mse(prediction, target)", lambda prediction, target: F.mse_loss(prediction, target), vector,
               ["prediction"])
    counts = {"prediction": pair["prediction"], "target": f64([[0, 1, 2], [3, 0, 1], [5, 2, 0], [1, 1, 4]])}
    poisson = lambda prediction, target: F.poisson_nll_loss(prediction, target)
    yield case("logarithms", "poisson_nll(prediction, target)", poisson, counts, ["prediction"])
    rates = {"prediction": pair["prediction"].abs() + 0.125, "target": counts["target"]}
    of_rates = lambda prediction, target: F.poisson_nll_loss(prediction, target, log_input=False)
    yield case("rates", "poisson_nll(prediction, target, log_input = false)", of_rates, rates, ["prediction"])
    spread = {**pair, "variance": random(generator, 4, 3).abs() + 0.125}
    spread["variance"][0, 0] = 0
    gaussian = lambda prediction, target, variance: F.gaussian_nll_loss(prediction, target, variance)
    yield case("ordinary", "gaussian_nll(prediction, target, variance)", gaussian, spread, list(spread))


def distances(generator):
    a, b, c = (random(generator, 5, 4) for _ in range(3))
    signs, scores = f64([1, -1, -1, 1, -1]), random(generator, 5)
    three = {"anchor": a, "positive": a + 0.25 * b, "negative": c}
    yield case("ordinary", "triplet(anchor, positive, negative)",
               lambda anchor, positive, negative: F.triplet_margin_loss(anchor, positive, negative), three, list(three))
    yield case("swapped", "triplet(anchor, positive, negative, margin = 8, swap = true)",
               lambda anchor, positive, negative: F.triplet_margin_loss(anchor, positive, negative, 8, swap=True),
               three, list(three))
    yield case("norm 1", "triplet(anchor, positive, negative, p = 1)",
               lambda anchor, positive, negative: F.triplet_margin_loss(anchor, positive, negative, p=1), three,
               ["anchor"])
    pair = {"a": a, "b": b, "target": signs}
    yield case("ordinary", "cosine_embedding(a, b, target)",
               lambda a, b, target: F.cosine_embedding_loss(a, b, target), pair, ["a", "b"])
    yield case("margin", "cosine_embedding(a, b, target, margin = 0.25)",
               lambda a, b, target: F.cosine_embedding_loss(a, b, target, 0.25), pair, ["a", "b"])
    yield case("ordinary", "hinge_embedding(distance, target)",
               lambda distance, target: F.hinge_embedding_loss(distance, target),
               {"distance": scores, "target": signs}, ["distance"])
    yield case("ordinary", "margin_ranking(a, b, target, margin = 0.5)",
               lambda a, b, target: F.margin_ranking_loss(a, b, target, 0.5),
               {"a": scores, "b": random(generator, 5), "target": signs}, ["a", "b"])


def cross_entropies(generator):
    logits, weight = random(generator, 6, 5), f64([0.5, 1, 2, 0.25, 4])
    classes = labels([0, 4, 2, 2, 1, 3])
    large = f64([[10000, -10000, 0, 1, -1], [-1000, 1000, 0, 1, -1], [500, 500, 500, 500, -1000]])
    shares = torch.softmax(random(generator, 6, 5), dim=1).float().double()
    numbers, text = {"logits": logits, "target": classes}, "[0.5, 1, 2, 0.25, 4]"

    def function(**options):
        return lambda logits, target: F.cross_entropy(logits, target if target.is_floating_point() else target.long(),
                                                      **options)

    name = "cross_entropy(logits, target"
    yield case("classes", f"{name})", function(), numbers, ["logits"])
    yield case("large", f"{name})", function(), {"logits": large, "target": labels([0, 0, 3])}, ["logits"])
    yield case("weights", f"{name}, weight = {text})", function(weight=weight), numbers, ["logits"])
    yield case("smoothed", f"{name}, label_smoothing = 0.1)", function(label_smoothing=0.1), numbers, ["logits"])
    yield case("weights, smoothed", f"{name}, weight = {text}, label_smoothing = 0.1)",
               function(weight=weight, label_smoothing=0.1), numbers, ["logits"])
    yield case("ignored", f"{name}, ignore_index = 2)", function(ignore_index=2), numbers, ["logits"])
    ignored = {"logits": logits, "target": labels([0, -100, 2, 2, -100, 3])}
    yield case("all options", f"{name}, weight = {text}, ignore_index = -100, label_smoothing = 0.25)",
               function(weight=weight, label_smoothing=0.25), ignored, ["logits"])
    for reduction in ["sum", "none"]:
        yield case(reduction, f'{name}, weight = {text}, reduction = "{reduction}")',
                   function(weight=weight, reduction=reduction), numbers, ["logits"])
    soft = {"logits": logits, "target": shares}
    yield case("probabilities", f"{name})", function(), soft, ["logits", "target"])
    yield case("probabilities, all options", f"{name}, weight = {text}, label_smoothing = 0.1)",
               function(weight=weight, label_smoothing=0.1), soft, ["logits"])
    steps = {"logits": random(generator, 2, 3, 4), "target": labels([[0, 1, 3], [2, 2, 0]])}
    flat = lambda logits, target: F.cross_entropy(logits.reshape(6, 4), target.reshape(6).long())
    yield case("sequence", f"{name})", flat, steps, ["logits"])
    likelihood = {"likelihood": torch.log_softmax(logits, dim=1).float().double(), "target": classes}
    yield case("ordinary", "nll(likelihood, target)",
               lambda likelihood, target: F.nll_loss(likelihood, target.long()), likelihood, ["likelihood"])
    yield case("all options", f"nll(likelihood, target, weight = {text}, ignore_index = 2)",
               lambda likelihood, target: F.nll_loss(likelihood, target.long(), weight, ignore_index=2), likelihood,
               ["likelihood"])
    yield case("ordinary", "multi_margin(prediction, target, margin = 0.5)",
               lambda prediction, target: F.multi_margin_loss(prediction, target.long(), margin=0.5),
               {"prediction": logits, "target": classes}, ["prediction"])


def binary(generator):
    ordinary = random(generator, 4, 2)
    target = f64([[0, 1], [1, 0], [1, 1], [0.25, 0.75]])
    large = f64([[10000, -10000], [1000, -1000], [100, -100], [0.0, -0.0]])
    edges = f64([[0, 1], [0, 1], [1e-30, 0.5], [0.25, 0.75]])
    factors = random(generator, 4, 2).abs()
    name = "binary_cross_entropy"
    with_logits = lambda logits, target: F.binary_cross_entropy_with_logits(logits, target)
    for title, values in {"ordinary": ordinary, "large": large}.items():
        yield case(title, f"{name}_with_logits(logits, target)", with_logits, {"logits": values, "target": target},
                   ["logits"])
    weighted = lambda logits, target, weight: F.binary_cross_entropy_with_logits(
        logits, target, weight, pos_weight=f64([3, 0.5]))
    for title, values in {"pos_weight": ordinary, "pos_weight, large": large}.items():
        yield case(title, f"{name}_with_logits(logits, target, weight, pos_weight = [3, 0.5])", weighted,
                   {"logits": values, "target": target, "weight": factors}, ["logits"])
    plain = lambda probability, target: F.binary_cross_entropy(probability, target)
    probability = torch.sigmoid(ordinary).float().double()
    for title, values in {"ordinary": probability, "edges": edges}.items():
        yield case(title, f"{name}(probability, target)", plain, {"probability": values, "target": target},
                   ["probability"])
    yield from divergences(generator, target)
    yield from margins(random(generator, 6), f64([1, -1, -1, 1, -1, 1]))
    yield from focal(ordinary, large, target)


def divergences(generator, target):
    likelihood = torch.log_softmax(random(generator, 4, 2), dim=1).float().double()
    inputs = {"likelihood": likelihood, "target": target / target.sum(dim=1, keepdim=True)}
    for reduction in ["mean", "batchmean"]:
        yield case(reduction, f'kl_div(likelihood, target, reduction = "{reduction}")',
                   lambda likelihood, target, reduction=reduction: F.kl_div(likelihood, target, reduction=reduction),
                   inputs, ["likelihood"])
    target = torch.log_softmax(random(generator, 4, 2), dim=1).float().double()
    logarithms = {"likelihood": likelihood, "target": target}
    yield case("logarithms", "kl_div(likelihood, target, log_target = true)",
               lambda likelihood, target: F.kl_div(likelihood, target, reduction="mean", log_target=True), logarithms,
               ["likelihood", "target"])


def margins(prediction, signs):
    inputs = {"prediction": prediction, "target": signs}
    hinge = lambda prediction, target: torch.relu(1 - target * prediction).mean()
    yield case("ordinary", "hinge(prediction, target)", hinge, inputs, ["prediction"])
    squared = lambda prediction, target: (torch.relu(1 - target * prediction) ** 2).mean()
    yield case("ordinary", "squared_hinge(prediction, target)", squared, inputs, ["prediction"])
    soft = lambda prediction, target: F.soft_margin_loss(prediction, target)
    yield case("ordinary", "soft_margin(prediction, target)", soft, inputs, ["prediction"])


def focal(ordinary, large, target):
    """The definition of torchvision's sigmoid_focal_loss, with its mean."""

    def definition(logits, target, alpha, gamma):
        p, loss = torch.sigmoid(logits), F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        loss = loss * (1 - (p * target + (1 - p) * (1 - target))) ** gamma
        return (loss if alpha is None else (alpha * target + (1 - alpha) * (1 - target)) * loss).mean()

    for title, values in {"ordinary": ordinary, "large": large}.items():
        yield case(title, "focal(logits, target)", lambda logits, target: definition(logits, target, 0.25, 2),
                   {"logits": values, "target": target}, ["logits"])
    yield case("other arguments", "focal(logits, target, alpha = none, gamma = 1.5)",
               lambda logits, target: definition(logits, target, None, 1.5), {"logits": ordinary, "target": target},
               ["logits"])
