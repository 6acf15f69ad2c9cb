"""Frames of videos, photographs and synthetic worlds, with the pixels that show people."""

from itertools import count

import cv2
import numpy as np
import pytest

from passerby.detections import Detections
from passerby.errors import InputError
from passerby.train.obfuscator.frames import ellipses, real_frames, synthetic_frames


def red_people(image):
    """Find the one red rectangle."""
    blue, _, red = np.moveaxis(image.astype(int), 2, 0)
    rows, columns = np.nonzero(red > blue + 100)
    if not len(rows):
        return Detections.none()
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return Detections.of([box], scores=[0.9])


def picture(left):
    image = np.full((60, 80, 3), 100, np.uint8)
    image[10:50, left : left + 16] = (0, 0, 250)
    return image


@pytest.fixture
def folder(tmp_path):
    for number in range(5):
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture(10 * number))
    return tmp_path


def test_photographs_are_spaced_and_people_numbered(folder):
    frames = list(real_frames(folder, 3, red_people, count(7)))
    assert [int(frame.boxes[0, 0]) for frame in frames] == [0, 20, 40]
    assert [frame.identities.tolist() for frame in frames] == [[7], [8], [9]]
    assert all(frame.mean is None and not frame.synthetic for frame in frames)


def test_of_a_photograph_the_ellipse_in_the_box_counts(folder):
    (frame,) = real_frames(folder / "2.png", 9, red_people, count())
    y, x = np.mgrid[:60, :80] + 0.5
    expected = ((x - 28) / 8) ** 2 + ((y - 30) / 20) ** 2 <= 1
    assert (frame.people == expected).mean() > 0.999


def test_of_footage_what_differs_from_the_mean_counts(tmp_path):
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (80, 60))
    for number in range(12):
        writer.write(picture(5 * number))
    writer.release()
    frames = list(real_frames(path, 6, red_people, count()))
    assert len(frames) == 6
    first = frames[0]
    assert first.mean is not None
    shown = np.zeros((60, 80), np.bool_)
    shown[10:50, :16] = True
    assert (first.people & ~shown).mean() < 0.02
    assert (first.people & shown).sum() > 0.9 * shown.sum()
    assert all(frame.mean is first.mean for frame in frames)


@pytest.mark.parametrize("named", ["gone", "notes.txt"])
def test_what_cannot_be_read_is_said(tmp_path, named):
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    with pytest.raises(InputError, match=named):
        list(real_frames(tmp_path / named, 3, red_people, count()))


@pytest.mark.slow
def test_worlds_show_the_same_people_at_several_moments():
    frames = list(synthetic_frames(3))
    assert len(frames) == 6
    assert all(frame.synthetic and frame.mean is not None for frame in frames)
    seen = [set(frame.identities.tolist()) for frame in frames]
    assert set.intersection(*seen) or set.union(*seen)
    assert all(identity < 0 for one in seen for identity in one)
    for frame in frames:
        inside = ellipses(frame.boxes, frame.people.shape, whole=True)
        assert (frame.people & inside).any() or not len(frame.boxes)


def test_a_box_without_size_marks_nearly_nothing():
    assert ellipses(np.array([[5, 5, 5, 5]], np.float32), (10, 10)).sum() <= 4
