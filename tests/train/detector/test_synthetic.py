"""People who do not exist: exact labels, the same each time."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.detections import Kind
from passerby.synth.sighting import Sighting
from passerby.train.detector import synthetic
from passerby.train.detector.synthetic import crowd_shots, crowds, cutouts, labels_of, scenes

SEEN = Sighting(
    identity=1,
    box=(0, 0, 20, 60),
    head_box=(5, 0, 15, 12),
    visible_box=(2, 0, 20, 50),
    shape=np.ones((50, 18), np.bool_),
    visibility=0.9,
    head_visibility=1.0,
)


def test_who_can_be_seen_is_asked_for_by_what_can_be_seen_of_them():
    labels = labels_of((SEEN,))
    assert labels.of_kind(Kind.PERSON).tolist() == [[2, 0, 20, 50]]
    assert labels.of_kind(Kind.HEAD).tolist() == [[5, 0, 15, 12]]
    assert len(labels.unknown) == 0


def test_who_is_nearly_hidden_is_unknown():
    labels = labels_of((replace(SEEN, visibility=0.1, head_visibility=0.1),))
    assert len(labels.boxes) == 0
    assert labels.unknown.tolist() == [[2, 0, 20, 50], [5, 0, 15, 12]]
    assert labels.unknown_kinds.tolist() == [Kind.PERSON, Kind.HEAD]


def test_a_head_that_cannot_be_seen_is_nothing():
    labels = labels_of((replace(SEEN, head_visibility=0.0),))
    assert labels.kinds.tolist() == [Kind.PERSON]
    assert len(labels.unknown) == 0


def test_nobody_is_no_label():
    assert len(labels_of(()).boxes) == 0


@pytest.fixture(scope="module")
def world():
    """Two moments of the first world."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "_MOMENTS", 2)
        return [example.load() for example in scenes(1)]


def test_the_same_world_looks_the_same_each_time(world, monkeypatch):
    monkeypatch.setattr(synthetic, "_MOMENTS", 2)
    names = [example.name for example in scenes(2)]
    assert len(set(names)) == len(names) == 2 * len(world)
    again = scenes(1)[-1].load()
    assert (again.image == world[-1].image).all()
    assert again.labels.boxes.tolist() == world[-1].labels.boxes.tolist()


def test_labels_lie_in_their_pictures(world):
    assert sum(len(scene.labels.boxes) for scene in world) > 0
    for scene in world:
        height, width = scene.image.shape[:2]
        people = scene.labels.of_kind(Kind.PERSON)
        assert (people >= 0).all()
        assert (people <= [width, height, width, height]).all()
        assert (scene.labels.boxes[:, 2:] > scene.labels.boxes[:, :2]).all()


def test_cutouts_come_from_worlds_that_are_not_shown_otherwise(monkeypatch):
    seeds = []
    monkeypatch.setattr(synthetic, "shots", lambda seed, moments: seeds.append(seed) or [])
    assert cutouts(3) == []
    monkeypatch.setattr(synthetic, "shots", lambda seed, moments: iter(()))
    shown = {int(example.name.removeprefix("synth/").split("-")[0]) for example in scenes(5)}
    assert len(seeds) == 3
    assert not shown & set(seeds)


def test_crowds_are_of_worlds_that_are_not_shown_otherwise():
    names = [example.name for example in crowds(3)]
    assert len(set(names)) == len(names) == 3 * synthetic._CROWDED_MOMENTS
    seeds = {int(name.removeprefix("crowd/").split("-")[0]) for name in names}
    assert min(seeds) == synthetic._FIRST_CROWD
    assert not {example.name for example in scenes(500)} & set(names)


@pytest.mark.slow
def test_crowds_sit_or_stand_and_hide_each_other():
    """Eight people at least, some heads half hidden."""
    hidden, seated = 0, set()
    for seed in range(2):
        (shot,) = crowd_shots(seed, 1)
        heads = [seen.head_visibility for seen in shot.sightings]
        assert len(heads) >= 8
        hidden += sum(share < 0.7 for share in heads)
        tall = [seen.box[3] - seen.box[1] for seen in shot.sightings]
        seated.add(round(float(np.median(tall))))
    assert hidden > 2
    assert len(seated) == 2
