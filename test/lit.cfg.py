# How lit runs the text tests of this folder. CTest calls it for each folder; by hand, from the root of the project:
#     lit -v build/test/dialects
import os
import shutil
import sys

import lit.formats

config.name = "bmc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".bm", ".test"]
config.excludes = ["golden", "unit", "Inputs"]
config.test_source_root = os.path.join(config.bmc_source_root, "test")
config.test_exec_root = os.path.join(config.bmc_binary_root, "test")

# The build's own programs, then LLVM's FileCheck and not.
programs = [os.path.join(config.bmc_binary_root, "bin"), config.llvm_tools]
config.environment["PATH"] = os.pathsep.join(programs + [config.environment["PATH"]])
config.environment["FILECHECK_OPTS"] = "--dump-input=fail"

# Kernels are cached in the build, not in the user's home.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.bmc_binary_root, "cache")

# Programs for other processors can be made and run.
for feature, emulator, triple in [
    ("aarch64", "qemu-aarch64-static", "aarch64-linux-musl"),
    ("armv7", "qemu-arm-static", "armv7-linux-musleabihf"),
    ("armv7-gnu", "qemu-arm-static", "armv7-linux-gnueabihf"),
]:
    if shutil.which(emulator) and os.path.exists(
        os.path.join(config.bmc_binary_root, "share", "bmc", triple, "libbmc_runtime.a")
    ):
        config.available_features.add(feature)

config.substitutions.append(("%root", config.bmc_source_root))
config.substitutions.append(("%python", sys.executable))
config.substitutions.append(("%examples", os.path.join(config.bmc_source_root, "examples")))
config.substitutions.append(("%golden", os.path.join(config.test_source_root, "golden")))
config.substitutions.append(("%runtime", os.path.join(config.bmc_source_root, "runtime")))
