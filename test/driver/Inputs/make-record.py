"""Prints a tuning record for a product of a model: another tile, the same sums. make-record.py MODEL [FLAG...]"""

import json
import subprocess
import sys

explained = json.loads(subprocess.check_output(["bmc", *sys.argv[1:], "--no-tuning", "--explain", "--json"]))
kernel = next(k for k in explained["kernels"] if "matmul" in k["schedule"] and "inner" not in k["schedule"])
schedule = kernel["schedule"].replace("tile = [", "tile = [1")
print(f"{kernel['key']} cpu={explained['cpu']} rows={kernel['open']} us=12->10 {schedule} // {kernel['ops']}")
