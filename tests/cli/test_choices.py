"""The page that holds the names which options take."""

from pathlib import Path

import pytest

from passerby.anonymization import OPERATORS, PRESETS, REGIONS
from passerby.cli.choices import choices, table
from passerby.models.cards import MODELS
from passerby.registry import Registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "choices.md"


def test_the_page_in_the_docs_is_what_the_registries_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == choices(), "run `make golden`"


@pytest.mark.parametrize("registry", [REGIONS, OPERATORS, PRESETS, MODELS], ids=lambda r: r.noun)
def test_every_name_has_a_row_that_says_something(registry: Registry[object]) -> None:
    rows = [line.split(" | ") for line in choices().splitlines() if line.startswith("| `")]
    told = {row[0].strip("|` "): row[1] for row in rows}
    assert [name for name in registry if not told.get(name, "").strip()] == []


def test_a_table_by_hand() -> None:
    shapes: Registry[int] = Registry("shape")
    shapes.add("square", 4)
    shapes.add("triangle", 3)
    assert table(shapes, {"corners": str, "twice": lambda n: str(2 * n)}) == (
        "| name | corners | twice |\n"
        "| --- | --- | --- |\n"
        "| `square` | 4 | 8 |\n"
        "| `triangle` | 3 | 6 |\n"
    )


def test_what_would_break_a_table_is_escaped() -> None:
    texts: Registry[str] = Registry("text")
    texts.add("odd", "a | b\nc")
    assert table(texts, {"text": str}).splitlines()[-1] == r"| `odd` | a \| b c |"


def test_a_new_entry_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = choices()
    monkeypatch.setitem(REGIONS._entries, "feet", REGIONS["frame"])
    assert choices() != before
