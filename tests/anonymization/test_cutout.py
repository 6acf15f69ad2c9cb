"""Parts of anonymized frames are as anonymized as the whole."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from passerby.anonymization.cutout import cut_out
from passerby.errors import ConfigError, PrivacyError
from passerby.protection import BLACK
from passerby.types import AnonymizedFrame, Frame, seal

WEAK = replace(BLACK, weakness="edges show")


def whole(alpha: bool = False) -> AnonymizedFrame:
    image = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3)
    frame = Frame(image, index=4, pts=9, time_base=Fraction(1, 3))
    opacity = np.arange(48, dtype=np.uint8).reshape(8, 6) if alpha else None
    return seal(frame, image, WEAK, alpha=opacity, covered_in_full=True)


def test_a_part_has_the_pixels_the_place_and_the_protection_of_the_whole() -> None:
    part = cut_out(whole(alpha=True), (1, 2, 4, 7))
    assert part.image.tolist() == whole().image[2:7, 1:4].tolist()
    assert part.alpha is not None
    assert part.alpha.tolist() == [
        [row * 6 + column for column in (1, 2, 3)] for row in range(2, 7)
    ]
    assert (part.index, part.time) == (4, 3.0)
    assert part.protection == WEAK
    assert part.covered_in_full


def test_all_of_it_may_be_cut_out() -> None:
    assert (cut_out(whole(), (0, 0, 6, 8)).image == whole().image).all()


@pytest.mark.parametrize(
    "box", [(-1, 0, 3, 3), (0, 0, 7, 3), (2, 2, 2, 5), (0, 6, 3, 5), (0, 0, 3, 9)]
)
def test_a_box_outside_is_refused(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(ConfigError, match="6x8"):
        cut_out(whole(), box)


def test_a_raw_frame_is_refused() -> None:
    raw = Frame(np.zeros((8, 6, 3), np.uint8))
    with pytest.raises(PrivacyError):
        cut_out(raw, (0, 0, 3, 3))  # type: ignore[arg-type]
