"""The store starts without torch, networks and decoders."""

import pkgutil
import subprocess
import sys

from passerby import store


def test_nothing_of_the_store_loads_torch() -> None:
    names = [found.name for found in pkgutil.walk_packages(store.__path__, "passerby.store.")]
    assert "passerby.store.store" in names
    code = f"""
import sys
from importlib import import_module
for name in {names}:
    import_module(name)
heavy = {{"torch", "onnxruntime", "av", "onnx", "scipy"}} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
