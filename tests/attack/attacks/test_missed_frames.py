import numpy as np
import pytest

from passerby.attack.attack import Champions, Fitted, Strongest
from passerby.attack.attacks import ATTACKS
from passerby.attack.attacks.missed_frames import unprotected


def test_a_crop_is_unprotected_if_next_to_nothing_was_changed(case_for):
    pairs = case_for(lambda picture: picture).test
    pairs.seen[0] = 0
    pairs.seen[1, :4, :10] ^= 255  # 40 of 8,192 pixels
    pairs.seen[2, :5, :10] ^= 255  # 50
    assert unprotected(pairs)[:4].tolist() == [False, True, False, True]


def test_one_picture_of_a_track_is_enough(case_for):
    case = case_for(np.zeros_like)
    people = case.test.clear
    case.test.seen[0] = people.images[0]
    best = Strongest("a", Fitted(case.describe, case.describe), "anonymized to clear")
    (found,) = ATTACKS["missed-frames"].measure(case, Champions(best, best, best))
    assert found.success == pytest.approx(1 / 30)
    assert found.frames == 2
