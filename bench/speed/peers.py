"""The same networks in PyTorch (eager and compiled), JAX, ONNX Runtime and OpenVINO.

Each peer is a function that makes one call and waits for its result.
"""

import io

import inputs
import jax
import jax.numpy as jnp
import numpy
import torch


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


class TorchProduct(torch.nn.Module):
    def __init__(self, weight, transposed):
        super().__init__()
        self.weight, self.transposed = torch.nn.Parameter(torch.from_numpy(weight)), transposed

    def forward(self, x):
        return x @ (self.weight.T if self.transposed else self.weight)


def torch_prediction(call, x):
    x = torch.from_numpy(x)

    def predict():
        with torch.inference_mode():
            return call(x).numpy()

    return predict


def jax_prediction(function, x):
    compiled, x = jax.jit(function), jnp.array(x)
    return lambda: numpy.asarray(compiled(x))


def onnx_bytes(model, x):
    file = io.BytesIO()
    torch.onnx.export(model, (torch.from_numpy(x),), file, dynamo=False)
    return file.getvalue()


def onnx_prediction(model, x, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx_bytes(model, x), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})[0]


def openvino_prediction(model, x, threads):
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(io.BytesIO(onnx_bytes(model, x))), "CPU", settings)
    request = compiled.create_infer_request()
    return lambda: request.infer({0: x}, share_inputs=True, share_outputs=True)[0]


TRAINERS = ("PyTorch", "PyTorch compiled", "JAX")
NAMES = (*TRAINERS, "ONNX Runtime", "OpenVINO")


def prediction(name, model, function, x, threads):
    """`model` is a torch module, `function` the same for JAX."""
    if name == "PyTorch":
        return torch_prediction(model, x)
    if name == "PyTorch compiled":
        return torch_prediction(torch.compile(model, dynamic=False), x)
    if name == "JAX":
        return jax_prediction(function, x)
    return (onnx_prediction if name == "ONNX Runtime" else openvino_prediction)(model, x, threads)


def prepare(name, case, threads):
    """A peer's function for a case; none for what the peer cannot do."""
    torch._dynamo.reset()
    if case.kind == "product":
        x, weight = inputs.operands(case.model)
        w = jnp.array(weight)
        function = (lambda x: x @ w.T) if case.model.transposed else (lambda x: x @ w)
        return prediction(name, TorchProduct(weight, case.model.transposed), function, x, threads)
    weights = inputs.Weights(case.model)
    x, y = inputs.batch(case.model, case.rows)
    if case.kind == "predict":
        layers = [(jnp.array(w), jnp.array(b)) for w, b in weights.layers()]
        return prediction(name, torch_network(weights).eval(), lambda x: jax_forward(layers, x), x, threads)
    if name not in TRAINERS:
        return None
    if name == "JAX":
        return jax_training(case.model, weights, x, y)
    return torch_training(case.model, weights, x, y, compiled=name == "PyTorch compiled")
