"""One process of a measurement: all cases with a fixed number of threads, as JSON lines on standard output.

    measure.py --threads T --bmc PATH [--rounds N] [--only TEXT]

`bench/run` starts it with the environment that JAX needs to keep to the threads.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import warnings

import numpy

import models
import ours
import peers
import timing
import torch

PRODUCTS = [
    *(models.Product(n, n, n) for n in (256, 512, 1024, 2048)),
    *(models.Product(n, n, n, transposed=True) for n in (256, 512, 1024)),
    *(models.Product(128, *shape, transposed=True) for shape in ((768, 768), (3072, 768), (768, 3072))),
    models.Product(1, 3072, 768, transposed=True),
    models.Product(1, 768, 3072, transposed=True),
]


def report(case, kind, contenders, rounds, **more):
    times = timing.summary(timing.take_turns(contenders, rounds))
    print(json.dumps({"case": case, "kind": kind, "times": times, **more}), flush=True)


def agree(ours, theirs, what, tolerance=2e-3):
    """A measurement of something else is worth nothing."""
    scale = max(numpy.abs(theirs).max(), 1e-6)
    difference = numpy.abs(ours - theirs).max() / scale
    if not difference < tolerance:
        sys.exit(f"{what}: results differ by {difference:.2g}")


def data(network, rows, seed=2):
    random = numpy.random.default_rng(seed)
    x = random.normal(size=(rows, network.sizes[0])).astype(numpy.float32)
    if network.classifies:
        return x, random.integers(0, network.sizes[-1], rows)
    return x, random.normal(size=(rows, network.sizes[-1])).astype(numpy.float32)


def set_weights(model, arrays):
    for name, array in arrays.items():
        model.parameters[name][...] = array


def measure_network(network, number, options, library, folder):
    compiled = ours.Compiled(options.bmc, network.source(), folder, f"network{number}")
    weights = peers.Weights(network)
    facts = {"cold": compiled.cold, "warm": compiled.warm, "bytes": compiled.path.stat().st_size}
    x, y = data(network, network.batch)
    model = compiled.load(rows=network.batch, threads=options.threads)
    model.init(seed=1)
    set_weights(model, weights.arrays)
    target = y.astype(model.targets[0].dtype)
    steps = peers.training(network, weights, x, y)
    first = {name: step() for name, step in steps.items()}
    agree(model.train_step(x, target).loss, numpy.float64(first["PyTorch"]), network.name)
    contenders = {"bmc": ours.training(library, model, [ours.aligned(x)], [ours.aligned(target)])}
    contenders |= {name: timing.calls_of(step) for name, step in steps.items()}
    report(network.name, "train", contenders, options.rounds, **facts)
    if network in models.PREDICTED:
        for rows in models.BATCHES:
            measure_prediction(network, weights, compiled, rows, options, library)


def measure_prediction(network, weights, compiled, rows, options, library):
    x, _ = data(network, rows)
    model = compiled.load(rows=rows, threads=options.threads)
    model.init(seed=1)
    set_weights(model, weights.arrays)
    others = peers.predictions(network, weights, x, options.threads)
    for name, call in others.items():
        agree(model.predict(x), call(), f"{network.name}, {name}")
    contenders = {"bmc": ours.predicting(library, model, [ours.aligned(x)])}
    contenders |= {name: timing.calls_of(call) for name, call in others.items()}
    report(f"{network.name}, {rows} rows", "predict", contenders, options.rounds)


def measure_product(product, number, options, library, folder):
    compiled = ours.Compiled(options.bmc, product.source(), folder, f"product{number}")
    random = numpy.random.default_rng(3)
    shape = (product.columns, product.inner) if product.transposed else (product.inner, product.columns)
    weight = random.normal(size=shape).astype(numpy.float32)
    x = random.normal(size=(product.rows, product.inner)).astype(numpy.float32)
    model = compiled.load(threads=options.threads)
    model.init(seed=1)
    set_weights(model, {"weight": weight})
    others = peers.products(product, weight, x, options.threads)
    for name, call in others.items():
        agree(model.predict(x), call(), f"{product.name}, {name}")
    contenders = {"bmc": ours.predicting(library, model, [ours.aligned(x)])}
    contenders |= {name: timing.calls_of(call) for name, call in others.items()}
    flops = 2.0 * product.rows * product.columns * product.inner
    report(product.name, "product", contenders, options.rounds, flops=flops)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bmc", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="cases whose name or kind has this text")
    return parser.parse_args()


def main():
    options = arguments()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        library = ours.loops(folder)
        for number, network in enumerate(models.NETWORKS):
            if options.only in network.name or options.only in "train predict":
                measure_network(network, number, options, library, folder)
        for number, product in enumerate(PRODUCTS):
            if options.only in product.name or options.only in "product":
                measure_product(product, number, options, library, folder)


if __name__ == "__main__":
    main()
