"""What an operator accepts as a strength."""

import pytest

from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.strength import Strength, Unit
from passerby.errors import ConfigError

TAKES_A_STRENGTH = [name for name, operator in OPERATORS.items() if operator.limits]
TAKES_NONE = [name for name, operator in OPERATORS.items() if not operator.limits]
UNITS: tuple[Unit, ...] = ("px", "%", "")


def test_units() -> None:
    assert {name: set(operator.units) for name, operator in OPERATORS.items()} == {
        "median": {"px", "%"},
        "gaussian": {"px", "%"},
        "blackout": set(),
        "blank": set(),
        "silhouette": set(),
        "inpaint": set(),
        "learned": set(),
        "noise": {"%"},
        "quantize": {""},
        "pixelate": {"px", "%", ""},
    }


@pytest.mark.parametrize("name", TAKES_NONE)
@pytest.mark.parametrize("unit", UNITS)
def test_a_strength_for_an_operator_that_takes_none_is_refused(name: str, unit: Unit) -> None:
    assert OPERATORS[name].default is None
    with pytest.raises(ConfigError, match="takes no strength"):
        OPERATORS[name].check(Strength(15, unit))


@pytest.mark.parametrize("name", TAKES_A_STRENGTH)
def test_a_unit_that_the_operator_does_not_take_is_refused(name: str) -> None:
    for unit in set(UNITS) - OPERATORS[name].units:
        with pytest.raises(ConfigError, match="takes a strength of"):
            OPERATORS[name].check(Strength(15, unit))


@pytest.mark.parametrize("name", TAKES_A_STRENGTH)
def test_limits_are_taken_and_what_is_beyond_is_refused(name: str) -> None:
    operator = OPERATORS[name]
    for unit, (least, greatest) in operator.limits.items():
        operator.check(Strength(least, unit))
        operator.check(Strength(greatest, unit))
        with pytest.raises(ConfigError, match="takes a strength of"):
            operator.check(Strength(least * 0.99, unit))
        if greatest < 10_000:
            with pytest.raises(ConfigError, match="takes a strength of"):
                operator.check(Strength(greatest * 1.01, unit))


@pytest.mark.parametrize("name", TAKES_A_STRENGTH)
def test_the_default_is_within_the_limits_and_explained(name: str) -> None:
    operator = OPERATORS[name]
    assert operator.default is not None
    operator.check(operator.default)
    assert operator.strength_means
