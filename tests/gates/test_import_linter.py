"""The layers hold: every import upwards or sideways is refused, every one downwards allowed."""

import re
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"][0]
LAYERS = [[name.strip() for name in layer.split("|")] for layer in CONTRACT["layers"]]
DEPTH = {name: depth for depth, layer in enumerate(LAYERS) for name in layer}
PAIRS = [(importer, imported) for importer, imported in product(DEPTH, DEPTH)]
ALLOWED = {(a, b) for a, b in PAIRS if DEPTH[a] < DEPTH[b]}
REFUSED = {(a, b) for a, b in PAIRS if a != b} - ALLOWED


def skeleton(project: Any, imports: set[tuple[str, str]]) -> None:
    """Write a package with a module for each name in the layers, and these imports."""
    project.write("src/passerby/__init__.py", "")
    for name in DEPTH:
        lines = [f"import passerby.{below}\n" for above, below in imports if above == name]
        project.write(f"src/passerby/{name}.py", "".join(lines))


def test_every_import_downwards_is_allowed(project: Any) -> None:
    skeleton(project, ALLOWED)
    ran = project.run("lint-imports")
    assert ran.returncode == 0, ran.stdout


def test_every_import_upwards_or_sideways_is_refused(project: Any) -> None:
    skeleton(project, REFUSED)
    ran = project.run("lint-imports")
    assert ran.returncode == 1
    reported = re.findall(r"^-\s+passerby\.(\w+) -> passerby\.(\w+) \(l\.", ran.stdout, re.M)
    assert set(reported) == REFUSED


def test_a_module_that_no_layer_names_is_refused(project: Any) -> None:
    skeleton(project, set())
    project.write("src/passerby/utils.py", "")
    ran = project.run("lint-imports")
    assert ran.returncode == 1
    assert "utils" in ran.stdout
