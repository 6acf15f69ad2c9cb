"""What does not train loads without torch, and without what other extras install."""

import subprocess
import sys

NEED_TORCH = (
    *("passerby.train", "passerby.models.reid", "passerby.models.detectors"),
    *("passerby.models.torch_files", "passerby.models.torch_memory"),
    *("passerby.reproduce.run", "passerby.reproduce.trainings"),
)
READS_ALL_REGISTRIES = "passerby.cli.choices"

LOAD = """
import importlib, pkgutil, sys

EXTRAS = {"matplotlib", "pyarrow", "scipy", "timm", "torch", "torchvision"}

class NoExtras:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in EXTRAS:
            raise ModuleNotFoundError(f"{name} is refused")

sys.meta_path.insert(0, NoExtras())
import passerby
for module in pkgutil.walk_packages(passerby.__path__, "passerby.", onerror=lambda name: None):
    if not module.name.startswith(tuple(sys.argv[1:])):
        importlib.import_module(module.name)
"""


def load_without_extras(*spared: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LOAD, *spared]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_all_but_training_and_its_networks_loads_without_extras() -> None:
    ran = load_without_extras(*NEED_TORCH, READS_ALL_REGISTRIES)
    assert ran.returncode == 0, ran.stderr


def test_a_module_that_needs_torch_would_be_found() -> None:
    ran = load_without_extras("passerby.train", "passerby.models.detectors")
    assert ran.returncode == 1
    assert "torch is refused" in ran.stderr
