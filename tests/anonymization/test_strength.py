"""Strengths: what can be read, and that all else is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.anonymization.strength import Strength
from passerby.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("15px", 15, "px"),
        (" 15 px ", 15, "px"),
        ("12.5%", 12.5, "%"),
        (".5%", 0.5, "%"),
        ("1/8", 12.5, "%"),
        ("1 / 3", 100 / 3, "%"),
        ("6", 6, ""),
        ("6.", 6, ""),
    ],
)
def test_readable(text: str, value: float, unit: str) -> None:
    strength = Strength.parse(text)
    assert (strength.value, strength.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "px",
        "%",
        "-3px",
        "0",
        "0px",
        "0/8",
        "1/0",
        "nan",
        "nan%",
        "inf",
        "1e999",
        "1e3",
        "0x10",
        "15 apples",
        "15pxpx",
        "1/2/3",
        "1/2px",
        "1,5",
        "1.2.3",
        "99999px",
        "9" * 400,
        "½",
        "٣px",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        Strength.parse(text)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, -math.inf, 1e9])
def test_values_out_of_range_are_refused(value: float) -> None:
    with pytest.raises(ConfigError, match="strength"):
        Strength(value, "px")


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ConfigError, match="'em'"):
        Strength(3, "em")  # type: ignore[arg-type]


@given(st.text(max_size=12))
def test_any_text_gives_a_strength_or_our_error(text: str) -> None:
    try:
        strength = Strength.parse(text)
    except ConfigError:
        return
    assert 0 < strength.value <= 10_000


@given(st.integers(1, 10_000), st.sampled_from(["px", "%", ""]))
def test_what_is_written_can_be_read_again(value: int, unit: str) -> None:
    strength = Strength(value, unit)  # type: ignore[arg-type]
    assert Strength.parse(str(strength)) == strength


def test_per_cent_are_those_of_a_length() -> None:
    assert Strength(12.5, "%").pixels(80) == 10
    assert Strength(15, "px").pixels(80) == 15
