"""Colours of tracks."""

import numpy as np

from passerby.track_colours import track_colour


def test_tracks_near_each_other_differ_clearly() -> None:
    colours = np.array([track_colour(track) for track in range(-1, 8)], np.float64)
    distances = np.abs(colours[:, None] - colours[None]).max(axis=2)
    assert distances[~np.eye(len(colours), dtype=bool)].min() > 20


def test_who_has_no_track_is_grey() -> None:
    assert len(set(track_colour(-1))) == 1
    assert all(len(set(track_colour(track))) > 1 for track in range(50))
