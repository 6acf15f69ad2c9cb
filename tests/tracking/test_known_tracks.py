"""Gaps of tracks that are known as a whole lie on straight lines, however long they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.tracking import KnownTracks

NOBODY = Detections.none()


def tracks(boxes: dict[int, list[float]], kind: Kind = Kind.PERSON) -> KnownTracks:
    frames = ((frame, Detections.of([box], kinds=kind, tracks=[7])) for frame, box in boxes.items())
    return KnownTracks(frames, rate=25)


@given(first=st.integers(0, 9), length=st.integers(2, 5000), share=st.floats(0.01, 0.99))
def test_a_missing_box_lies_on_the_line(first: int, length: int, share: float) -> None:
    start, end = [10.0, 20, 30, 60], [110.0, 40, 150, 120]
    frame = first + min(length - 1, max(1, round(share * length)))
    filled = tracks({first: start, first + length: end}).missing(frame, NOBODY)
    ends = [first, first + length]
    line = [np.interp(frame, ends, [start[side], end[side]]) for side in range(4)]
    np.testing.assert_allclose(filled.boxes, [line], atol=1e-3)
    assert (filled.tracks.tolist(), filled.seen.tolist()) == ([7], [False])


@pytest.mark.parametrize(
    ("kind", "share"), [(Kind.PERSON, 0.25), (Kind.HEAD, 1.0), (Kind.FACE, 1.0)]
)
def test_its_margin_grows_for_a_second_and_no_longer(kind: Kind, share: float) -> None:
    still = tracks({0: [0.0, 0, 20, 40], 1000: [0.0, 0, 20, 40]}, kind)
    half, one, ten = (still.missing(frame, NOBODY).margins for frame in (12, 25, 250))
    np.testing.assert_allclose(half, [0.48 * share * 40], rtol=1e-5)
    np.testing.assert_allclose([one, ten], [[share * 40]] * 2, rtol=1e-5)


def test_nobody_is_missing_before_after_and_where_he_was_seen() -> None:
    both = tracks({3: [0.0, 0, 20, 40], 9: [0.0, 0, 20, 40]})
    seen = Detections.of([[0, 0, 20, 40]], tracks=[7])
    assert [len(both.missing(frame, NOBODY)) for frame in (2, 3, 6, 9, 10)] == [0, 0, 1, 0, 0]
    assert len(both.missing(6, seen)) == 0


@pytest.mark.parametrize(
    ("box", "margin", "track", "missing"),
    [
        ([0, 0, 20, 40], 0, 7, 0),
        ([5, 5, 15, 35], 5, 7, 0),
        ([5, 5, 15, 35], 0, 7, 1),
        ([0, 0, 20, 40], 0, 8, 1),
    ],
    ids=["the same", "with its margin", "too small", "somebody else"],
)
def test_whom_a_box_of_the_track_covers_is_not_missing(
    box: list[int], margin: float, track: int, missing: int
) -> None:
    known = Detections.of([box], tracks=[track], seen=[False], margins=margin)
    both = tracks({3: [0.0, 0, 20, 40], 9: [0.0, 0, 20, 40]})
    assert len(both.missing(6, known)) == missing
