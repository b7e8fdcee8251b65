"""What pip calls to make a wheel of the module (PEP 517): the files of bmc/ and their description in one archive."""

import base64
import hashlib
import pathlib
import zipfile

NAME, VERSION = "bmc", "0.1.0"
INFO = f"{NAME}-{VERSION}.dist-info"
METADATA = f"""Metadata-Version: 2.1
Name: {NAME}
Version: {VERSION}
Summary: Loads models that bmc compiled to shared libraries
Requires-Python: >=3.9
Requires-Dist: numpy>=1.21
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: bmc\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _record(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    folder = pathlib.Path(__file__).parent
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("bmc/*.py"))}
    files[f"{INFO}/METADATA"] = METADATA.encode()
    files[f"{INFO}/WHEEL"] = WHEEL.encode()
    record = "".join(_record(name, content) for name, content in files.items()) + f"{INFO}/RECORD,,\n"
    files[f"{INFO}/RECORD"] = record.encode()
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("the source distribution of the module is bmc's own source tree")
