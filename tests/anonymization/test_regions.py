"""Regions, against boxes worked out by hand and scikit-image's dilation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from skimage.morphology import dilation

from passerby.anonymization import regions
from passerby.anonymization.regions import REGIONS
from passerby.detections import Detections, Kind, Mask

WIDTH, HEIGHT = 400, 300


def boxes_of(region: str, detections: Detections) -> list[tuple[int, int, int, int]]:
    return [patch.box for patch in REGIONS[region](detections, WIDTH, HEIGHT)]


def person(*box: float) -> Detections:
    return Detections.of([box], kinds=Kind.PERSON)


# --- heads --------------------------------------------------------------------------------


def test_head_of_a_standing_person() -> None:
    # 40 x 160: the head is max(48, 20) = 48 high; margins 6.4 at the sides, 9.6 above.
    assert boxes_of("heads", person(100, 100, 140, 260)) == [(93, 90, 147, 148)]


def test_head_of_a_sitting_person_goes_by_the_width() -> None:
    # 100 x 100: max(30, 50) = 50 high; margins 16 and 6.
    assert boxes_of("heads", person(100, 100, 200, 200)) == [(84, 94, 216, 150)]


def test_head_is_no_higher_than_the_person() -> None:
    # 100 x 20: max(5, 50) capped at 20; margins 16 and 1.2.
    assert boxes_of("heads", person(100, 100, 200, 120)) == [(84, 98, 216, 120)]


def test_head_reaches_into_the_frame_from_a_person_below_it() -> None:
    # 40 x 100 from y = 302: outside the frame itself, its margin of 6 above is not.
    assert boxes_of("heads", person(100, 302, 140, 402)) == [(93, 296, 147, 300)]


@pytest.mark.parametrize("region", ["faces", "heads", "people", "motion", "objects"])
def test_uncertain_box_covers_its_margin_on_all_sides(region: str) -> None:
    for kind in REGIONS[region].kinds:
        sure = Detections.of([[100, 100, 140, 200]], kinds=kind)
        unsure = replace(sure, margins=np.array([7], np.float32))
        [(left, top, right, bottom)] = boxes_of(region, sure)
        assert boxes_of(region, unsure) == [(left - 7, top - 7, right + 7, bottom + 7)]


def test_head_grows_from_a_face_to_hair_ears_and_chin() -> None:
    face = Detections.of([[100, 100, 120, 130]], kinds=Kind.FACE)
    expected = (
        math.floor(100 - 20 * regions.FACE_TO_HEAD_SIDES),
        math.floor(100 - 30 * regions.FACE_TO_HEAD_ABOVE),
        math.ceil(120 + 20 * regions.FACE_TO_HEAD_SIDES),
        math.ceil(130 + 30 * regions.FACE_TO_HEAD_BELOW),
    )
    assert boxes_of("heads", face) == [expected]


def test_heads_unite_people_heads_and_faces_and_leave_motion() -> None:
    detections = Detections.of(
        [[100, 100, 140, 260], [200, 100, 220, 120], [300, 100, 320, 120], [0, 0, 9, 9]],
        kinds=[Kind.PERSON, Kind.HEAD, Kind.FACE, Kind.MOTION],
        tracks=[5, 6, 7, 8],
    )
    patches = REGIONS["heads"](detections, WIDTH, HEIGHT)
    assert [patch.track for patch in patches] == [5, 6, 7]
    assert patches[1].box == (198, 98, 222, 122)


# --- boxes that cannot be trusted ---------------------------------------------------------


@pytest.mark.parametrize("region", ["faces", "heads", "people", "motion"])
@pytest.mark.parametrize(
    "box",
    [
        (math.nan, 100, 140, 260),
        (100, 100, 140, math.nan),
        (math.inf, 100, math.inf, 260),
        (100, -math.inf, 140, -math.inf),
    ],
)
def test_a_box_without_meaning_covers_the_whole_frame(region: str, box: tuple[float, ...]) -> None:
    for kind in REGIONS[region].kinds:
        assert boxes_of(region, Detections.of([box], kinds=kind)) == [(0, 0, WIDTH, HEIGHT)]


@pytest.mark.parametrize("region", ["faces", "heads", "people", "motion"])
def test_swapped_sides_cover_the_same(region: str) -> None:
    for kind in REGIONS[region].kinds:
        upright = Detections.of([[100, 100, 140, 260]], kinds=kind)
        swapped = Detections.of([[140, 260, 100, 100]], kinds=kind)
        assert boxes_of(region, swapped) == boxes_of(region, upright)


@pytest.mark.parametrize("region", ["faces", "heads", "people", "motion"])
def test_a_box_of_no_size_covers_a_pixel_and_one_outside_nothing(region: str) -> None:
    for kind in REGIONS[region].kinds:
        assert boxes_of(region, Detections.of([[50, 60, 50, 60]], kinds=kind)) == [(50, 60, 51, 61)]
        assert boxes_of(region, Detections.of([[9e9, 9e9, 9e9 + 1e6, 9.1e9]], kinds=kind)) == []


# --- faces, top, frame --------------------------------------------------------------------


def test_faces_have_a_margin() -> None:
    detections = Detections.of([[100, 100, 120, 130], [0, 0, 9, 9]], kinds=[Kind.FACE, Kind.PERSON])
    margin = regions.FACE_MARGIN
    expected = (
        math.floor(100 - 20 * margin),
        math.floor(100 - 30 * margin),
        math.ceil(120 + 20 * margin),
        math.ceil(130 + 30 * margin),
    )
    assert boxes_of("faces", detections) == [expected]


@pytest.mark.parametrize(("height", "rows"), [(256, 64), (255, 64), (1, 1), (4, 1), (5, 2)])
def test_top_is_a_quarter_rounded_up(height: int, rows: int) -> None:
    (patch,) = REGIONS["top"](Detections.none(), 128, height)
    assert patch.box == (0, 0, 128, rows)


def test_frame_is_all_of_it() -> None:
    assert boxes_of("frame", Detections.none()) == [(0, 0, WIDTH, HEIGHT)]


# --- people and motion --------------------------------------------------------------------


def ellipse() -> Mask:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    mask: Mask = ((x - 120) / 20) ** 2 + ((y - 180) / 60) ** 2 <= 1
    return mask


def test_people_cover_a_head_whose_person_was_not_found() -> None:
    head = Detections.of([[100, 100, 120, 120]], kinds=Kind.HEAD)
    assert boxes_of("people", head) == [(98, 98, 122, 122)]
    assert boxes_of("people", replace(head, kinds=np.array([Kind.FACE], np.int8))) == []


@pytest.mark.parametrize(("region", "kind"), [("people", Kind.PERSON), ("motion", Kind.MOTION)])
def test_a_silhouette_is_the_dilated_mask(region: str, kind: Kind) -> None:
    mask = ellipse()
    detections = Detections.of([[100, 120, 141, 241]], kinds=kind, tracks=[3], masks=(mask,))
    (patch,) = REGIONS[region](detections, WIDTH, HEIGHT)
    found = np.zeros_like(mask)
    found[patch.area] = patch.mask
    reach = math.ceil(regions.SILHOUETTE_MARGIN * 121)
    expected = dilation(mask, np.ones((2 * reach + 1, 2 * reach + 1)))
    np.testing.assert_array_equal(found, expected)
    assert patch.track == 3


def test_a_mask_that_cannot_be_used_gives_way_to_the_box() -> None:
    boxes = [[100, 100, 140, 200], [200, 100, 240, 200], [300, 100, 340, 200]]
    masks = (np.zeros((HEIGHT, WIDTH), np.bool_), np.ones((5, 5), np.bool_), None)
    found = Detections.of(boxes, kinds=Kind.PERSON, masks=masks)
    assert boxes_of("people", found) == boxes_of("people", replace(found, masks=()))
    assert boxes_of("people", found)[0] == (96, 90, 144, 210)


def test_silhouettes_and_boxes_can_be_mixed() -> None:
    detections = Detections.of(
        [[100, 120, 141, 241], [300, 100, 340, 200]], tracks=[1, 2], masks=(ellipse(), None)
    )
    patches = REGIONS["people"](detections, WIDTH, HEIGHT)
    assert {patch.track: patch.mask is None for patch in patches} == {1: False, 2: True}


# --- objects ------------------------------------------------------------------------------


def test_things_have_a_margin_of_their_own_and_nothing_else_is_one() -> None:
    # 50 x 10: margins 10 and 2.
    kinds = [Kind.OBJECT, Kind.PERSON, Kind.HEAD, Kind.FACE, Kind.MOTION]
    found = Detections.of([[100, 100, 150, 110]] * 5, kinds=kinds)
    assert boxes_of("objects", found) == [(90, 98, 160, 112)]
    assert regions.OBJECT_MARGIN == 0.2


def test_no_other_region_covers_things() -> None:
    plate = Detections.of([[100, 100, 150, 110]], kinds=Kind.OBJECT)
    for name in set(REGIONS) - {"objects", "top", "frame"}:
        assert boxes_of(name, plate) == []
