"""Models that bmc compiled to shared libraries (`bmc model.bm --emit=so`), with NumPy arrays.

    import bmc
    model = bmc.load("./model.so")
    model.init(seed=0)
    loss = model.train_step(x=x, y=y).loss
    prediction = model.predict(x=x)
    model.parameters["fc1.weight"]       # an array that views the model's memory
    model.save("model.safetensors")
"""

from ._abi import Status
from ._model import Entry, Error, Layer, Measures, Model, Tensor, empty, load

__all__ = ["Entry", "Error", "Layer", "Measures", "Model", "Status", "Tensor", "empty", "load"]
