"""The cases of library.py, one module a subject. A case calls an entry of the model language's library with PyTorch's
function beside it; everything is computed in float64 from inputs that float32 holds exactly."""
