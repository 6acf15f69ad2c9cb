"""Zones against scikit-image's point-in-polygon."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.measure import points_in_poly
from skimage.morphology import dilation, erosion

from passerby.anonymization.patches import Patch
from passerby.anonymization.zones import Action, Zone, zone_patches
from passerby.detections import Mask
from passerby.errors import ConfigError

WIDTH, HEIGHT = 40, 30
# Irrational offsets: no side passes exactly through the centre of a pixel, where both answers hold.
X = st.integers(-20, 60).map(lambda number: number + math.sqrt(2) / 10)
Y = st.integers(-20, 50).map(lambda number: number + math.sqrt(3) / 10)


def doubled_area(polygon: tuple[tuple[float, float], ...]) -> float:
    (x0, y0), (x1, y1), (x2, y2) = polygon
    return abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))


POLYGONS = (
    st.lists(st.tuples(X, Y), min_size=3, max_size=3, unique=True)
    .map(tuple)
    .filter(lambda polygon: max(map(max, polygon)) > 1 and doubled_area(polygon) > 0.5)
)


def centres_inside(polygon: tuple[tuple[float, float], ...]) -> Mask:
    centres = [(x + 0.5, y + 0.5) for y in range(HEIGHT) for x in range(WIDTH)]
    inside: Mask = points_in_poly(centres, polygon).reshape(HEIGHT, WIDTH)
    return inside


@given(POLYGONS, st.sampled_from(["cover", "leave"]))
def test_a_zone_is_its_polygon_and_a_pixel_more_or_less(
    polygon: tuple[tuple[float, float], ...], action: Action
) -> None:
    inside = centres_inside(polygon)
    found = Zone(polygon, action).mask(WIDTH, HEIGHT)
    window = np.ones((3, 3))
    expected = dilation(inside, window) if action == "cover" else erosion(inside, window)
    np.testing.assert_array_equal(found, expected)


def test_a_rectangle_by_hand() -> None:
    corners = ((10, 5), (20, 5), (20, 15), (10, 15))
    rows, columns = np.nonzero(Zone(corners, "leave").mask(WIDTH, HEIGHT))
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == (11, 6, 18, 13)
    rows, columns = np.nonzero(Zone(corners, "cover").mask(WIDTH, HEIGHT))
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == (9, 4, 20, 15)


def test_sides_may_cross() -> None:
    bow = Zone(((0, 0), (30, 30), (30, 0), (0, 30)), "leave").mask(WIDTH, HEIGHT)
    assert bow[15, 5]
    assert bow[15, 25]
    assert not bow[5, 15]
    assert not bow[25, 15]


@pytest.mark.parametrize("action", ["cover", "leave"])
def test_shares_of_the_frame(action: Action) -> None:
    whole = Zone(((0, 0), (1, 0), (1, 1), (0, 1)), action)
    assert whole.mask(WIDTH, HEIGHT).all()
    left_half = Zone(((0, 0), (0.5, 0), (0.5, 1), (0, 1)), action).mask(WIDTH, HEIGHT)
    assert left_half[:, :18].all()
    assert not left_half[:, 22:].any()


def test_a_zone_outside_the_frame_has_no_pixel() -> None:
    zone = Zone(((100, 100), (120, 100), (120, 120)), "cover")
    assert not zone.mask(WIDTH, HEIGHT).any()
    assert zone_patches([zone], [], WIDTH, HEIGHT) == []


# --- zones and patches --------------------------------------------------------------------


def pixels_of(patches: list[Patch]) -> Mask:
    canvas = np.zeros((HEIGHT, WIDTH), np.bool_)
    for patch in patches:
        canvas[patch.area] |= True if patch.mask is None else patch.mask
    return canvas


LEAVE = Zone(((10, 0), (30, 0), (30, 30), (10, 30)), "leave")
COVER = Zone(((15, 10), (20, 10), (20, 20), (15, 20)), "cover")
FOUND = Patch((5, 5, 25, 25), track=4)


def test_without_zones_patches_stay() -> None:
    assert zone_patches([], [FOUND], WIDTH, HEIGHT) == [FOUND]


def test_a_zone_to_leave_frees_pixels_from_patches() -> None:
    (patch,) = zone_patches([LEAVE], [FOUND], WIDTH, HEIGHT)
    expected = pixels_of([FOUND]) & ~LEAVE.mask(WIDTH, HEIGHT)
    np.testing.assert_array_equal(pixels_of([patch]), expected)
    assert patch.track == 4


def test_a_zone_to_leave_frees_pixels_from_silhouettes() -> None:
    silhouette = Patch((5, 5, 25, 25), np.eye(20, dtype=np.bool_))
    patches = zone_patches([LEAVE], [silhouette], WIDTH, HEIGHT)
    expected = pixels_of([silhouette]) & ~LEAVE.mask(WIDTH, HEIGHT)
    np.testing.assert_array_equal(pixels_of(patches), expected)


def test_a_patch_wholly_in_a_zone_to_leave_is_gone_and_one_outside_stays() -> None:
    inside, outside = Patch((15, 5, 25, 25)), Patch((0, 0, 5, 5))
    assert zone_patches([LEAVE], [inside, outside], WIDTH, HEIGHT) == [outside]


@pytest.mark.parametrize("zones", [[LEAVE, COVER], [COVER, LEAVE]])
def test_a_zone_to_cover_wins(zones: list[Zone]) -> None:
    found = pixels_of(zone_patches(zones, [FOUND], WIDTH, HEIGHT))
    left, covered = LEAVE.mask(WIDTH, HEIGHT), COVER.mask(WIDTH, HEIGHT)
    np.testing.assert_array_equal(found, (pixels_of([FOUND]) & ~left) | covered)


@pytest.mark.parametrize(
    "polygon",
    [
        (),
        ((0, 0), (1, 1)),
        ((0, 0), (1, 1), (0, 0), (1, 1)),
        ((0, 0, 0), (1, 1, 1), (2, 2, 2)),
        ((0, 0), (math.nan, 1), (1, 0)),
        ((0, 0), (math.inf, 1), (1, 0)),
        ((0, 0), (1e30, 1), (1, 0)),
    ],
)
def test_malformed_polygons_are_refused(polygon: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ConfigError, match="zone"):
        Zone(polygon)


@pytest.mark.parametrize(
    "text", ["0,0 0,0 0,0", "0,0 0.5,0 1,0", "0,0 3,3 9,9 6,6", "7,2 7,5 7,9", "1,1 2,2 1,1 2,2"]
)
def test_a_zone_that_encloses_nothing_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=f"the zone '{text}' encloses nothing: name three"):
        Zone.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0,0 10,10.5", "needs three or more corners x,y, not '0,0 10,10.5'"),
        ("0,0 nan,1 1,0", "must be within 100000 px, not '0,0 nan,1 1,0'"),
        ("-5,0 0,0 -1,3", "'-5,0 0,0 -1,3' lies outside of every picture"),
    ],
)
def test_a_refused_zone_is_spelled_as_it_was_written(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(why)):
        Zone.parse(text)


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(ConfigError, match="'hide'"):
        Zone(((0, 0), (1, 0), (1, 1)), "hide")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2 3,4", "1,2 3,4 5", "1,2 3,4 5,6,7", "a,b c,d e,f"]
)
def test_malformed_zone_texts_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="zone"):
        Zone.parse(text)


# --- times --------------------------------------------------------------------------------
