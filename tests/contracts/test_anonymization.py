"""Every region with every operator, and every preset, on any boxes and any image."""

import math
from collections.abc import Mapping
from itertools import product

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerby.anonymization import OPERATORS, PRESETS, REGIONS, Anonymizer, Patch, Strength
from passerby.detections import Detections, Kind, Mask
from passerby.types import Frame, Image

ON_PATCHES = [name for name, operator in OPERATORS.items() if not operator.whole_frame]


class Inverted:
    """A network for the operator that takes whole frames."""

    card: Mapping[str, object] = {}

    def __call__(self, image: Image) -> Image:
        return 255 - image


COMBINATIONS = [
    *[
        pytest.param(Anonymizer(regions=(region,), operator=operator), id=f"{region}-{operator}")
        for region, operator in product(REGIONS, ON_PATCHES)
    ],
    pytest.param(Anonymizer(operator="learned", network=Inverted()), id="frame-learned"),
    *[pytest.param(Anonymizer(preset=preset), id=preset) for preset in PRESETS],
]

SIDE = st.one_of(
    st.floats(-20, 60, width=32),
    st.integers(-5, 50).map(float),
    st.sampled_from([math.nan, math.inf, -math.inf, 3e38, -3e38, 1e-40]),
)
BOXES = st.lists(st.tuples(SIDE, SIDE, SIDE, SIDE), max_size=4)
SIZES = st.sampled_from([(1, 1), (1, 30), (30, 1), (2, 3), (24, 33), (40, 20)])


def textured(height: int, width: int) -> Image:
    """No pixel is like its neighbours, black, or the mean of anything."""
    return np.random.default_rng(height + width).integers(1, 256, (height, width, 3), np.uint8)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Image, Detections]:
    image = textured(*draw(SIZES))
    boxes = draw(BOXES)
    kinds = [draw(st.sampled_from(list(Kind))) for _ in boxes]
    tracks = [draw(st.integers(-1, 9)) for _ in boxes]
    masks: tuple[Mask | None, ...] = ()
    if draw(st.booleans()):
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        shapes = [image.shape[:2], image.shape[:2], (3, 3), None]
        picked = [draw(st.sampled_from(shapes)) for _ in boxes]
        masks = tuple(None if shape is None else rng.random(shape) < 0.1 for shape in picked)
    return image, Detections.of(boxes, kinds=kinds, tracks=tracks, masks=masks)


def chosen_pixels(anonymize: Anonymizer, detections: Detections, image: Image) -> Mask:
    """What the region alone chooses."""
    height, width = image.shape[:2]
    regions, _, _ = anonymize._recipe()
    chosen = np.zeros((height, width), np.bool_)
    for region in regions:
        for patch in region(detections, width, height):
            chosen[patch.area] |= True if patch.mask is None else patch.mask
    return chosen


@pytest.mark.slow
@pytest.mark.parametrize("anonymize", COMBINATIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(scene=scenes())
def test_any_boxes_on_any_image(anonymize: Anonymizer, scene: tuple[Image, Detections]) -> None:
    image, detections = scene
    mine, alpha = image.copy(), np.full(image.shape[:2], 9, np.uint8)
    sealed = anonymize(Frame(mine, alpha=alpha), detections)
    chosen = chosen_pixels(anonymize, detections, image)

    assert not sealed.covered_in_full, "it fell back to black: something inside failed"
    assert (sealed.image.shape, sealed.image.dtype) == (image.shape, np.uint8)
    np.testing.assert_array_equal(mine, image)
    np.testing.assert_array_equal(sealed.image[~chosen], image[~chosen])
    assert sealed.alpha is not None
    np.testing.assert_array_equal(sealed.alpha, np.where(chosen, 255, 9))


SCENE = Detections.of(
    [
        [20, 20, 60, 110],
        [70, 30, 90, 50],
        [100, 40, 120, 64],
        [130, 20, 150, 90],
        [100, 100, 150, 112],
    ],
    kinds=[Kind.PERSON, Kind.HEAD, Kind.FACE, Kind.MOTION, Kind.OBJECT],
)


@pytest.mark.parametrize("anonymize", COMBINATIONS)
def test_the_inside_really_changes(anonymize: Anonymizer) -> None:
    image = textured(128, 160)
    sealed = anonymize(Frame(image), SCENE)
    chosen = chosen_pixels(anonymize, SCENE, image)
    assert chosen.any()
    assert (sealed.image != image)[chosen].mean() > 0.6


@pytest.mark.parametrize("operator", ON_PATCHES)
@pytest.mark.parametrize("box", [(12, 10, 40, 34), (0, 0, 9, 9), (58, 0, 64, 48), (5, 5, 6, 47)])
def test_operators_see_nothing_raw_but_their_patch(
    operator: str, box: tuple[int, int, int, int]
) -> None:
    image, patch = textured(48, 64), Patch(box)
    elsewhere = 255 - image
    near = np.zeros(image.shape[:2], np.uint8)
    near[patch.area] = 1
    if OPERATORS[operator].looks_around:
        near = np.asarray(cv2.dilate(near, np.ones((3, 3), np.uint8)))
    elsewhere[near == 1] = image[near == 1]
    first = OPERATORS[operator](image, patch, None, 1)
    second = OPERATORS[operator](elsewhere, patch, None, 1)
    assert first.shape == (patch.height, patch.width, 3)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("operator", ON_PATCHES)
def test_operators_see_nothing_outside_the_mask(operator: str) -> None:
    image = textured(48, 64)
    rows, columns = np.mgrid[:24, :28]
    mask = (rows - 12) ** 2 + (columns - 14) ** 2 < 100
    patch = Patch((12, 10, 40, 34), mask)
    other = image.copy()
    if not OPERATORS[operator].looks_around:
        other[patch.area][~mask] = 0
    first = OPERATORS[operator](image, patch, None, 1)[mask]
    second = OPERATORS[operator](other, patch, None, 1)[mask]
    np.testing.assert_array_equal(first, second)


def share_of_detail(head: Image, covered: Image) -> float:
    """How much of what is finer than an eighth of a head still shows: 0 nothing, 1 all."""

    def detail(pixels: Image) -> np.ndarray:
        values = pixels.astype(np.float32)
        return values - cv2.GaussianBlur(values, (0, 0), len(head) / 16)

    before, after = detail(head), detail(covered)
    return float(abs((before * after).sum() / (before**2).sum()))


def detail_left(operator: str, strength: Strength | None, side: int) -> float:
    """The same of a head with a side of so many pixels."""
    coarse = np.random.default_rng(side).integers(0, 256, (16, 16, 3), np.uint8)
    head = np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
    image = np.full((side + 4, side + 4, 3), 128, np.uint8)
    image[2:-2, 2:-2] = head
    covered = OPERATORS[operator](image, Patch((2, 2, side + 2, side + 2)), strength, 1)
    return share_of_detail(head, covered)


@pytest.mark.parametrize("preset", PRESETS)
def test_weak_presets_are_those_that_leave_detail_of_a_head(preset: str) -> None:
    side = 64  # as high as the top quarter of a crop of 256x128
    coarse = np.random.default_rng(side).integers(0, 256, (16, 16, 3), np.uint8)
    crop = np.full((256, 128, 3), 128, np.uint8)
    crop[:side, 32:96] = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    face = Detections.of([[32, 0, 96, side]], kinds=Kind.FACE)
    covered = Anonymizer(preset=preset, seed=1)(Frame(crop), face).image
    left = share_of_detail(crop[:side, 32:96], covered[:side, 32:96])
    assert (left > 0.15) == (PRESETS[preset].weakness is not None)


@pytest.mark.slow
@pytest.mark.parametrize("operator", [name for name, o in OPERATORS.items() if o.hides])
@pytest.mark.parametrize("side", [16, 40, 100, 300, 700])
def test_defaults_leave_no_detail_of_a_head_of_any_size(operator: str, side: int) -> None:
    assert detail_left(operator, None, side) < 0.15


@pytest.mark.parametrize(
    ("operator", "strength", "side"),
    [
        ("median", "15px", 100),
        ("gaussian", "4%", 40),
        ("pixelate", "12", 100),
        ("noise", "100%", 100),
        ("quantize", "2", 100),
    ],
)
def test_the_measure_sees_what_is_too_weak(operator: str, strength: str, side: int) -> None:
    assert detail_left(operator, Strength.parse(strength), side) > 0.2
