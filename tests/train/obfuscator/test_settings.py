"""Settings that cannot be."""

import pytest

from passerby.errors import ConfigError
from passerby.train.obfuscator.settings import Constrained, DeConinck, JohanssonLundberg


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        (DeConinck, {"epochs": 0}, "epochs is 0"),
        (DeConinck, {"detectors": ()}, "no detector"),
        (DeConinck, {"deobfuscator_rate": -1.0}, "deobfuscator_rate is -1.0"),
        (JohanssonLundberg, {"batch": 7}, "batch of 7 pairs"),
        (JohanssonLundberg, {"balance": 0.0}, "balance is 0.0"),
        (Constrained, {"limit": 1.2}, "limit is 1.2"),
        (Constrained, {"attackers": ()}, "no attacker"),
        (Constrained, {"attackers": ("psychic",)}, "no attacker 'psychic'"),
        (Constrained, {"candidates": 0}, "candidates is 0"),
    ],
)
def test_what_cannot_be_is_named(kind, change, said):
    with pytest.raises(ConfigError, match=said):
        kind(**change)


def test_the_rate_of_ours_rises_and_falls_along_a_cosine_but_not_to_nothing():
    """Half way between its highest and its last, in the middle; a start may fall lower."""
    settings = Constrained(steps=1000)
    rates = [settings.schedule.factor(step, 1000) for step in (0, 50, 525, 1000)]
    assert rates == pytest.approx([0.1, 1.0, 0.65, 0.3])
    start = [settings.start_schedule.factor(step, 640) for step in (0, 50, 345, 640)]
    assert start == pytest.approx([0.1, 1.0, 0.51, 0.02])


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_start_leaves_steps_for_the_rest(share):
    with pytest.raises(ConfigError, match=r"start_share is .*: give a share of the steps"):
        Constrained(start_share=share)
