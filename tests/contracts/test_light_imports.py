"""What does not train loads without torch, and without what other extras install."""

import inspect
import subprocess
import sys
from collections.abc import Sequence

import pytest

from passerby.cli import main

NEED_TORCH = (
    *("passerby.train", "passerby.models.reid", "passerby.models.detectors"),
    *("passerby.models.obfuscators", "passerby.runs.bench.obfuscators"),
    *("passerby.models.torch_files", "passerby.models.torch_memory"),
    "passerby.models.exported_weights",
    "passerby.signatures.torch_describer",
    *("passerby.reproduce.reid.run", "passerby.reproduce.reid.trainings"),
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


@pytest.mark.slow
def test_all_but_training_and_its_networks_loads_without_extras() -> None:
    ran = load_without_extras(*NEED_TORCH, READS_ALL_REGISTRIES)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
def test_a_module_that_needs_torch_would_be_found() -> None:
    ran = load_without_extras("passerby.train", "passerby.models.detectors")
    assert ran.returncode == 1
    assert "torch is refused" in ran.stderr


# --- What is explained loads no more than the explanation needs -------------------------------

HELP = """
import sys

from passerby.cli import main

assert main([*sys.argv[1:], "--help"]) == 0
packages = {name.partition(".")[0] for name in sys.modules}
print("loaded:", *sorted(packages), file=sys.stderr)
"""

OVERVIEW = {"attr", "attrs", "cyclopts", "docstring_parser", "passerby", "rich"}
MARKDOWN = {"linkify_it", "markdown_it", "mdurl", "pygments"}
"""Commands say more than their one line in the overview."""
SETTINGS = {"annotated_types", "platformdirs", "pydantic", "pydantic_core", "typing_extensions"}
SETTINGS |= {"typing_inspection"}
"""What options and their limits are written down with."""


def loaded_by(program: str, *words: str) -> set[str]:
    """The packages that are loaded in the end, without those of Python itself."""
    command = [sys.executable, "-c", program, *words]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    _, _, names = ran.stderr.rpartition("loaded: ")
    here = {name for name in names.split() if not name.startswith("_")}
    return here - sys.stdlib_module_names - BESIDE


BESIDE = {"cython_runtime", "distutils", "sitecustomize", "usercustomize"}
"""Of the interpreter and of extension modules."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ([], OVERVIEW),
        (["anonymize"], OVERVIEW | MARKDOWN | SETTINGS),
    ],
    ids=["passerby", "passerby anonymize"],
)
def test_help_loads_what_it_needs_alone(words: Sequence[str], allowed: set[str]) -> None:
    """No arrays, no decoder, no network and no runtime: each takes a tenth of a second or more."""
    assert loaded_by(HELP, *words) <= allowed


@pytest.mark.parametrize("package", ["av", "cv2", "markdown_it", "numpy"])
def test_a_package_that_help_does_not_need_would_be_found(package: str) -> None:
    assert package in loaded_by(f"import {package}\n{HELP}")


def test_help_reads_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes longer than all else: pydantic's own source is long."""

    def refuse(component: object) -> str:
        raise AssertionError(f"the source of {component} was read")

    monkeypatch.setattr(inspect, "getsource", refuse)
    assert main(["anonymize", "--help"]) == 0
