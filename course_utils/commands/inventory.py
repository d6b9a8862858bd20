"""What a Python interpreter has installed, as JSON: run by the environment's Python.

``python inventory.py torch numpy`` prints one JSON object: its version and bits, the
version of each named package (null where absent), the folder that ``import
course_utils`` would load, and for which processor PyTorch was built. Nothing is
imported to find out. Older Pythons can run this file too, and say how old they are.
Standard library only.
"""

import json
import os
import sys


def package_versions(names):
    """Return a dict from each name to its installed version, None where absent."""
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7 and older
        return dict.fromkeys(names)
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def course_folder():
    """Return the folder of the ``course_utils`` that an import would load, or None."""
    from importlib.util import find_spec

    spec = find_spec("course_utils")
    return os.path.dirname(spec.origin) if spec and spec.origin else None


def torch_build():
    """Return "CPU build", "CUDA 13.0 build" or similar, None where torch is absent."""
    from importlib.util import find_spec

    spec = find_spec("torch")
    if spec is None or not spec.origin:
        return None
    values = {}
    try:
        with open(os.path.join(os.path.dirname(spec.origin), "version.py")) as file:
            for line in file:
                name, _, value = line.partition("=")
                values[name.split(":")[0].strip()] = value.strip().strip("'\"")
    except OSError:
        return "unknown build"
    for name, label in (("cuda", "CUDA"), ("hip", "ROCm"), ("xpu", "XPU")):
        if values.get(name, "None") not in ("None", ""):
            return label + " " + values[name] + " build"
    return "CPU build"


def inventory(names):
    """Return the whole account as a dict that JSON can hold."""
    account = {
        "python": list(sys.version_info[:3]),
        "bits": 64 if sys.maxsize > 2**32 else 32,
    }
    if sys.version_info >= (3, 8):  # noqa: UP036 - older ones run this file too
        account["packages"] = package_versions(names)
        account["course"] = course_folder()
        account["torch_build"] = torch_build()
    return account


if __name__ == "__main__":
    sys.path.pop(0)  # this folder: its modules are not top-level ones
    print(json.dumps(inventory(sys.argv[1:])))
