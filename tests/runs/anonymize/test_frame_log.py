"""Boxes on disk: what goes in comes out, and no file is left."""

import json
import resource
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detections import Detections, Kind
from passerby.errors import OutputError
from passerby.pipeline.stages import FrameResult
from passerby.runs.anonymize.frame_log import FrameLog, as_detections, as_record, as_xywh
from passerby.types import Frame, Image, seal

PIXELS: Image = np.zeros((8, 8, 3), np.uint8)


def result(index: int, found: Detections, **of_frame: object) -> FrameResult:
    frame = Frame(PIXELS, index=index, pts=index, time_base=Fraction(1, 3))
    return FrameResult(seal(frame, PIXELS, **of_frame), found, found, looked=index % 2 == 0)


@st.composite
def known(draw: st.DrawFn) -> Detections:
    """What a run may know of a frame, in the tenths of a pixel that a record keeps."""
    count = draw(st.integers(0, 4))
    tenths = st.integers(-10_000, 40_000).map(lambda value: value / 10)
    sides = np.array([[draw(tenths) for _ in range(4)] for _ in range(count)]).reshape(-1, 4)
    thousandths = st.integers(0, 1000).map(lambda value: value / 1000)
    return Detections.of(
        sides,
        scores=[draw(thousandths) for _ in range(count)],
        kinds=[draw(st.sampled_from(Kind)) for _ in range(count)],
        tracks=[draw(st.integers(-1, 2**40)) for _ in range(count)],
        seen=[draw(st.booleans()) for _ in range(count)],
        margins=np.array([draw(thousandths) * 10 for _ in range(count)], np.float32),
    )


@pytest.mark.slow
@given(known())
def test_a_record_says_all_that_was_known(before: Detections) -> None:
    after = as_detections(json.loads(json.dumps(as_record(result(0, before)))))
    np.testing.assert_allclose(after.boxes, before.boxes, atol=0.11)
    np.testing.assert_allclose(after.scores, before.scores, atol=1e-6)
    np.testing.assert_allclose(after.margins, before.margins, atol=0.051)
    for name in ("kinds", "tracks", "seen"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_a_record_by_hand() -> None:
    found = Detections.of([[1.26, 2, 11, 22]], [0.5], Kind.FACE, [7], [False], 1.25)
    assert as_record(result(1, found)) == {
        "frame": 1,
        "looked": False,
        "time": 0.333333,
        "boxes": [
            {
                "box": (1.3, 2.0, 9.7, 20.0),
                "kind": "face",
                "score": 0.5,
                "track": 7,
                "seen": False,
                "margin": 1.2,
            }
        ],
    }


def test_a_frame_that_failed_says_why() -> None:
    record = as_record(result(0, Detections.failed("dark"), covered_in_full=True))
    assert (record["failure"], record["covered_in_full"]) == ("dark", True)
    assert as_detections(record).failure == "dark"


def test_a_box_is_left_top_width_height() -> None:
    assert as_xywh(np.array([1, 2, 4, 8], np.float32)) == (1, 2, 3, 6)


def test_each_input_gets_its_own_frames_back() -> None:
    log = FrameLog()
    spans, position = [], log.position
    for frames in (3, 0, 5):
        for index in range(frames):
            log.add(result(index, Detections.none()))
        spans.append((position, log.position))
        position = log.position
    for frames, span in zip((3, 0, 5), spans, strict=True):
        assert [record["frame"] for record in log.records(span)] == list(range(frames))
        assert [json.loads(line)["frame"] for line in log.lines(span)] == list(range(frames))
    log.close()


def test_what_is_added_after_reading_comes_behind_the_rest() -> None:
    log = FrameLog()
    log.add(result(0, Detections.none()))
    log.add(result(1, Detections.none()))
    span = 0, log.position
    next(iter(log.records(span)))  # a reader that stops early
    start = log.position
    log.add(result(9, Detections.none()))
    assert [record["frame"] for record in log.records((start, log.position))] == [9]
    assert [record["frame"] for record in log.records(span)] == [0, 1]
    log.close()


def test_no_file_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    log = FrameLog()
    log.add(result(0, Detections.of([[0, 0, 4, 4]])))
    assert log.position > 0
    assert list(tmp_path.iterdir()) == []
    log.close()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk with so much room, as far as this process can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)


def test_a_full_disk_is_one_clear_line_and_closing_still_works() -> None:
    log = FrameLog()
    crowd = result(0, Detections.of(np.tile([0, 0, 4, 4], (500, 1))))
    with files_of_at_most(4096):
        with pytest.raises(OutputError, match="cannot take the boxes of all frames") as caught:
            log.add(crowd)
        log.close()
    assert "\n" not in str(caught.value)
    assert "TMPDIR" in str(caught.value)
