"""The page on tracking names all settings, with their true defaults."""

import re
from dataclasses import asdict
from pathlib import Path

from passerby.pipeline.settings import FindSettings, TimeSettings
from passerby.tracking import TrackingSettings

PAGE = Path(__file__).parents[2] / "docs" / "tracking.md"


def tables() -> list[dict[str, str]]:
    """Each table of the page: name -> default."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) ?\|", block, re.M)) for block in blocks]


def shown(value: object) -> str:
    return "" if value is None else str(value)


def test_the_options_are_those_of_time_with_their_defaults() -> None:
    options, _ = tables()
    found = FindSettings().model_dump(include={"threshold", "every"})
    expected = TimeSettings().model_dump() | found
    assert options == {name: shown(value) for name, value in expected.items()}


def test_the_rest_is_what_python_may_set_besides() -> None:
    options, others = tables()
    fields = asdict(TrackingSettings())
    expected = {name: shown(value) for name, value in fields.items() if name not in options}
    assert others == expected
