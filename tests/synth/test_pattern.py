import pytest

from passerby.synth.mesh import grid_colours
from passerby.synth.pattern import PATTERNS, paint
from passerby.synth.wardrobe import PATTERN_SHARES, Garment

FIRST, SECOND = (0.1, 0.2, 0.3), (0.7, 0.8, 0.9)


def test_every_pattern_is_worn_by_somebody():
    assert set(PATTERN_SHARES) == set(PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_shows_both_colours_and_no_other(pattern):
    up, angle = grid_colours(16, 14)
    colours = paint(Garment("shirt", pattern, FIRST, SECOND, 1.0), up, angle)
    assert colours.shape == (17, 14, 3)
    shown = {tuple(colour) for colour in colours.reshape(-1, 3).tolist()}
    assert shown == ({FIRST} if pattern == "plain" else {FIRST, SECOND})
