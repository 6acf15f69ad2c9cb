"""People before one camera, made by hand: their colour is their signature."""

import numpy as np
import pytest

from passerby.anonymization import Anonymizer
from passerby.detections import Detections, Kind
from passerby.errors import PrivacyError
from passerby.pipeline import camera_tracks
from passerby.pipeline.camera_tracks import CameraTracks
from passerby.pipeline.stages import FrameResult
from passerby.types import Frame

SIZE = 320, 160
COLOURS = {1: (30, 30, 220), 2: (220, 30, 30)}
HIDING = Anonymizer(regions=("heads",))


class MeanColour:
    name, path, pixels = "mean colour", None, "bgr-255"
    size, batch = (16, 8), 4

    def __init__(self):
        self.described = 0

    def describe(self, pictures):
        self.described += len(pictures)
        return pictures[:, 6:].mean(axis=(1, 2), dtype=np.float32)


def result(index, seen, anonymizer=HIDING, search="looked for", looked=True):
    """A frame with people at places along it, who are found with their heads."""
    image = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
    boxes, heads = [], []
    for person, left in seen.items():
        image[30:150, left : left + 40] = COLOURS[person]
        boxes.append([left, 30, left + 40, 150])
        heads.append([left + 12, 32, left + 28, 50])
    found = Detections.joined(
        Detections.of(np.reshape(boxes, (-1, 4)), tracks=np.arange(len(boxes)) + 50),
        Detections.of(np.reshape(heads, (-1, 4)), kinds=Kind.HEAD),
    )
    sealed = anonymizer(Frame(image, index=index), found, search)
    return FrameResult(sealed, found, found, looked)


def follow(where, seconds, describer=None, **options):
    """Five looks a second; ``where`` says who is where at a time."""
    tracks = CameraTracks(describer or MeanColour(), 0.2, SIZE, **options)
    early = []
    for look in range(int(seconds * 5)):
        early += tracks.add(result(look * 2, where(look / 5)), look / 5)
    return early, tracks.flush()


def crossing(time):
    """The first walks to the right, the second stands."""
    return {1: int(30 + 10 * time), 2: 240}


def test_each_has_one_track_with_a_snippet_a_second():
    describer = MeanColour()
    early, last = follow(crossing, 6, describer)
    assert early == []
    assert len(last) == 2
    assert describer.described == 12
    for track, colour in zip(last, COLOURS.values(), strict=True):
        assert [int(one.time) for one in track.snippets] == [0, 1, 2, 3, 4, 5]
        unit = np.array(colour) / np.linalg.norm(colour)
        np.testing.assert_allclose(track.signature, unit, atol=0.02)
        assert track.signatures.shape == (6, 3)


def test_who_sits_for_hours_takes_no_more_memory(monkeypatch):
    monkeypatch.setattr(camera_tracks, "MOST_SNIPPETS", 10)
    _, last = follow(lambda time: {1: 30, 2: 240}, 60)
    assert len(last) == 2
    for track in last:
        assert 3 <= len(track.snippets) <= 7
        times = [one.time for one in track.snippets]
        assert times == sorted(times)
        assert times[0] < 30 < times[-1]  # older ones are fewer, and not none


def test_a_head_is_black_in_every_snippet():
    _, (first, _) = follow(crossing, 4)
    for one in first.snippets:
        assert not one.frame.image[4:18, 14:26].any()
        assert one.frame.protection.weakness is None


def test_who_is_gone_for_long_enough_is_handed_out_and_forgotten():
    early, last = follow(lambda time: {1: 100} if time < 3 else {2: 200}, 20)
    assert [len(early), len(last)] == [1, 1]
    assert early[0].path.times[-1] < 3
    assert len(last[0].snippets) >= 15


def test_who_leaves_the_picture_is_not_taken_for_who_comes_in_there():
    def at_the_edge(time):
        if time < 3:
            return {1: max(int(70 - 25 * time), -5)}
        return {1: int(-5 + 25 * (time - 4))} if time > 4 else {}

    _, last = follow(at_the_edge, 8)
    assert len(last) == 2
    _, hidden = follow(lambda time: {} if 3 < time < 4 else {1: 140}, 8)
    assert len(hidden) == 1


def test_people_who_are_not_hidden_are_not_described():
    weak = Anonymizer(operator="noise")
    for anonymizer, search in ((HIDING, "given"), (weak, "looked for")):
        tracks = CameraTracks(MeanColour(), 0.2, SIZE)
        with pytest.raises(PrivacyError, match="hidden"):
            tracks.add(result(0, {1: 50}, anonymizer, search), 0.0)
        raw = CameraTracks(MeanColour(), 0.2, SIZE, raw=True)
        raw.add(result(0, {1: 50}, anonymizer, search), 0.0)


def test_a_raw_frame_is_refused_however_it_is_asked():
    shown = result(0, {1: 50})
    raw = FrameResult(Frame(np.zeros((9, 9, 3), np.uint8)), shown.detections, shown.sighted, True)
    with pytest.raises(PrivacyError):
        CameraTracks(MeanColour(), 0.2, SIZE, raw=True).add(raw, 0.0)


def test_frames_that_were_not_searched_say_nothing():
    tracks = CameraTracks(MeanColour(), 0.2, SIZE)
    for look in range(30):
        assert tracks.add(result(look, {1: 50}, looked=False), look / 5) == []
    assert tracks.flush() == []
