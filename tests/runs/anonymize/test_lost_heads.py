"""Heads that are lost amid the picture, in scenes made by hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.runs.anonymize.lost_heads import LostHeads
from passerby.runs.review.frames import ReviewFrame

WIDTH, HEIGHT, RATE = 640, 360, 10
HEAD = np.array([0, 0, 20, 24])


def heads(places: Mapping[int, tuple[float, float]], *, seen: bool = True) -> Detections:
    """Heads by track, each by its upper left corner."""
    boxes = [HEAD + np.tile(place, 2) for place in places.values()]
    return Detections.of(
        np.reshape(boxes, (-1, 4)),
        scores=[0.8] * len(places),
        kinds=Kind.HEAD,
        tracks=list(places),
        seen=[seen] * len(places),
    )


def doubts(frames: Mapping[int, Detections]) -> list[ReviewFrame]:
    lost = LostHeads()
    for index, found in frames.items():
        lost.add(index, index / RATE, found, (WIDTH, HEIGHT))
    return list(lost.doubts())


def walk(
    first: int, last: int, left: float, pace: float = 4.0, top: float = 100.0
) -> dict[int, tuple[float, float]]:
    """Where somebody is in each frame who is at ``left`` in frame 0."""
    return {frame: (left + pace * frame, top) for frame in range(first, last + 1)}


def film(**tracks: dict[int, tuple[float, float]]) -> dict[int, Detections]:
    """A film of tracks t1, t2 ..., of 60 frames."""
    return {
        frame: heads({int(name[1:]): way[frame] for name, way in tracks.items() if frame in way})
        for frame in range(60)
    }


def test_somebody_who_is_missed_for_a_while_is_one_doubt_with_both_ends() -> None:
    (one,) = doubts(film(t1=walk(0, 19, 100), t2=walk(40, 59, 100), t3=walk(0, 59, 100, top=250)))
    assert (one.frame, one.time, one.kind, one.tracks) == (20, 2.0, "lost", (1, 2))
    assert one.reason == "a head is lost amid the picture for 1.9 s"
    before, after = one.places
    assert (before.frame, before.box) == (20, (180.0, 100.0, 20.0, 24.0))
    assert (after.frame, after.box) == (39, (256.0, 100.0, 20.0, 24.0))
    assert before.seen == (19, (176.0, 100.0, 20.0, 24.0))
    assert after.seen == (40, (260.0, 100.0, 20.0, 24.0))


def test_a_track_that_comes_back_under_its_number_is_lost_in_between() -> None:
    away = walk(0, 19, 100) | walk(30, 59, 100)
    (one,) = doubts(film(t1=away, t3=walk(0, 59, 100, top=250)))
    assert (one.frame, one.tracks, len(one.places)) == (20, (1,), 2)


def test_an_end_and_a_beginning_that_do_not_fit_are_two_doubts() -> None:
    other = walk(0, 59, 100, top=250)
    gone, come = doubts(film(t1=walk(0, 19, 100), t2=walk(22, 59, 380), t3=other))
    assert {gone.reason, come.reason} == {
        "a head is lost amid the picture",
        "a head turns up amid the picture",
    }


@pytest.mark.parametrize("left", [500, 590])
def test_who_walks_out_of_the_picture_is_in_no_doubt(left: float) -> None:
    last = int((WIDTH - 20 - left) / 4)
    assert doubts(film(t1=walk(0, last, left), t3=walk(0, 59, 100, top=250))) == []


def test_who_walks_in_from_the_border_is_in_no_doubt() -> None:
    assert doubts(film(t1=walk(10, 59, -40), t3=walk(0, 59, 100, top=250))) == []


def test_another_number_in_the_same_place_is_in_no_doubt() -> None:
    tracks = {"t1": walk(0, 19, 100), "t2": walk(20, 59, 100), "t3": walk(0, 59, 100, top=250)}
    assert doubts(film(**tracks)) == []


def test_a_second_track_of_one_head_may_end() -> None:
    double = walk(0, 30, 106)
    assert doubts(film(t1=walk(0, 59, 100), t2=double)) == []


def test_two_tracks_of_one_head_that_end_together_hide_no_loss() -> None:
    both = doubts(film(t1=walk(0, 30, 100), t2=walk(0, 30, 106), t3=walk(0, 59, 100, top=250)))
    assert {one.frame for one in both} == {31}


def test_who_was_hardly_seen_is_in_no_doubt_here() -> None:
    assert doubts(film(t1=walk(0, 2, 100), t3=walk(0, 59, 100, top=250))) == []


def test_in_another_shot_nobody_is_lost() -> None:
    first = {f"t{n}": walk(0, 29, 100 * n) for n in (1, 2)}
    second = {f"t{n}": walk(30, 59, 60 * n) for n in (3, 4)}
    assert doubts(film(**first, **second)) == []


def test_the_end_of_the_film_loses_nobody() -> None:
    assert doubts(film(t1=walk(0, 59, 100))) == []


def test_behind_somebody_a_head_is_hidden() -> None:
    wall = Detections.of([[150, 60, 260, 300]], [0.9], Kind.PERSON, tracks=[7])
    frames = film(t1=walk(0, 19, 100))
    frames = {index: Detections.joined(found, wall) for index, found in frames.items()}
    assert doubts(frames) == []


def test_only_sightings_say_where_a_head_goes() -> None:
    frames = film(t1=walk(0, 19, 100), t3=walk(0, 59, 100, top=250))
    for index in (20, 21, 22):  # covered a little longer, in the wrong place
        held = heads({1: (400, 300)}, seen=False)
        frames[index] = Detections.joined(frames[index], held)
    (one,) = doubts(frames)
    assert (one.frame, one.boxes) == (23, ((192.0, 100.0, 20.0, 24.0),))
    assert one.places[0].seen == (19, (176.0, 100.0, 20.0, 24.0))
