"""Mutants of what compiled programs read: tables, arrays, texts, weights, checkpoints.

    python3 test/fuzz/program_inputs.py --count 5000 [--seed 1] [--keep FOLDER]

with bmc in the PATH. It compiles small models, trains them, and then gives each program files with changed bytes,
cells and lines, cut off, or put together from two. A program must end with an exit code from 0 to 3 within the time and
memory that it has, and behind an error there is no output file. What does not is printed, and kept in the folder.
"""

import argparse
import gzip
import os
import pathlib
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

import numpy

SECONDS, BYTES = 10, 2 << 30

MODELS = {
    "table": """
network M { fc = Linear(5, 2)
  forward(x: f32[N, 5]) { return fc(x) } }
data rows = table("rows.csv") {
  x = [normalise(impute(a, median)), one_hot(b, ["red", "green"]), minmax(c), log1p(c)]
  y = category(kind, ["no", "yes"])
  split 0.75 / 0.25 seed 1 stratify y
}
train M { data = rows; loss = cross_entropy; metrics = accuracy; optimizer = Adam; epochs = 2; batch = 8 }
""",
    "numbers": """
network M { fc = Linear(3, 1)
  forward(x: f32[N, 3]) { return fc(x) } }
train M { data = table("numbers.csv", x = columns(0..3), y = column(3)); loss = mse; optimizer = GD; epochs = 2 }
""",
    "npy": """
network M { fc = Linear(3, 1)
  forward(x: f32[N, 3]) { return fc(x) } }
train M { data = npy(x = "x.npy", y = "y.npy"); loss = mse; optimizer = GD }
""",
    "npz": """
network M { fc = Linear(3, 1)
  forward(x: f32[N, 3]) { return fc(x) } }
train M { data = npz("data.npz", x = a, y = b); loss = mse; optimizer = GD }
""",
    "idx": """
network M { fc = Linear(3, 3)
  forward(x: f32[N, 3]) { return fc(x) } }
train M { data = idx(x = "images", y = "labels.gz"); loss = cross_entropy; optimizer = GD }
""",
    "text": """
network M { param w: f32[8] = 1
  forward(x: f32[N, 8]) { return x * w } }
train M { data = text("book.txt", window = 8, stride = 2); loss = mse; optimizer = GD }
""",
}


def write_originals():
    rows = ["a,b,c,kind"]
    for i in range(24):
        rows.append(f'{"" if i % 7 == 0 else i * 0.5},{["red", "green"][i % 2]},{i + 1},{["no", "yes"][i % 3 == 0]}')
    pathlib.Path("rows.csv").write_text("\n".join(rows) + "\n")
    numbers = [f'{i},"{i * 0.25}",{-i}e-1,{i % 5}' for i in range(12)]
    pathlib.Path("numbers.csv").write_text("\r\n".join(numbers) + "\r\n")
    x = numpy.arange(12, dtype="f4").reshape(4, 3)
    numpy.save("x.npy", x)
    numpy.save("y.npy", numpy.arange(4, dtype="f8"))
    numpy.savez_compressed("data.npz", a=x, b=numpy.arange(4))
    images = struct.pack(">BBBBII", 0, 0, 8, 2, 4, 3) + bytes(range(12))
    pathlib.Path("images").write_bytes(images)
    pathlib.Path("labels.gz").write_bytes(gzip.compress(struct.pack(">BBBBI", 0, 0, 8, 1, 4) + bytes([0, 1, 2, 1])))
    pathlib.Path("book.txt").write_text("the quick brown fox jumps over the lazy dog " * 3)


# Each: a file that is changed, and the commands that read it in the place MUTANT.
CASES = [
    ("rows.csv", ["./table train --data train=MUTANT --out out.safetensors", "./table predict MUTANT --output out.csv",
                  "./table predict MUTANT --probabilities --json", "./table evaluate --data test=MUTANT",
                  "./table train --data train=MUTANT --folds 3", "./table train --data train=MUTANT --memory 1K --out out.safetensors"]),
    ("numbers.csv", ["./numbers train --data train=MUTANT --out out.safetensors", "./numbers predict MUTANT --output out.csv"]),
    ("x.npy", ["./npy train --data train=MUTANT,y.npy --out out.safetensors", "./npy predict MUTANT --output out.csv"]),
    ("y.npy", ["./npy train --data train=x.npy,MUTANT --out out.safetensors"]),
    ("data.npz", ["./npz train --data train=MUTANT --out out.safetensors", "./npz predict MUTANT --output out.csv"]),
    ("images", ["./idx train --data train=MUTANT,labels.gz --out out.safetensors", "./idx predict MUTANT --output out.csv"]),
    ("labels.gz", ["./idx train --data train=images,MUTANT --out out.safetensors"]),
    ("book.txt", ["./text train --data train=MUTANT --out out.safetensors"]),
    ("table.safetensors", ["./table predict rows.csv --weights MUTANT --output out.csv",
                           "./table evaluate --data test=rows.csv --weights MUTANT",
                           "./table train --weights MUTANT --out out.safetensors",
                           "./table train --weights MUTANT --partial --out out.safetensors"]),
    ("numbers.safetensors", ["./numbers predict numbers.csv --weights MUTANT --output out.csv"]),
    ("weights.npz", ["./numbers predict numbers.csv --weights MUTANT --output out.csv"]),
    ("table.checkpoint.safetensors", ["./table train --resume --epochs 4 --out mutant.safetensors"]),
]

CELLS = [b"", b"nan", b"inf", b"-1", b"1e400", b"-0", b"0x10", b'"', b'""', b"99999999999999999999", b"red", b"\0", b"\xff\xfe", b"1,2",
         b"\n", b"\r", b" ", b";", b"1e-400", b"." * 300, b"9" * 5000]


def changed(data, others):
    data = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        kind = random.randrange(9)
        if kind <= 1 and data:
            data[at % len(data)] = random.choice([0, 1, 0x7f, 0x80, 0xff, random.randrange(256)])
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            del data[at : at + random.randint(1, 16)]
        elif kind == 4:
            data[at:at] = data[random.randrange(len(data) + 1) :][: random.randint(1, 64)]
        elif kind == 5:
            other = random.choice(others)
            data[at:] = other[random.randrange(len(other)) :]
        elif kind == 6: # a number in a header
            numbers = list(re.finditer(rb"\d+", bytes(data[:4096])))
            if numbers:
                found = random.choice(numbers)
                data[found.start() : found.end()] = random.choice(
                    [b"0", b"1", b"-1", b"18446744073709551615", b"9223372036854775807", b"4294967296", b"7", b"1.5"])
        elif kind == 7:
            size = random.choice([1, 2, 4, 8])
            data[at : at + size] = random.choice([0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1)]).to_bytes(size, "little")
        else:
            cells = list(re.finditer(rb"[^,\r\n]*", bytes(data)))
            found = random.choice(cells)
            data[found.start() : found.end()] = random.choice(CELLS)
    return bytes(data)


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def wrong_with(command):
    outputs = [pathlib.Path(name) for name in ("out.safetensors", "out.checkpoint.safetensors", "out.csv")]
    for path in outputs:
        path.unlink(missing_ok=True)
    try:
        done = subprocess.run(command.split(), capture_output=True, timeout=6 * SECONDS, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return "does not end"
    if done.returncode not in (0, 1, 2, 3):
        return f"ends with {done.returncode}"
    if done.returncode != 0 and not re.match(rb"[\w./-]+:|\w+ \w+: ", done.stderr):
        return f"ends with {done.returncode}, but names no file: {done.stderr[-300:]!r}"
    if list(pathlib.Path(".").glob("*.tmp")):
        return "leaves a temporary file"
    if done.returncode != 0 and any(path.exists() for path in outputs):
        return f"leaves an output, but says: {done.stderr[-300:]!r}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    keep = arguments.keep and arguments.keep.resolve()

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_originals()
        for name, text in MODELS.items():
            pathlib.Path(f"{name}.bm").write_text(text)
            subprocess.run(["bmc", f"{name}.bm", "-o", name], check=True)
            subprocess.run([f"./{name}", "train", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        numpy.savez("weights.npz", **{"fc.weight": numpy.ones((1, 3), "f4"), "fc.bias": numpy.zeros(1, "f4")})
        originals = {name: pathlib.Path(name).read_bytes() for name, _ in CASES}
        findings = 0
        for number in range(arguments.seed, arguments.seed + arguments.count):
            random.seed(number)
            name, commands = random.choice(CASES)
            mutant = "mutant." + name.split(".", 1)[-1]
            pathlib.Path(mutant).write_bytes(changed(originals[name], list(originals.values())))
            command = random.choice(commands).replace("MUTANT", mutant)
            problem = wrong_with(command)
            if problem:
                findings += 1
                print(f"mutant {number} of {name}: {command} {problem}", flush=True)
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(mutant, keep / f"{number}.{mutant}")
        print(f"{arguments.count} mutants, {findings} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
