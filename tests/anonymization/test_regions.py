"""Regions, against boxes worked out by hand and scikit-image's dilation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.morphology import dilation

from passerby.anonymization import Patch, regions
from passerby.anonymization.regions import REGIONS, Fitting
from passerby.detections import Detections, Kind, Mask

WIDTH, HEIGHT = 400, 300


def boxes_of(region: str, detections: Detections) -> list[tuple[int, int, int, int]]:
    return [patch.box for patch in REGIONS[region](detections, WIDTH, HEIGHT, Fitting(margin=0.3))]


def person(*box: float) -> Detections:
    return Detections.of([box], kinds=Kind.PERSON)


# --- heads --------------------------------------------------------------------------------


def test_a_head_is_covered_and_not_the_upper_part_of_its_person() -> None:
    # 20 x 24 at the place of a head: margins 6 and 7.2; its person's top is above none of it.
    found = Detections.of(
        [[100, 100, 140, 260], [110, 100, 130, 124]], kinds=[Kind.PERSON, Kind.HEAD]
    )
    assert boxes_of("heads", found) == [(104, 92, 136, 132)]
    tracked = replace(found, tracks=np.array([3, 3]))
    assert boxes_of("heads", tracked) == [(104, 92, 136, 132)]


def test_a_head_of_another_track_leaves_the_upper_part_of_a_person_covered() -> None:
    found = Detections.of(
        [[100, 100, 140, 260], [110, 100, 130, 124]], kinds=[Kind.PERSON, Kind.HEAD], tracks=[3, 4]
    )
    assert boxes_of("heads", found) == [(104, 92, 136, 132), (106, 95, 134, 136)]


def test_a_head_reaches_up_to_the_top_of_its_person_if_that_is_near() -> None:
    """Detectors cut off hats: the person begins 10 above the head, or 13 of 24, which is a bag."""
    for top, expected in ((90, 79), (87, 92)):
        found = Detections.of(
            [[100, top, 140, 260], [110, 100, 130, 124]], kinds=[Kind.PERSON, Kind.HEAD]
        )
        assert boxes_of("heads", found)[0][1] == expected


def test_the_upper_part_of_a_person_without_a_head() -> None:
    # 40 x 160: .7 of the width, .22 x 160 = 35.2 high, 4.8 above.
    assert boxes_of("heads", person(100, 100, 140, 260)) == [(106, 95, 134, 136)]


def test_the_upper_part_of_a_person_who_sits_is_as_wide_as_they_are() -> None:
    # 100 x 100, half way from bent to lying: .875 of the height, 3 above.
    assert boxes_of("heads", person(100, 100, 200, 200)) == [(100, 97, 200, 188)]


def test_who_lies_is_covered_whole() -> None:
    assert boxes_of("heads", person(100, 100, 200, 140)) == [(100, 98, 200, 140)]


def test_a_head_reaches_into_the_frame_from_a_person_below_it() -> None:
    # 40 x 100 from y = 302: outside the frame itself, its 3 above are not.
    assert boxes_of("heads", person(100, 302, 140, 402)) == [(106, 299, 134, 300)]


@pytest.mark.parametrize("region", ["faces", "heads", "people", "motion", "objects"])
def test_uncertain_box_covers_its_margin_on_all_sides(region: str) -> None:
    for kind in REGIONS[region].kinds:
        sure = Detections.of([[150, 120, 190, 220]], kinds=kind)
        unsure = replace(sure, margins=np.array([7], np.float32))
        [(left, top, right, bottom)] = boxes_of(region, sure)
        assert boxes_of(region, unsure) == [(left - 7, top - 7, right + 7, bottom + 7)]


def test_a_face_alone_gives_its_head() -> None:
    # 20 x 30: the head is 2.8 wider at both sides, 11.4 higher, 1.5 lower; margins 7.7 and 12.9.
    face = Detections.of([[100, 100, 120, 130]], kinds=Kind.FACE)
    assert boxes_of("heads", face) == [(89, 75, 131, 145)]


def test_a_face_in_its_covered_head_is_not_covered_again_and_one_outside_is() -> None:
    head = Detections.of([[100, 100, 140, 148]], kinds=Kind.HEAD)
    inside = Detections.of([[108, 115, 132, 143]], kinds=Kind.FACE)
    outside = Detections.of([[125, 115, 149, 143]], kinds=Kind.FACE)
    assert len(boxes_of("heads", Detections.joined(head, inside))) == 1
    assert len(boxes_of("heads", Detections.joined(head, outside))) == 2


def test_heads_unite_people_heads_and_faces_and_leave_motion() -> None:
    detections = Detections.of(
        [[100, 100, 140, 260], [200, 100, 220, 120], [300, 100, 320, 120], [0, 0, 9, 9]],
        kinds=[Kind.PERSON, Kind.HEAD, Kind.FACE, Kind.MOTION],
        tracks=[5, 6, 7, 8],
    )
    patches = REGIONS["heads"](detections, WIDTH, HEIGHT, Fitting(margin=0.3))
    assert sorted(patch.track for patch in patches) == [5, 6, 7]
    assert {patch.track: patch.box for patch in patches}[6] == (194, 94, 226, 126)


# --- shape and margin ---------------------------------------------------------------------


def painted(patches: list[Patch]) -> Mask:
    covered = np.zeros((HEIGHT, WIDTH), np.bool_)
    for patch in patches:
        covered[patch.area] |= True if patch.mask is None else patch.mask
    return covered


@pytest.mark.parametrize("region", ["heads", "faces"])
def test_with_the_default_margin_the_ellipse_holds_the_whole_box(region: str) -> None:
    box = Detections.of([[100, 100, 130, 136]], kinds=Kind.FACE)
    covered = painted(REGIONS[region](box, WIDTH, HEIGHT))
    assert covered[100:136, 100:130].all()
    assert not covered[:, :70].any()


@given(
    box=st.tuples(*[st.floats(-50, 350)] * 2, st.floats(0.5, 200), st.floats(0.5, 200)),
    margin=st.sampled_from([0.0, 0.1, 0.3, 1.0]),
)
def test_an_ellipse_is_all_that_lies_in_it_and_nothing_a_pixel_outside(
    box: tuple[float, float, float, float], margin: float
) -> None:
    """By its definition, at the middle of every pixel."""
    left, top, width, height = (float(np.float32(side)) for side in box)
    face = Detections.of([[left, top, left + width, top + height]], kinds=Kind.FACE)
    patches = REGIONS["faces"](face, WIDTH, HEIGHT, Fitting("ellipse", margin))
    covered = painted(patches)
    radii = np.array([width, height]) * (0.5 + margin)
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    centre = left + width / 2, top + height / 2

    def within(more: float) -> Mask:
        across, down = (x - centre[0]) / (radii[0] + more), (y - centre[1]) / (radii[1] + more)
        return across**2 + down**2 <= 1

    assert not (within(0) & ~covered).any()
    assert not (covered & ~within(1.5)).any() or not within(0.5).any()


def test_boxes_are_rectangles_if_asked_for() -> None:
    face = Detections.of([[100, 100, 120, 130]], kinds=Kind.FACE)
    for region in ("faces", "heads"):
        (patch,) = REGIONS[region](face, WIDTH, HEIGHT, Fitting("box", 0.1))
        assert patch.mask is None


@pytest.mark.parametrize("region", sorted(set(REGIONS) - {"heads", "faces"}))
def test_shape_and_margin_are_those_of_heads_and_faces_alone(region: str) -> None:
    found = Detections.of([[100, 100, 140, 200]] * 5, kinds=list(Kind))
    usual = REGIONS[region](found, WIDTH, HEIGHT)
    other = REGIONS[region](found, WIDTH, HEIGHT, Fitting("box", 1.0))
    assert [patch.box for patch in usual] == [patch.box for patch in other]


@given(data=st.data())
def test_whatever_was_found_each_head_and_face_is_covered(data: st.DataObject) -> None:
    """And of each person at least the middle of the upper edge, or a head of their own."""
    sizes = st.floats(4, 120)
    boxes = data.draw(
        st.lists(
            st.tuples(
                st.floats(0, 300),
                st.floats(0, 200),
                sizes,
                sizes,
                st.sampled_from([Kind.PERSON, Kind.HEAD, Kind.FACE]),
                st.integers(-1, 2),
            ),
            max_size=6,
        )
    )
    found = Detections.of(
        np.array([(x, y, x + w, y + h) for x, y, w, h, _, _ in boxes], np.float32).reshape(-1, 4),
        kinds=[kind for *_, kind, _ in boxes],
        tracks=[track for *_, track in boxes],
    )
    covered = painted(REGIONS["heads"](found, WIDTH, HEIGHT))
    for (left, top, right, bottom), kind in zip(found.boxes, found.kinds, strict=True):
        if kind in (Kind.HEAD, Kind.FACE):
            rows = slice(math.ceil(top), math.floor(min(bottom, HEIGHT)))
            columns = slice(math.ceil(left), math.floor(min(right, WIDTH)))
            assert covered[rows, columns].all()


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
    margin = 0.3
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
