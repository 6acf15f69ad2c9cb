"""What a camera hands to the store: rows that grow, and are joined when more is known."""

import time
from dataclasses import replace
from itertools import chain

import pytest
from tests.pipeline.test_camera_tracks import SIZE, MeanColour, result

from passerby.pipeline.camera_news import DescribedSnippet, EndedTrack, PartNews, PeopleNews
from passerby.pipeline.camera_tracks import CameraTracks
from passerby.site import camera_watch
from passerby.site.camera_watch import CameraWatch
from passerby.site.settings import CameraSettings
from passerby.store.write_batch import JoinedPart, WriteBatch

HALL = CameraSettings(name="hall", source="hall.mp4")


@pytest.fixture(autouse=True)
def origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_watch, "model_sha256", lambda _: "0" * 64)


def batches_of(where, seconds: float, camera: CameraSettings = HALL) -> list[WriteBatch]:
    describer = MeanColour() if camera.purpose == "matching" else None
    watch = CameraWatch(camera, describer, 0.2, SIZE, 1_000_000_000)
    times = [look / 5 for look in range(int(seconds * 5))]
    found = [watch.add(result(round(time * 10), where(time)), time) for time in times]
    return [one for one in (*found, watch.flush()) if one is not None]


def test_a_row_begins_with_the_first_second_and_grows_with_each() -> None:
    *before, last = batches_of(lambda _: {1: 140}, 4)
    (track,) = (one.number for batch in before for one in batch.begun)
    assert [len(one.snippets) for one in (*before, last)] == [1, 1, 1, 1, 0]
    assert last.ended == {track: (1_000_000_000, 1_003_800_000)}
    written = chain.from_iterable((*one.snippets, *one.signatures) for one in [*before, last])
    assert {one.track for one in written} == {track}
    assert sum(last.counted.values()) == 1 + 1 + 4


def test_who_was_hidden_for_a_while_has_one_row_in_the_end() -> None:
    *before, last = batches_of(lambda time: {} if 2.6 <= time < 4.6 else {1: 140}, 8)
    rows = [one for batch in before for one in batch.begun]
    assert [one.at for one in rows] == [1_000_000_000, 1_004_600_000]
    (joined,) = last.joined
    assert (joined.track, joined.into, joined.without) == (rows[1].number, rows[0].number, ())
    assert list(last.ended) == [rows[0].number]


def test_of_a_second_in_which_two_parts_were_seen_one_picture_is_kept() -> None:
    watch = CameraWatch(HALL, MeanColour(), 0.2, SIZE, 0)
    frames = CameraTracks(MeanColour(), 0.2, SIZE)
    for look in range(10):
        frames.add(result(look * 2, {1: 140}), look / 5)
    (whole,) = frames.flush()
    picture = whole.snippets[0]
    seen = [
        DescribedSnippet(replace(picture, time=time), whole.signatures[0])
        for time in (0.1, 1.2, 1.8, 2.9, 2.95)
    ]
    parts = PartNews(1, 0.0, tuple(seen[:2])), PartNews(2, 1.7, tuple(seen[2:4]))
    first = watch._batch(PeopleNews(parts))
    last = watch._batch(PeopleNews(ended=(EndedTrack(whole.path, (1, 2), (seen[4],)),)))
    assert first is not None
    assert last is not None
    one, other = (row.number for row in first.begun)
    assert last.joined == [JoinedPart(other, one, (1_800_000,))]
    assert last.snippets == []  # of second 2 there is one


def test_a_camera_that_counts_hands_on_sums_alone() -> None:
    counting = HALL.model_copy(update={"purpose": "counting"})
    (batch,) = batches_of(lambda _: {1: 140}, 4, counting)
    assert [*batch.begun, *batch.snippets, *batch.signatures, *batch.ended] == []
    assert sum(batch.counted.values()) == 6


def test_a_row_of_hours_knows_its_first_and_its_latest_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(camera_watch, "_MOST_TIMES", 3)
    watch = CameraWatch(HALL, MeanColour(), 0.2, SIZE, 0)
    batches = [watch.add(result(2 * look, {1: 140}), look / 5) for look in range(60)]
    assert sum(len(one.snippets) for one in batches if one) == 12  # nothing is lost
    (row,) = watch._rows.values()
    assert list(row.times) == [0, 9, 10, 11]


def test_a_clock_that_is_set_meanwhile_moves_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, when the camera begins; a day forth and two back change nothing."""
    steady, jumping = (
        [
            ([row.at for row in one.begun], [s.at for s in one.snippets], [*one.ended.values()])
            for one in batches_of(where, 6)
        ]
        for where in (lambda _: {1: 140}, _while_the_clock_jumps(monkeypatch))
    )
    assert len(steady) == 7
    assert jumping == steady


def _while_the_clock_jumps(monkeypatch: pytest.MonkeyPatch):
    day = 86_400

    def where(seconds: float):
        now = 1_800_000_000 + (day if seconds < 3 else -day) + seconds
        monkeypatch.setattr(time, "time", lambda: now)
        monkeypatch.setattr(time, "time_ns", lambda: round(now * 1e9))
        return {1: 140}

    return where


@pytest.mark.parametrize("keep_paths", [True, False])
def test_looks_are_bounded_unless_paths_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, keep_paths: bool
) -> None:
    monkeypatch.setattr(camera_watch, "MOST_LOOKS", 100)
    watch = CameraWatch(HALL, MeanColour(), 0.2, SIZE, 0, keep_paths=keep_paths)
    found = [watch.add(result(2 * look, {1: 140}), look / 5) for look in range(300)]
    last = watch.flush()
    assert sum(len(one.snippets) for one in (*found, last) if one) == 60  # all of them
    assert last is not None
    (times,) = last.ended.values()
    assert times == (0, 59_800_000)
    if watch.paths is not None:
        (path,) = watch.paths.values()
        assert len(path) == 300
