"""What `deep.test` says of its two programs, and of the weights that one of them wrote."""

import json
import os
import sys

if len(sys.argv) > 1:
    with open(sys.argv[1], "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    weights = {name: data[slice(*entry["data_offsets"])] for name, entry in header.items() if name.endswith("weight")}
    assert len(weights) == 200 and len(set(weights.values())) == 200, f"{len(set(weights.values()))} different weights"
    sys.exit()

few, many = (json.load(open(f"{name}.json"))["kernels"] for name in ("few", "many"))
assert len(few) == len(many), f"{len(few)} and {len(many)} kernels"
bytes_of_a_layer = (os.path.getsize("many") - os.path.getsize("few")) / 180
assert bytes_of_a_layer < 1600, f"{bytes_of_a_layer} bytes a layer"
