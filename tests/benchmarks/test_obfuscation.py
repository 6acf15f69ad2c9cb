import numpy as np
import pytest

from obfuscation import _PLAIN as PLAIN
from obfuscation import tuned


@pytest.mark.parametrize("wanted", [0.3, 0.7, 0.9])
def test_an_operator_is_tuned_to_the_precision_that_is_wanted(wanted: float) -> None:
    def precision(strength: float) -> float:
        return 1 / (1 + strength)

    found = tuned(precision, wanted, (0.01, 10))
    assert precision(found) == pytest.approx(wanted, abs=0.01)


def test_an_operator_that_keeps_too_much_gets_its_greatest_strength() -> None:
    assert tuned(lambda _strength: 1.0, 0.5, (1, 16)) == pytest.approx(16, rel=0.02)


@pytest.mark.parametrize("name", PLAIN)
def test_operators_change_more_the_stronger_they_are(name: str) -> None:
    operator, (least, greatest) = PLAIN[name]
    images = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    clear = images.astype(float)
    changed = [np.abs(operator(one, images) - clear).mean() for one in (least, greatest)]
    assert changed[0] < 3
    assert changed[1] > 30
