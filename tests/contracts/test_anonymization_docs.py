"""The page on regions and operators names all that there is, with its true defaults."""

import re
from pathlib import Path

import pytest

from passerby.anonymization import OPERATORS, PRESETS, REGIONS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "regions-and-operators.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: name -> the other cells."""
    section = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (text,) = [part for part in section if part.startswith(heading + "\n")]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| `")
    ]
    return {name.strip("`"): others for name, *others in cells}


@pytest.mark.parametrize(
    ("heading", "registry"), [("Regions", REGIONS), ("Operators", OPERATORS), ("Presets", PRESETS)]
)
def test_the_table_names_what_is_registered(heading: str, registry: dict[str, object]) -> None:
    assert set(rows(heading)) == set(registry)


@pytest.mark.parametrize("name", OPERATORS)
def test_the_default_strength_is_the_operators(name: str) -> None:
    default = OPERATORS[name].default
    assert rows("Operators")[name][2] == ("" if default is None else str(default))


@pytest.mark.parametrize("name", OPERATORS)
def test_units_are_the_operators(name: str) -> None:
    counts = rows("Operators")[name][1]
    operator = OPERATORS[name]
    assert ("px" in counts) == ("px" in operator.units)
    assert ("%" in counts) == ("%" in operator.units)
    assert bool(counts) == bool(operator.units)


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_that_hide_nobody_are_called_weak(name: str) -> None:
    protection = rows("Operators")[name][0]
    assert protection.startswith("Weak") == (not OPERATORS[name].hides)


@pytest.mark.parametrize("name", PRESETS)
def test_weak_presets_are_called_so(name: str) -> None:
    assert ("weak" in rows("Presets")[name][2]) == (PRESETS[name].weakness is not None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_example_with_a_weak_preset_says_so(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"(?:--preset|--anonymize|preset=)[ =\"]*([a-z]\w*(?:-\w+)+)", text)
    weak = [name for name in named if PRESETS[name].weakness]
    assert not weak or ("weak" in text and page.name not in ("README.md", "cli.md"))


@pytest.mark.parametrize("name", PRESETS)
def test_the_source_is_the_presets(name: str) -> None:
    assert rows("Presets")[name][0] == PRESETS[name].source
