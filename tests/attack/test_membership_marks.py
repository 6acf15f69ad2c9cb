"""An overfitted network betrays whom it learned from; one that learned nothing betrays nobody."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from passerby.attack.membership import infer_membership
from passerby.attack.membership_folder import MemberFolder
from passerby.attack.membership_marks import (
    DetectorMarks,
    MemberPicture,
    ObfuscatorMarks,
    SignatureMarks,
    marks_of,
    open_marks,
)
from passerby.detections import Detections, Kind
from passerby.errors import InputError

SIDE = 12


def pictures(count, seed):
    cells = np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 3), np.uint8)
    return [cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST) for one in cells]


class Learned:
    """Two layers that tell pictures apart, whatever is done to them; or would, untrained."""

    name, path, pixels, size, batch = "learned", Path(__file__), "bgr-255", (SIDE, SIDE), 8

    def __init__(self, learned_from=(), steps=80):
        torch.manual_seed(0)
        wide = SIDE * SIDE * 3
        self._layers = torch.nn.Sequential(
            torch.nn.Linear(wide, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64)
        )
        if not learned_from:
            return
        rng = np.random.default_rng(0)
        who = torch.arange(len(learned_from))
        clear = np.stack(learned_from).astype(np.float32)
        optimizer = torch.optim.Adam(self._layers.parameters(), 0.003)
        for _ in range(steps):
            seen = clear * rng.uniform(0.7, 1.3, (len(clear), 1, 1, 1))
            seen = seen + rng.normal(0, 12, clear.shape)
            if rng.random() < 0.5:
                seen = seen[:, :, ::-1]
            loss = torch.nn.functional.cross_entropy(self._rows(seen), who)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def _rows(self, images):
        flat = torch.as_tensor(np.ascontiguousarray(images, np.float32) / 255 - 0.5)
        return self._layers(flat.reshape(len(images), -1))

    @torch.no_grad()
    def describe(self, images):
        return self._rows(images).numpy()


@pytest.fixture(scope="module")
def crowd():
    """Who is learned from, and others."""
    return pictures(60, 1), pictures(60, 2)


def marks(network, crowd):
    of = SignatureMarks(network)
    return [marks_of(of, [MemberPicture(one) for one in part]) for part in crowd]


def test_members_of_an_overfitted_network_are_found(crowd):
    members, others = marks(Learned(crowd[0]), crowd)
    blind = marks(Learned(), crowd)
    found = infer_membership(SignatureMarks.marks, members, others, reference=tuple(blind))
    named = {one.name: one for one in found}
    assert named["learned"].auc.interval.low > 0.8
    assert named["calibrated"].auc.interval.low > 0.8
    assert named["learned"].found[0].interval.low > 0.3  # at 10 % false alarms
    ends = named["pictures alone"].auc.interval
    assert ends.low <= 0.5 <= ends.high


def test_others_of_the_same_make_are_not_taken_for_members():
    network = Learned(pictures(60, 1))
    members, others = marks(network, (pictures(60, 3), pictures(60, 4)))
    for one in infer_membership(SignatureMarks.marks, members, others):
        assert one.auc.interval.low <= 0.5 <= one.auc.interval.high, one.name


def test_a_detector_is_sure_steady_and_right_where_it_finds_the_same_again():
    truth = np.array([[10, 10, 30, 60]], np.float32)
    image = np.full((80, 100, 3), 128, np.uint8)

    def by_heart(seen):
        mirrored = seen[0, 0, 0] < seen[0, -1, 0]
        left = 70 if mirrored else 10
        box = np.array([[left, 10, left + 20, 60]], np.float32)
        return Detections.of(box, kinds=Kind.PERSON, scores=[0.8])

    image[:, 0] = 200  # the left side, which says whether it is mirrored
    row = dict(
        zip(
            DetectorMarks.marks,
            DetectorMarks(by_heart)(MemberPicture(image, truth)),
            strict=True,
        )
    )
    assert row == pytest.approx(dict.fromkeys(DetectorMarks.marks, 0.8))
    unknown = DetectorMarks(by_heart)(MemberPicture(image))
    assert np.isnan(unknown[1])


def test_a_detector_that_finds_nobody_is_sure_of_nothing():
    row = DetectorMarks(lambda _: Detections.none())(
        MemberPicture(np.zeros((8, 8, 3), np.uint8), np.array([[0, 0, 4, 4]], np.float32))
    )
    assert not row.any()


def test_an_obfuscator_that_changes_nothing_is_faithful():
    row = ObfuscatorMarks(lambda image: image)(MemberPicture(pictures(1, 0)[0]))
    assert row[0] == pytest.approx(1)
    assert row[1] == pytest.approx(1)  # mirrored there and back
    assert (row[2:] > 0.8).all()
    flat = ObfuscatorMarks(np.zeros_like)(MemberPicture(pictures(1, 0)[0]))
    assert not flat.any()


def test_pictures_of_one_person_count_together():
    class Brightness:
        marks = ("bright",)

        def __call__(self, picture):
            return np.array([picture.image.mean() if picture.image.any() else np.nan])

    shown = [(4, 7), (8, 7), (6, None), (2, None), (0, 7), (0, None)]
    found = marks_of(
        Brightness(),
        [MemberPicture(np.full((2, 2, 3), value, np.uint8), person=who) for value, who in shown],
    )
    np.testing.assert_array_equal(found[:, 0], [6, 6, 2, np.nan])


def test_folders_are_drawn_and_their_boxes_read(tmp_path):
    for part in ("images", "labels"):
        (tmp_path / part).mkdir()
    for number, one in enumerate(pictures(6, 0)):
        cv2.imwrite(str(tmp_path / "images" / f"{number % 2}_c{number}.png"), one)
    (tmp_path / "labels" / "0_c0.txt").write_text("0 0.5 0.5 0.5 1\n")
    (tmp_path / "labels" / "1_c1.txt").write_text("")
    folder = MemberFolder(tmp_path / "images", pictures=9, pattern="{id}_c{camera}*")
    shown = list(folder)
    assert len(folder) == 6
    assert len({one.person for one in shown}) == 2
    np.testing.assert_array_equal(shown[0].truth, [[3, 0, 9, 12]])
    assert shown[3].truth is not None
    assert not len(shown[3].truth)
    assert shown[1].truth is None
    assert len(MemberFolder(tmp_path / "images", pictures=4)) == 4
    with pytest.raises(InputError, match="no pictures in"):
        MemberFolder(tmp_path / "labels", pictures=4)


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("passerby-people", DetectorMarks),
        ("passerby-signature", SignatureMarks),
        ("passerby-obfuscator", ObfuscatorMarks),
    ],
)
def test_each_network_is_asked_by_what_it_does(model, kind):
    network = open_marks(model)
    assert isinstance(network, kind)
    row = network(MemberPicture(np.full((64, 32, 3), 90, np.uint8)))
    assert row.shape == (len(network.marks),)
