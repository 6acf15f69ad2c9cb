import numpy as np
import pytest
from PIL import Image
from scipy.stats import binomtest

from linking import (
    BLANK,
    draw_reliability,
    examples_of,
    kept_film,
    load_film,
    resampled,
    save_film,
    shares_right,
)
from passerby.evaluate.calibration import reliability
from passerby.evaluate.links import LinkCounts
from passerby.evaluate.tracking.identity import IdentityCounts
from passerby.matching.camera_graph import CameraGraph, CameraNeighbours
from passerby.matching.link_model import LinkModel
from passerby.pipeline.camera_tracks import DescribedTrack
from passerby.pipeline.snippets import Snippet
from passerby.runs.link.accuracy import SceneAccuracy
from passerby.runs.link.camera import CameraFilm
from passerby.runs.link.scene import LinkedScene
from passerby.tracking.tracklet import Tracklet


def film(camera, begins):
    tracks = []
    for number, began in enumerate(begins):
        frames = np.arange(began * 10, began * 10 + 20 + number)
        box = np.array([number, number, number + 30, number + 90], np.float32)
        boxes = np.tile(box, (len(frames), 1))
        path = Tracklet(
            frames, frames / 10, boxes, np.ones(len(frames), np.float32), np.zeros(1, np.float32)
        )
        snippets = tuple(Snippet(began + n, 0.5 / (n + 1), BLANK, (0, ())) for n in range(2))
        rows = np.random.default_rng(number).normal(0, 1, (2, 6)).astype(np.float32)
        tracks.append(DescribedTrack(path, snippets, rows))
    return CameraFilm(camera, tuple(tracks), 300, 30.0)


def test_a_film_is_kept_and_read_back(tmp_path):
    made = film("hall", [0, 4, 9])
    save_film(tmp_path / "one.npz", made)
    found = load_film(tmp_path / "one.npz", "hall")
    assert (found.camera, found.frames, found.seconds) == ("hall", 300, 30.0)
    for before, after in zip(made.tracks, found.tracks, strict=True):
        np.testing.assert_array_equal(before.path.boxes, after.path.boxes)
        np.testing.assert_array_equal(before.path.times, after.path.times)
        np.testing.assert_allclose(before.signature, after.signature)
        assert [one.time for one in after.snippets] == [one.time for one in before.snippets]


def test_a_film_is_followed_once(tmp_path):
    calls = []

    def follow():
        calls.append(1)
        return film("hall", [])

    for _ in range(2):
        found = kept_film(tmp_path / "kept", tmp_path / "3-1", "hall", "heads black", follow)
        assert found.tracks == ()
    assert calls == [1]


def test_a_persons_later_tracks_are_neither_right_nor_wrong():
    graph = CameraGraph(
        cameras=("hall", "stairs"),
        return_seconds=(1, 60),
        neighbours=(CameraNeighbours(cameras=("hall", "stairs"), travel_seconds=(1, 20)),),
    )
    films = film("hall", [0, 14, 20]), film("stairs", [7])
    scene = LinkedScene(films, graph, LinkModel((0.0,) * 7), 0.5)
    found = examples_of(scene, {1: 5, 2: 6, 3: 5, 4: 5})
    pairs = zip(found.candidates.earlier + 1, found.candidates.later + 1, strict=True)
    labels = dict(zip([(int(a), int(b)) for a, b in pairs], found.goes_on.tolist(), strict=True))
    assert labels == {(1, 4): True, (4, 3): True, (1, 2): False, (4, 2): False, (2, 3): False}


def test_intervals_hold_the_figure():
    def scene(right):
        counts = IdentityCounts(right, 10 - right, 10 - right)
        return SceneAccuracy(
            counts, counts, counts, counts, LinkCounts(10, right, 10, right), (), ()
        )

    value, low, high = resampled([scene(8), scene(6), scene(9)], lambda one: one.links.precision)
    assert value == 23 / 30
    assert low < value < high
    assert (low, high) == (0.6, 0.9)


def test_shares_that_were_right_have_exact_intervals(tmp_path):
    rng = np.random.default_rng(0)
    said = rng.uniform(0.5, 1, 200)
    right = rng.random(200) < said
    found = reliability(said, right)
    rows = shares_right(found)
    assert sum(row[4] for row in rows) == 200
    for value, share, low, high, count in rows:
        own = (said >= np.floor(value * 10) / 10) & (said < np.floor(value * 10) / 10 + 0.1)
        assert (count, value) == (own.sum(), pytest.approx(said[own].mean()))
        assert share == pytest.approx(right[own].mean())
        if 0 < share < 1:
            exact = binomtest(int(right[own].sum()), count).proportion_ci(method="exact")
            assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-6)
    draw_reliability(tmp_path / "one.png", {"heads black": found, "nobody": reliability([], [])})
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == (600, 600)
