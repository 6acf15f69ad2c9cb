"""Display matrices, against pictures turned by hand."""

from fractions import Fraction

import av
import numpy as np
import pytest

from passerby.sources.orientation import Orientation, orientation_of

STORED = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (Orientation(), STORED),
        (Orientation(90), STORED[::-1].transpose(1, 0, 2)),
        (Orientation(180), STORED[::-1, ::-1]),
        (Orientation(270), STORED.transpose(1, 0, 2)[::-1]),
        (Orientation(0, mirrored=True), STORED[:, ::-1]),
        (Orientation(90, mirrored=True), STORED[::-1, ::-1].transpose(1, 0, 2)),
    ],
)
def test_apply_turns_clockwise(orientation: Orientation, upright: np.ndarray) -> None:
    np.testing.assert_array_equal(orientation.apply(STORED), upright)


@pytest.mark.parametrize(
    ("counterclockwise", "mirrored", "expected"),
    [
        (0, False, Orientation()),
        (-90, False, Orientation(90)),
        (90, False, Orientation(270)),
        (180, False, Orientation(180)),
        (0, True, Orientation(0, mirrored=True)),
        (-30, False, Orientation()),
        (-100, False, Orientation(90)),
    ],
)
def test_the_matrix_of_a_file_is_read(make_video, counterclockwise, mirrored, expected) -> None:
    def turn(container, stream):
        stream.set_display_rotation(counterclockwise, hflip=mirrored)

    path = make_video("turned.mp4", frames=1, time_base=Fraction(1, 25), prepare=turn)
    with av.open(str(path)) as container:
        assert orientation_of(next(container.decode(video=0))) == expected
