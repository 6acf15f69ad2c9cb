"""What every name in every registry must keep."""

import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest

import passerby
from passerby.registry import Registry

DOCS = Path(__file__).resolve().parents[2] / "docs"
CHOSEN = {
    "attack",
    "control",
    "decoder",
    "region",
    "operator",
    "preset",
    "model",
    "re-ID model",
    "obfuscator",
    "data set",
    "collection",
    "table",
}
"""Whose names users write, or read in reports."""
INTERNAL = {"detector", "field of study", "recipe of an obfuscator"}
"""Whose names only code writes; so are most of `passerby.synth`."""
APART = (
    "passerby.synth",
    *(() if importlib.util.find_spec("flwr") else ("passerby.train.federated.flower.",)),
)
"""Modules that are not looked into: Flower is installed apart from all else."""
LISTED = {"light"}
"""Whose names say all there is to say; the help of their option lists them."""


def registries() -> dict[str, Registry[object]]:
    """Every registry of the program, by its noun."""
    found = pkgutil.walk_packages(passerby.__path__, "passerby.")
    modules = [
        importlib.import_module(module.name)
        for module in found
        if not module.name.startswith(APART)
    ]
    held = [value for module in modules for value in vars(module).values()]
    return {value.noun: value for value in held if isinstance(value, Registry)}


def unexplained(names: list[str], pages: list[str]) -> list[str]:
    """The names that no page puts into backquotes."""
    quoted = {word for page in pages for word in re.findall(r"`([^`\n]+)`", page)}
    return [name for name in names if name not in quoted]


REGISTRIES = registries()


def test_of_every_registry_it_is_known_whether_users_write_its_names() -> None:
    assert set(REGISTRIES) == CHOSEN | INTERNAL | LISTED


@pytest.mark.parametrize("noun", REGISTRIES)
def test_a_registry_is_not_empty_and_its_names_are_easy_to_type(noun: str) -> None:
    names = list(REGISTRIES[noun])
    assert names
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+([-_.][a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("noun", sorted(CHOSEN))
def test_every_name_is_explained_in_the_docs(noun: str) -> None:
    written = [page for page in DOCS.rglob("*.md") if page.name != "cli.md"]  # cli.md is generated
    pages = [page.read_text(encoding="utf-8") for page in written]
    assert unexplained(list(REGISTRIES[noun]), pages) == []


@pytest.mark.parametrize("noun", sorted(LISTED))
def test_every_name_is_listed_in_the_help(noun: str) -> None:
    words = re.findall(r"[\w-]+", (DOCS / "cli.md").read_text(encoding="utf-8"))
    assert [name for name in REGISTRIES[noun] if name not in words] == []


def test_a_name_that_is_not_explained_is_found() -> None:
    pages = ["# Regions\n`heads` and faces", "```text\nmotion\n```"]
    assert unexplained(["heads", "faces", "motion", "head"], pages) == ["faces", "motion", "head"]
