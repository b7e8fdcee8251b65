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


def torch_optimizer(name, parameters, rate):
    kind = torch.optim.Adam if name == "Adam" else torch.optim.SGD
    return kind(parameters, lr=rate, fused=True)  # PyTorch's fastest on the CPU


def torch_step(loss_of, optimizer, compiled):
    """A training step; `loss_of` takes nothing."""

    def loss_and_gradients():
        loss = loss_of()
        loss.backward()
        return loss

    run = torch.compile(loss_and_gradients) if compiled else loss_and_gradients

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = run()
        optimizer.step()
        return float(loss.detach())

    return step


def torch_training(network, weights, x, y, compiled):
    model = torch_network(weights)
    loss_of = torch.nn.functional.cross_entropy if network.classifies else torch.nn.functional.mse_loss
    x, y = torch.from_numpy(x), torch.from_numpy(y).long() if network.classifies else torch.from_numpy(y)
    optimizer = torch_optimizer(network.optimizer, model.parameters(), network.rate)
    return torch_step(lambda: loss_of(model(x), y), optimizer, compiled)


def torch_update(update, compiled):
    """See kernels.Update."""
    p, g = (torch.from_numpy(array) for array in update.parameters().values())
    (x,), (y,) = ([torch.from_numpy(array) for array in arrays] for arrays in update.arrays())
    p = torch.nn.Parameter(p)
    optimizer = torch_optimizer("Adam", [p], update.rate)
    return torch_step(lambda: torch.nn.functional.l1_loss(x * (p * g).sum(), y), optimizer, compiled)


def jax_forward(layers, x):
    for i, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        if i < len(layers) - 1:
            x = jnp.maximum(x, 0)
    return x


def jax_sgd(rate):
    def update(parameters, moments, gradients, t):
        return jax.tree.map(lambda p, g: p - rate * g, parameters, gradients), moments

    return update, lambda parameters: ()


def jax_adam(rate):
    def update(parameters, moments, gradients, t):
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
        c, d = 1 - 0.9**t, 1 - 0.999**t
        moved = lambda p, m, v: p - rate * (m / c) / (jnp.sqrt(v / d) + 1e-8)  # noqa: E731
        return jax.tree.map(moved, parameters, m, v), (m, v)

    return update, lambda parameters: tuple(jax.tree.map(jnp.zeros_like, parameters) for _ in range(2))


def jax_step(loss_of, parameters, optimizer, *data):
    """A training step; `loss_of` takes the parameters and the data."""
    update, initial = optimizer

    def whole(parameters, moments, t, *data):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, *data)
        return *update(parameters, moments, gradients, t + 1), t + 1, loss

    compiled = jax.jit(whole, donate_argnums=(0, 1))
    state = [parameters, initial(parameters), jnp.float32(0)]

    def step():
        *state[:], loss = compiled(*state, *data)
        return float(loss)

    return step


def jax_training(network, weights, x, y):
    def loss_of(layers, x, y):
        out = jax_forward(layers, x)
        if network.classifies:
            return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], axis=1))
        return jnp.mean((out - y) ** 2)

    layers = [(jnp.array(w), jnp.array(b)) for w, b in weights.layers()]
    optimizer = jax_adam(network.rate) if network.optimizer == "Adam" else jax_sgd(network.rate)
    return jax_step(loss_of, layers, optimizer, jnp.array(x), jnp.array(y.astype(numpy.int32) if network.classifies else y))


def jax_update(update):
    """See kernels.Update."""
    p, g = (jnp.array(array) for array in update.parameters().values())
    (x,), (y,) = ([jnp.array(array) for array in arrays] for arrays in update.arrays())
    loss_of = lambda p, g, x, y: jnp.mean(jnp.abs(x * jnp.sum(p * g) - y))  # noqa: E731
    return jax_step(loss_of, p, jax_adam(update.rate), g, x, y)


class TorchProduct(torch.nn.Module):
    def __init__(self, weight, transposed):
        super().__init__()
        self.weight, self.transposed = torch.nn.Parameter(torch.from_numpy(weight)), transposed

    def forward(self, x):
        return x @ (self.weight.T if self.transposed else self.weight)


class TorchFunction(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *x):
        return self.function(*x)


def torch_kernel(call, x):
    """Of functions that may need gradients."""
    x = [torch.from_numpy(array) for array in x]

    def run():
        answer = call(*x)
        return [part.numpy() for part in answer] if isinstance(answer, tuple) else [answer.numpy()]

    return run


def jax_kernel(function, x):
    compiled, x = jax.jit(function), [jnp.array(array) for array in x]
    return lambda: [numpy.asarray(part) for part in jax.tree.leaves(compiled(*x))]


def kernel(name, model, x, threads):
    """A peer's function for a kernel of kernels.py, which gives a list of arrays."""
    if name == "JAX":
        return jax_kernel(model.jax(), x)
    if name in ("PyTorch", "PyTorch compiled"):
        compiled = (lambda f: torch.compile(f, dynamic=False)) if name == "PyTorch compiled" else (lambda f: f)
        return torch_kernel(model.torch(compiled), x)
    return prediction(name, TorchFunction(model.torch(lambda f: f)), None, x[0], threads) if model.exports else None


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
    if case.kind in ("kernel", "function"):
        return kernel(name, case.model, inputs.arrays(case)[0], threads)
    if case.kind in ("train", "update") and name not in TRAINERS:
        return None
    if case.kind == "update":
        return jax_update(case.model) if name == "JAX" else torch_update(case.model, name == "PyTorch compiled")
    weights = inputs.Weights(case.model)
    x, y = inputs.batch(case.model, case.rows)
    if case.kind == "predict":
        layers = [(jnp.array(w), jnp.array(b)) for w, b in weights.layers()]
        return prediction(name, torch_network(weights).eval(), lambda x: jax_forward(layers, x), x, threads)
    if name == "JAX":
        return jax_training(case.model, weights, x, y)
    return torch_training(case.model, weights, x, y, compiled=name == "PyTorch compiled")
