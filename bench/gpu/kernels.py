"""What the kernels of a training step are on NVIDIA's GPUs: registers, spills and shared memory, by ptxas.

usage: bench/gpu/kernels.py [MODEL]...

Compiles the networks with +cuda, assembles every kernel for three generations of GPUs and writes bench/gpu/kernels.md, or
prints the table for the models that are named. ptxas is that on PATH, or in CUDA's usual folder. Fails where ptxas does, where a kernel spills or uses local memory, and where a block would need
more registers than a GPU has. No GPU is needed; nothing is timed.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BMC = ROOT / "build" / "bin" / "bmc"
MODELS = ["test/gpu/Inputs/wide.bm", "test/gpu/Inputs/large.bm", "examples/waves.bm", "examples/gan.bm"]
# A GPU, and the PTX for it: older ones need older text, newer ones take that of sm_80.
GPUS = [("sm_75", "sm_75"), ("sm_80", "sm_80"), ("sm_90", "sm_80")]
REGISTERS_OF_A_BLOCK = 65536
MOST_REGISTERS = 128  # of a thread: what runtime/device/cuda.cpp asks of the driver


def find_ptxas():
    return shutil.which("ptxas") or "/usr/local/cuda/bin/ptxas"


def kernels(model, gpu):
    """The kernels of a model: schedule and PTX."""
    command = [BMC, model, "--target=x86_64-linux-gnu+cuda", f"--gpu={gpu}", "--emit=asm"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for part in re.split(r"(?m)^// (?=k_[0-9a-f]{16} )", text)[1:]:
        head, ptx = part.split("\n", 1)
        end = ptx.index("}", ptx.rfind("// -- End function"))  # behind the last one is the host's assembly
        yield head.split(" ", 1)[1], ptx[: end + 1]


def assemble(ptxas, ptx, gpu):
    """(registers, spilled bytes) of the kernel that needs most."""
    with tempfile.NamedTemporaryFile("w", suffix=".ptx") as file:
        file.write(ptx)
        file.flush()
        command = [ptxas, "-v", f"-arch={gpu}", f"--maxrregcount={MOST_REGISTERS}", file.name, "-o", "/dev/null"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"ptxas: {done.stderr}\n{ptx[:2000]}")
    registers = max(map(int, re.findall(r"Used (\d+) registers", done.stderr)))
    spilled = max(map(int, re.findall(r"(\d+) bytes spill stores", done.stderr)))
    return registers, spilled


def threads_of(schedule):
    return int(re.search(r"threads = (\d+)", schedule).group(1))


def main():
    ptxas, models = find_ptxas(), sys.argv[1:] or MODELS
    worst = {}  # by kind of schedule and GPU: number of kernels, most registers
    for model in models:
        for gpu, text_for in GPUS:
            for schedule, ptx in kernels(model, text_for):
                registers, spilled = assemble(ptxas, ptx, gpu)
                if spilled or ".local" in ptx:
                    sys.exit(f"{model}: a kernel with {schedule} uses local memory on {gpu}")
                if registers * threads_of(schedule) > REGISTERS_OF_A_BLOCK:
                    sys.exit(f"{model}: a block with {schedule} needs {registers} registers a thread on {gpu}")
                key = re.search(r"<(.*)>", schedule).group(1)
                count, most = worst.get((key, gpu), (0, 0))
                worst[key, gpu] = count + 1, max(most, registers)
    version = subprocess.run([ptxas, "--version"], capture_output=True, text=True).stdout.strip().splitlines()[-1]
    lines = [
        "# Kernels on NVIDIA's GPUs",
        "",
        f"Written by `bench/gpu/kernels.py` with ptxas ({version}); nothing was run. All kernels of "
        + ", ".join(f"`{model}`" for model in models)
        + ", by their schedules: how many there are, and the registers of a thread of the one that needs most. None of them"
        " spills or uses local memory.",
        "",
        "| schedule | kernels | " + " | ".join(gpu for gpu, _ in GPUS) + " |",
        "|---|--:|" + "--:|" * len(GPUS),
    ]
    for key in sorted({key for key, _ in worst}):
        registers = " | ".join(str(worst.get((key, gpu), (0, 0))[1]) for gpu, _ in GPUS)
        lines.append(f"| `{key}` | {worst[key, 'sm_80'][0]} | {registers} |")
    text = "\n".join(lines) + "\n"
    if sys.argv[1:]:
        print(text, end="")
    else:
        (ROOT / "bench" / "gpu" / "kernels.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
