"""What every attack in the registry must keep."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.attack.attacks.test_parrot import Cells
from tests.attack.conftest import Colours

from passerby.attack import ATTACKS
from passerby.attack.attack import DIRECTIONS
from passerby.attack.attacks import averaging, parrot, u_net
from passerby.attack.case import case_of, split_people
from passerby.attack.describing import CachedDescriber
from passerby.attack.faces import FaceBand, FaceTrial
from passerby.attack.motion import TrackTrial, gap_events
from passerby.attack.panel import attack_case, champions
from passerby.attack.people import synthetic_people
from passerby.detections import Detections, Kind
from passerby.evaluate.tracking import Trajectories
from passerby.train.obfuscator import fresh_attack


def faces_of(people):
    """Heads of synthetic people in the place of faces."""
    images = people.images[:, :48, 8:56]
    boxes = np.tile(np.array([18, 18, 30, 30], np.float32), (len(images), 1))
    crops = replace(
        people,
        images=images,
        cameras=np.arange(len(images)),
        masks=np.ones(images.shape[:3], np.bool_),
        heads=boxes,
    )
    band = FaceBand(12, crops, boxes, lambda _image: Detections.of(boxes[:1], kinds=Kind.FACE))
    return FaceTrial([band], lambda some: some.mean(axis=(1, 2)).astype(np.float32))


def tracks_of(people):
    """Everybody stands where they are for a second."""
    rows = [(frame, int(who)) for frame in range(1, 41) for who in np.unique(people.ids)]
    frames, ids = zip(*rows, strict=True)
    boxes = [[20 * who, 0, 20 * who + 10, 30] for who in ids]
    tracks = Trajectories.of(frames, ids, boxes)
    crops = people.images[[np.flatnonzero(people.ids == who)[0] for who in ids]]
    places = {row: row for row in range(len(rows))}
    return TrackTrial(tracks, (40, 400), gap_events(tracks), places, crops, crops)


@pytest.fixture(scope="module")
def cases():
    """The same people inverted and black, to the same attackers."""
    people = synthetic_people(12, cameras=2, images=2, seed=3)
    split, faces, tracks = split_people(people), faces_of(people), tracks_of(people)
    describe = CachedDescriber(Colours(), threads=1)
    changes = {"inverted": lambda people, _: 255 - people.images}
    changes["black"] = lambda people, _: np.zeros_like(people.images)
    changes["white"] = lambda people, _: np.full_like(people.images, 255)
    return {
        name: replace(case_of(split, change, describe, faces=faces), tracks=tracks, most_bits=9.0)
        for name, change in changes.items()
    }


class OneLayer(torch.nn.Module):
    """In the place of a U-Net, which takes long to learn."""

    def __init__(self, size):
        super().__init__()
        self.layer = torch.nn.Conv2d(6, 3, 1)

    def forward(self, seen, mean):
        return self.layer(torch.cat([seen, mean], dim=1)).sigmoid()


@pytest.fixture(scope="module", autouse=True)
def short_trainings():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fresh_attack, "_Attacker", OneLayer)
        patch.setattr(u_net, "STEPS", 2)
        patch.setattr(parrot, "started_network", lambda *_start: Cells())
        patch.setattr(parrot, "BATCHES", 2)
        patch.setattr(parrot, "COARSE_BATCHES", 2)
        yield


@pytest.fixture(scope="module")
def panels(cases):
    return {
        name: {key: one.fit(case) for key, one in ATTACKS.items() if one.fit is not None}
        for name, case in cases.items()
    }


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_recognises_or_measures(name):
    attack = ATTACKS[name]
    assert (attack.fit is None) != (attack.measure is None)
    assert attack.summary.endswith(".")


FITTED = [name for name, attack in ATTACKS.items() if attack.fit is not None]
MEASURED = [name for name, attack in ATTACKS.items() if attack.measure is not None]


@pytest.mark.parametrize("name", FITTED)
def test_signatures_of_both_kinds_can_be_compared(name, cases, panels):
    test, fitted = cases["inverted"].test, panels["inverted"][name]
    seen, clear = fitted.of_seen(test.seen), fitted.of_clear(test.clear.images)
    assert seen.shape == clear.shape
    assert seen.dtype == clear.dtype == np.float32
    assert np.isfinite(seen).all()


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("colour", ["black", "white"])
def test_outputs_that_are_the_same_get_the_same_signature_bit_for_bit(name, colour, cases, panels):
    rows = panels[colour][name].of_seen(cases[colour].test.seen)
    assert np.isfinite(rows).all()
    assert (rows == rows[0]).all()


@pytest.mark.parametrize("name", FITTED)
def test_what_is_rebuilt_is_a_picture_of_the_same_size(name, cases, panels):
    rebuild = panels["inverted"][name].rebuild
    if rebuild is not None:
        images = rebuild(cases["inverted"].test.seen)
        assert images.shape == cases["inverted"].test.seen.shape
        assert images.dtype == np.uint8


@pytest.mark.parametrize("name", MEASURED)
def test_findings_are_whole(name, cases, panels, monkeypatch):
    monkeypatch.setattr(averaging, "FRAME_COUNTS", (2,))
    case, panel = cases["inverted"], panels["inverted"]
    findings = ATTACKS[name].measure(case, champions(panel, case.validation))
    assert findings
    for one in findings:
        assert one.name == name
        assert one.low <= one.success <= one.high
        # Singling out needs exactly one, and few people may be told apart by luck, or not.
        assert one.chance <= one.clear or one.name in ("singling-out", "attributes")
        assert one.direction in (None, *DIRECTIONS)
        figures = (one.chance, one.clear, one.success, one.low, one.high)
        assert np.isfinite(figures).all()


def test_the_same_seed_finds_the_same(cases):
    few = ("patch-ridge", "label-regression", "singling-out", "v-information")
    one, same = (attack_case(cases["inverted"], few).findings for _ in range(2))
    assert one == same
