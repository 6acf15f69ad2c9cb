"""A site made by hand: three people walk from one camera to the next, one is seen once."""

import numpy as np
import pytest

from passerby.anonymization import Anonymizer
from passerby.detections import Detections
from passerby.evaluate.tracking import Trajectories, Truth
from passerby.matching.camera_graph import CameraGraph, CameraNeighbours
from passerby.matching.link_model import LinkModel
from passerby.pipeline.camera_tracks import DescribedTrack
from passerby.pipeline.snippets import Snippet
from passerby.runs.link.camera import CameraFilm
from passerby.runs.link.scene import LinkedScene
from passerby.tracking.tracklet import Tracklet
from passerby.types import Frame

GRAPH = CameraGraph(
    cameras=("hall", "stairs"),
    neighbours=(CameraNeighbours(cameras=("hall", "stairs"), travel_seconds=(2, 20)),),
)
MODEL = LinkModel((4.0, -8.0, 0.0, 0.0, 0.0, -1.0, 0.0))
SEEN = {"hall": [(1, 0), (2, 1), (3, 2)], "stairs": [(2, 12), (1, 13), (3, 15), (4, 16)]}
"""Person and the second in which they come into view, for 5 seconds, ten looks a second."""
BLANK = Anonymizer(regions=("frame",))(Frame(np.zeros((4, 4, 3), np.uint8)), Detections.none())


def track(person, began, signature):
    frames = np.arange(began * 10, began * 10 + 50)
    left = 100.0 * person + np.arange(50)
    boxes = np.stack([left, left * 0, left + 40, left * 0 + 90], axis=1).astype(np.float32)
    path = Tracklet(frames, frames / 10, boxes, np.ones(50, np.float32), np.zeros(1, np.float32))
    return DescribedTrack(path, (Snippet(float(began), 0.5, BLANK, (0, ())),), signature[None])


def film(camera, seen, wears):
    rng = np.random.default_rng(len(camera))
    rows = np.eye(5, 16, dtype=np.float32)
    tracks = [
        track(p, t, rows[wears(p)] + rng.normal(0, 0.05, 16).astype(np.float32)) for p, t in seen
    ]
    return CameraFilm(camera, tuple(tracks), 300, 30.0)


@pytest.fixture
def scene():
    """Everybody looks different."""
    films = tuple(film(camera, seen, lambda person: person) for camera, seen in SEEN.items())
    return LinkedScene(films, GRAPH, MODEL, 0.8)


@pytest.fixture
def swapped():
    """The first two look like each other before the second camera."""
    first = film("hall", SEEN["hall"], lambda person: person)
    second = film("stairs", SEEN["stairs"], lambda person: {1: 2, 2: 1}.get(person, person))
    return LinkedScene((first, second), GRAPH, MODEL, 0.5)


@pytest.fixture
def truths(scene):
    found = []
    for seen, own in zip(SEEN.values(), scene.trajectories(), strict=True):
        numbers = sorted(set(own.ids.tolist()))
        person = dict(zip(numbers, [p for p, _ in seen], strict=True))
        ids = [person[number] for number in own.ids.tolist()]
        found.append(Truth(Trajectories.of(own.frames, ids, own.boxes)))
    return found
