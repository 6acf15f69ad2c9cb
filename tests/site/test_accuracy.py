"""How right a run is, on tracks and a truth that are made by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from passerby.site.accuracy import shown_links, site_accuracy
from passerby.site.track_paths import read_numbers, write_paths
from passerby.store.identities import link_tracks
from passerby.store.store import Store
from passerby.tracking.tracklet import Tracklet

AddTrack = Callable[..., int]

BOXES = {7: (10, 10, 30, 60), 8: (50, 10, 70, 60)}
"""Where two people stand, before whatever camera."""


def path(person: int) -> Tracklet:
    return Tracklet(
        np.arange(4),
        np.arange(4) / 10,
        np.tile(np.array(BOXES[person], np.float32), (4, 1)),
        np.ones(4, np.float32),
        None,
    )


def write_truth(folder: Path, camera: str) -> None:
    """Both people are before each camera in four frames."""
    place = folder / camera / "gt"
    place.mkdir(parents=True)
    rows = [
        f"{frame},{person},{left},{top},{right - left},{bottom - top},1,1,1"
        for frame in range(1, 5)
        for person, (left, top, right, bottom) in BOXES.items()
    ]
    (place / "gt.txt").write_text("\n".join(rows) + "\n")


def test_right_and_wrong_links_are_told_apart(
    tmp_path: Path, store: Store, add_track: AddTrack
) -> None:
    shows = {
        "hall": {add_track("hall", 0, 9): 7, add_track("hall", 0, 9): 8},
        "stairs": {add_track("stairs", 20, 29): 7, add_track("stairs", 20, 29): 8},
    }
    for camera, own in shows.items():
        write_truth(tmp_path, camera)
        write_paths(tmp_path, camera, {track: path(person) for track, person in own.items()})
        assert list(read_numbers(tmp_path, camera).values()) == list(own)
    (seven, eight), (seven_later, eight_later) = shows["hall"], shows["stairs"]

    def measured() -> tuple[float, float, int, int]:
        found, whose = site_accuracy(store, list(shows), tmp_path, tmp_path)
        assert whose == shows["hall"] | shows["stairs"]
        return (
            found.multi_camera_idf1,
            found.single_camera_idf1,
            found.shown,
            found.right,
        )

    people = link_tracks(store, [(seven, None, 1.0), (eight, None, 1.0)], "test")
    link_tracks(store, [(seven_later, None, 0.4), (eight_later, None, 0.4)], "test")
    assert measured() == (0.5, 1.0, 0, 0)  # half of each person's boxes
    link_tracks(store, [(seven_later, people[0], 0.9), (eight_later, people[1], 0.8)], "test")
    assert measured() == (1.0, 1.0, 2, 2)
    assert sorted(one.probability for one in shown_links(store)) == [0.8, 0.9]
    link_tracks(store, [(seven_later, people[1], 0.9), (eight_later, people[0], 0.9)], "test")
    assert measured() == (0.5, 1.0, 2, 0)
