from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.attack.tracks import pairs_along
from passerby.errors import InputError
from passerby.evaluate.tracking import Trajectories

FRAMES, PEOPLE = 12, 3


@pytest.fixture
def tracks() -> Trajectories:
    """Three people who walk to the right, beside each other."""
    rows = [(frame, who) for frame in range(1, FRAMES + 1) for who in range(1, PEOPLE + 1)]
    boxes = [[4 * frame, 20 * who, 4 * frame + 8, 20 * who + 16] for frame, who in rows]
    frames, ids = zip(*rows, strict=True)
    return Trajectories.of(frames=frames, ids=ids, boxes=boxes)


def film(folder: Path, tracks: Trajectories, colour) -> Path:
    """A folder of frames in which each box has the colour of its frame and person."""
    folder.mkdir()
    for frame in range(1, FRAMES + 1):
        image = np.full((100, 80, 3), 90, np.uint8)
        for row in np.flatnonzero(tracks.frames == frame):
            left, top, right, bottom = tracks.boxes[row].astype(int)
            image[top:bottom, left:right] = colour(frame, int(tracks.ids[row]))
        cv2.imwrite(str(folder / f"{frame:03d}.png"), image)
    return folder


def own(frame, who):
    return (20 * frame, 80 * who, 10)


@pytest.fixture
def clear(tmp_path: Path, tracks: Trajectories) -> Path:
    return film(tmp_path / "clear", tracks, own)


def test_two_crops_are_cut_out_of_each_third_of_each_track(tmp_path, clear, tracks):
    copy = film(tmp_path / "copy", tracks, lambda frame, who: (0, 0, 0))
    found = pairs_along(clear, copy, tracks)
    people = found.pairs.clear
    assert len(people) == PEOPLE * 3 * 2
    for image, who, part in zip(people.images, people.ids, people.cameras, strict=True):
        blue, green, _ = image[64, 32]
        assert green == 80 * who
        assert (blue // 20 - 1) // 4 == part - 1  # of twelve frames, four are a third
    assert not found.pairs.seen.any()
    assert found.missed.success == 0
    assert found.missed.frames == FRAMES


def test_one_frame_in_which_somebody_is_left_is_found(tmp_path, clear, tracks):
    def careless(frame, who):
        return own(frame, who) if (frame, who) == (2, 3) else (0, 0, 0)

    found = pairs_along(clear, film(tmp_path / "copy", tracks, careless), tracks)
    assert found.missed.success == pytest.approx(1 / PEOPLE)


def test_a_copy_that_is_shorter_is_refused(tmp_path, clear, tracks):
    copy = film(tmp_path / "copy", tracks, own)
    (copy / "012.png").unlink()
    with pytest.raises(InputError, match="is shorter than"):
        pairs_along(clear, copy, tracks)


def test_tracks_that_are_too_short_or_elsewhere_are_refused(clear, tracks):
    few = Trajectories.of(frames=[1, 2], ids=[1, 1], boxes=[[0, 0, 9, 9]] * 2)
    with pytest.raises(InputError, match="no track of 6 frames"):
        pairs_along(clear, clear, few)
    outside = Trajectories(tracks.frames, tracks.ids, tracks.boxes + 500)
    with pytest.raises(InputError, match="give its own tracks"):
        pairs_along(clear, clear, outside)
