"""The same networks in PyTorch (eager and compiled), JAX, ONNX Runtime and OpenVINO.

Each function gives a dictionary from a peer's name to a function that makes one call and waits for its result.
"""

import io

import jax
import jax.numpy as jnp
import numpy
import onnxruntime
import openvino
import torch


class Weights:
    """The initial weights that all sides get, as NumPy arrays: PyTorch's names and layout."""

    def __init__(self, network, seed=1):
        random = numpy.random.default_rng(seed)
        self.arrays = {}
        for i, (inputs, outputs) in enumerate(zip(network.sizes, network.sizes[1:])):
            bound = inputs**-0.5
            self.arrays[f"fc{i}.weight"] = random.uniform(-bound, bound, (outputs, inputs)).astype(numpy.float32)
            self.arrays[f"fc{i}.bias"] = random.uniform(-bound, bound, outputs).astype(numpy.float32)

    def layers(self):
        return [(self.arrays[f"fc{i}.weight"], self.arrays[f"fc{i}.bias"]) for i in range(len(self.arrays) // 2)]


def torch_network(weights):
    parts = []
    for weight, bias in weights.layers():
        linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight))
            linear.bias.copy_(torch.from_numpy(bias))
        parts += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def torch_training(network, weights, x, y, compiled):
    model = torch_network(weights)
    kind = torch.optim.Adam if network.optimizer == "Adam" else torch.optim.SGD
    # The fused update is PyTorch's fastest on the CPU.
    optimizer = kind(model.parameters(), lr=network.rate, fused=True)
    loss_of = torch.nn.functional.cross_entropy if network.classifies else torch.nn.functional.mse_loss
    x, y = torch.from_numpy(x), torch.from_numpy(y).long() if network.classifies else torch.from_numpy(y)

    def loss_and_gradients(x, y):
        loss = loss_of(model(x), y)
        loss.backward()
        return loss

    run = torch.compile(loss_and_gradients) if compiled else loss_and_gradients

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = run(x, y)
        optimizer.step()
        return float(loss.detach())

    return step


def jax_forward(layers, x):
    for i, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        if i < len(layers) - 1:
            x = jnp.maximum(x, 0)
    return x


def jax_training(network, weights, x, y):
    def loss_of(layers, x, y):
        out = jax_forward(layers, x)
        if network.classifies:
            return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], axis=1))
        return jnp.mean((out - y) ** 2)

    def sgd(layers, moments, gradients, t):
        return jax.tree.map(lambda p, g: p - network.rate * g, layers, gradients), moments

    def adam(layers, moments, gradients, t):
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
        c, d = 1 - 0.9**t, 1 - 0.999**t
        update = lambda p, m, v: p - network.rate * (m / c) / (jnp.sqrt(v / d) + 1e-8)  # noqa: E731
        return jax.tree.map(update, layers, m, v), (m, v)

    update = adam if network.optimizer == "Adam" else sgd

    def whole(layers, moments, t, x, y):
        loss, gradients = jax.value_and_grad(loss_of)(layers, x, y)
        return *update(layers, moments, gradients, t + 1), t + 1, loss

    compiled = jax.jit(whole, donate_argnums=(0, 1))
    layers = [(jnp.array(w), jnp.array(b)) for w, b in weights.layers()]
    moments = tuple(jax.tree.map(jnp.zeros_like, layers) for _ in range(2)) if update is adam else ()
    state = [layers, moments, jnp.float32(0)]
    x, y = jnp.array(x), jnp.array(y.astype(numpy.int32) if network.classifies else y)

    def step():
        *state[:], loss = compiled(*state, x, y)
        return float(loss)

    return step


def training(network, weights, x, y):
    return {
        "PyTorch": torch_training(network, weights, x, y, compiled=False),
        "PyTorch compiled": torch_training(network, weights, x, y, compiled=True),
        "JAX": jax_training(network, weights, x, y),
    }


def torch_predictions(call, x):
    x = torch.from_numpy(x)

    def predict():
        with torch.inference_mode():
            return call(x).numpy()

    return predict


def predictions_of(model, function, x, threads):
    """`model` is a torch module, `function` the same for JAX."""
    peers = {
        "PyTorch": torch_predictions(model, x),
        "PyTorch compiled": torch_predictions(torch.compile(model), x),
    }
    compiled, jx = jax.jit(function), jnp.array(x)
    peers["JAX"] = lambda: numpy.asarray(compiled(jx))
    exported = onnx_bytes(model, x)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(exported, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    peers["ONNX Runtime"] = lambda: session.run(None, {name: x})[0]
    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = core.compile_model(core.read_model(io.BytesIO(exported)), "CPU", settings).create_infer_request()
    peers["OpenVINO"] = lambda: request.infer({0: x}, share_inputs=True, share_outputs=True)[0]
    return peers


def onnx_bytes(model, x):
    file = io.BytesIO()
    torch.onnx.export(model, (torch.from_numpy(x),), file, dynamo=False)
    return file.getvalue()


def predictions(network, weights, x, threads):
    layers = [(jnp.array(w), jnp.array(b)) for w, b in weights.layers()]
    return predictions_of(torch_network(weights).eval(), lambda x: jax_forward(layers, x), x, threads)


class TorchProduct(torch.nn.Module):
    def __init__(self, weight, transposed):
        super().__init__()
        self.weight, self.transposed = torch.nn.Parameter(torch.from_numpy(weight)), transposed

    def forward(self, x):
        return x @ (self.weight.T if self.transposed else self.weight)


def products(product, weight, x, threads):
    w = jnp.array(weight)
    function = (lambda x: x @ w.T) if product.transposed else (lambda x: x @ w)
    return predictions_of(TorchProduct(weight, product.transposed), function, x, threads)
