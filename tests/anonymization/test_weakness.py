"""What hides less than the defaults is told, and nothing else is."""

import pytest

from passerby.anonymization import OPERATORS, PRESETS, Strength
from passerby.anonymization.weakness import marked_names, weakness


@pytest.mark.parametrize(
    ("operator", "strength", "told"),
    [
        ("gaussian", "12.4%", "weaker than its default:"),
        ("median", "49%", "weaker than its default:"),
        ("pixelate", "7", "weaker than its default:"),
        ("pixelate", "1/7", "weaker than its default:"),
        ("median", "3px", "weaker than its default on patches longer than 6 px"),
        ("gaussian", "10px", "weaker than its default on patches longer than 80 px"),
        ("pixelate", "10px", "weaker than its default on patches longer than 60 px"),
        ("noise", None, "may leave people recognisable"),
        ("quantize", "2", "may leave people recognisable"),
    ],
)
def test_weak_settings_are_told(operator: str, strength: str | None, told: str) -> None:
    chosen = None if strength is None else Strength.parse(strength)
    line = weakness(operator, chosen)
    assert line is not None
    assert told in line
    assert "blackout hides people" in line


@pytest.mark.parametrize("operator", sorted(set(OPERATORS) - {"learned", "noise", "quantize"}))
def test_defaults_are_not_weak(operator: str) -> None:
    assert weakness(operator) is None


@pytest.mark.parametrize(
    ("operator", "strength"),
    [("gaussian", "1/8"), ("median", "80%"), ("pixelate", "6"), ("pixelate", "1/6")],
)
def test_what_is_as_strong_as_the_default_is_not_weak(operator: str, strength: str) -> None:
    assert weakness(operator, Strength.parse(strength)) is None


def test_of_the_presets_those_are_told_that_leave_people_recognisable() -> None:
    weak = {name for name in PRESETS if weakness("blackout", preset=name)}
    filters = {"de-coninck-blur", "de-coninck-noise", "de-coninck-quantize"}
    assert weak == {"van-rooijen-3px", "van-rooijen-9px", *filters}


def test_help_marks_what_is_weak() -> None:
    names = marked_names(PRESETS)
    for name in PRESETS:
        assert (f"{name} (weak)" in names) == (weakness("blackout", preset=name) is not None)
