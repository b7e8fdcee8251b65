"""What the machine can do, measured in C: see machine.c."""

import ctypes
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).parent / "machine.c"
SIZES = (1 << 18, 1 << 20, 1 << 23, 1 << 28)  # of memory that is copied within


class Machine:
    def __init__(self, folder):
        path = folder / "machine.so"
        # A copy stays a loop, and does not become a call of memcpy, whose stores go past the caches.
        flags = ["-O3", "-march=native", "-fopenmp", "-fno-tree-loop-distribute-patterns", "-shared", "-fPIC"]
        subprocess.run(["gcc", *flags, SOURCE, "-o", path], check=True)
        self.library = ctypes.CDLL(str(path))
        self.library.operations.restype = self.library.copies.restype = ctypes.c_double
        self.library.copy_memory.restype = ctypes.c_void_p
        self.library.operations.argtypes = [ctypes.c_int64]
        self.library.copy_memory.argtypes = [ctypes.c_int64]
        self.library.copies.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]
        self.memory = {}

    def operations(self):
        """Floating-point operations a second, the best of a few tries."""
        return max(self.library.operations(10_000_000) for _ in range(7))

    def copying(self, size):
        """A function of a number of calls that copies within memory of that size and gives the seconds."""
        size = size // 128 * 128
        if size not in self.memory:
            self.memory[size] = self.library.copy_memory(size)
        return lambda calls: self.library.copies(self.memory[size], size, calls)

    def bandwidth(self, size):
        """Bytes a second that a copy within memory of this size reads and writes, the best of a few tries."""
        copy, calls = self.copying(size), max(1, (1 << 28) // size)
        return calls * size / min(copy(calls) for _ in range(5))

    def facts(self):
        return {"operations": self.operations(), "bandwidth": {size: self.bandwidth(size) for size in SIZES}}
