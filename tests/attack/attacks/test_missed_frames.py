import cv2
import numpy as np
import pytest

from passerby.attack.attack import Champions, Fitted, Strongest
from passerby.attack.attacks import ATTACKS
from passerby.attack.attacks.missed_frames import left_as_it_was

CLEAR = np.full((128, 64, 3), 100, np.uint8)


@pytest.mark.parametrize(
    ("pixels", "levels", "left"), [(0, 0, True), (40, 90, True), (41, 90, False), (8192, 16, True)]
)
def test_a_crop_is_left_as_it_was_if_next_to_nothing_changed_noticeably(pixels, levels, left):
    seen = CLEAR.copy()
    seen.reshape(-1, 3)[:pixels, 1] += np.uint8(levels)
    assert left_as_it_was(CLEAR, seen) == left


def test_what_jpeg_changes_covers_nobody(crowd):
    for clear in crowd.images[:10]:
        _, content = cv2.imencode(".jpg", clear, [cv2.IMWRITE_JPEG_QUALITY, 90])
        seen = cv2.imdecode(content, cv2.IMREAD_COLOR)
        assert (seen != clear).mean() > 0.3
        assert left_as_it_was(clear, seen)


def test_one_picture_of_a_track_is_enough(case_for):
    case = case_for(np.zeros_like)
    people = case.test.clear
    case.test.seen[0] = people.images[0]
    best = Strongest("a", Fitted(case.describe, case.describe), "anonymized to clear")
    (found,) = ATTACKS["missed-frames"].measure(case, Champions(best, best, best))
    assert found.success == pytest.approx(1 / 30)
    assert found.frames == 2
