"""Drawn boxes are followed both ways through a source that is read once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from passerby.pipeline import box_following as module
from passerby.pipeline.box_following import BoxToFollow, follow_drawn_boxes
from passerby.sources import open_source

Film = Callable[..., Path]


def walking(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(10 + 2 * frame, 20, 12, 24, 180)]


def at(frame: int) -> tuple[float, float, float, float]:
    left = 10 + 2 * frame
    return (left, 20, left + 12, 44)


def test_it_is_followed_both_ways(film: Film) -> None:
    path = film("walk.mkv", walking, frames=30)
    with open_source(path) as source:
        (places,) = follow_drawn_boxes(source, [BoxToFollow(15, at(15))])
    assert sorted(places) == list(range(30))
    for frame, place in places.items():
        assert np.abs(place.box - at(frame)).max() < 2.5


def test_each_box_has_its_own_frame_and_its_limits(film: Film) -> None:
    path = film("walk.mkv", walking, frames=30)
    boxes = [BoxToFollow(20, at(20), 18, 22), BoxToFollow(3, at(3), last=5), BoxToFollow(99, at(0))]
    with open_source(path) as source:
        late, early, missing = follow_drawn_boxes(source, boxes)
    assert sorted(late) == [18, 19, 20, 21, 22]
    assert sorted(early) == [0, 1, 2, 3, 4, 5]
    assert missing == {}


def test_memory_bounds_how_far(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_COPIES_BYTES", 2 * 4 * 96 * 64)
    with open_source(film("walk.mkv", walking, frames=30)) as source:
        (places,) = follow_drawn_boxes(source, [BoxToFollow(15, at(15))])
    assert sorted(places) == list(range(11, 20))


def test_large_pictures_are_followed_in_small_copies(
    film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_SIDE", 48)
    with open_source(film("walk.mkv", walking, frames=12)) as source:
        (places,) = follow_drawn_boxes(source, [BoxToFollow(0, at(0))])
    assert np.abs(places[11].box - at(11)).max() < 4
