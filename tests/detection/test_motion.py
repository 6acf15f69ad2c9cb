"""Motion before a camera that we move, darken and stand still ourselves."""

import numpy as np
import pytest

from passerby.detection.motion import MotionDetector
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError

HEIGHT, WIDTH, SIDE = 120, 160, 24
WARM_UP = 10


def scenery(seed: int = 1) -> np.ndarray:
    """A background with much to hold on to: blocks of random colours."""
    blocks = np.random.default_rng(seed).integers(40, 216, (15, 20, 3), np.uint8)
    return blocks.repeat(8, axis=0).repeat(8, axis=1)


def filmed(background: np.ndarray, seed: int, *corners: tuple[int, int]) -> np.ndarray:
    """The background with the noise of a camera and bright squares before it."""
    noise = np.random.default_rng(seed).normal(0, 2, background.shape)
    image = background.astype(float) + noise
    for left, top in corners:
        image[top : top + SIDE, left : left + SIDE] = (20, 240, 240)
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture
def ready() -> MotionDetector:
    """A detector that knows the background."""
    detector = MotionDetector(warm_up=WARM_UP)
    for number in range(WARM_UP):
        detector(filmed(scenery(), number))
    return detector


def union(found: Detections) -> np.ndarray:
    return np.logical_or.reduce(found.masks, dtype=bool) if len(found) else np.zeros((1, 1), bool)


def test_frames_fail_until_the_background_is_known() -> None:
    detector = MotionDetector(warm_up=WARM_UP)
    failures = [detector(filmed(scenery(), number)).failure for number in range(WARM_UP + 3)]
    assert failures == ["the background is still being learned"] * WARM_UP + [None] * 3


def test_noise_alone_is_nothing(ready: MotionDetector) -> None:
    assert [len(ready(filmed(scenery(), 100 + number))) for number in range(20)] == [0] * 20


def test_what_moves_is_covered_with_little_around_it(ready: MotionDetector) -> None:
    for number in range(10):
        corner = (20 + 8 * number, 30)
        found = ready(filmed(scenery(), 200 + number, corner))
        square = np.zeros((HEIGHT, WIDTH), bool)
        square[30 : 30 + SIDE, corner[0] : corner[0] + SIDE] = True
        assert found.kinds.tolist() == [Kind.MOTION]
        assert union(found)[square].all()
        assert union(found).sum() < 2 * SIDE**2
        left, top, right, bottom = found.boxes[0]
        rows, columns = np.nonzero(found.masks[0])
        assert (left, top, right, bottom) == (
            columns.min(),
            rows.min(),
            columns.max() + 1,
            rows.max() + 1,
        )


def test_two_things_are_two_with_a_mask_each(ready: MotionDetector) -> None:
    found = ready(filmed(scenery(), 300, (10, 10), (110, 70)))
    assert len(found) == 2
    first, second = found.masks
    assert first is not None
    assert second is not None
    assert not (first & second).any()
    assert sorted([bool(first[20, 20]), bool(second[20, 20])]) == [False, True]


def test_masks_and_boxes_have_the_size_of_large_frames() -> None:
    detector = MotionDetector(warm_up=WARM_UP)
    background = scenery().repeat(8, axis=0).repeat(8, axis=1)
    for _ in range(WARM_UP):
        detector(background)
    image = background.copy()
    image[200:400, 300:500] = (20, 240, 240)
    found = detector(image)
    assert len(found) == 1
    assert found.masks[0] is not None
    assert found.masks[0].shape == image.shape[:2]
    assert found.masks[0][200:400, 300:500].all()
    np.testing.assert_allclose(found.boxes, [[300, 200, 500, 400]], atol=24)


def test_specks_are_dropped() -> None:
    detector = MotionDetector(warm_up=WARM_UP, smallest=0.01)  # 192 pixels
    for number in range(WARM_UP):
        detector(filmed(scenery(), number))
    image = filmed(scenery(), 400)
    image[50:60, 50:60] = 255
    assert len(detector(image)) == 0
    image[50:70, 50:70] = 255
    assert len(detector(image)) == 1


@pytest.mark.parametrize("shadows", [True, False])
def test_shadows_count_unless_they_are_not_wanted(shadows: bool) -> None:
    detector = MotionDetector(warm_up=WARM_UP, shadows=shadows)
    for number in range(WARM_UP):
        detector(filmed(scenery(), number))
    shaded = scenery().astype(float)
    shaded[40:80, 40:80] *= 0.7
    covered = union(detector(filmed(shaded, 500)))[40:80, 40:80].mean()
    assert covered > 0.95 if shadows else covered < 0.15


def test_who_stands_still_is_covered_for_as_long_as_was_asked() -> None:
    detector = MotionDetector(warm_up=WARM_UP, memory=50)
    for number in range(WARM_UP):
        detector(filmed(scenery(), number))
    found = [len(detector(filmed(scenery(), 500 + number, (60, 40)))) for number in range(80)]
    assert found[:45] == [1] * 45
    assert found[60:] == [0] * 20


@pytest.mark.parametrize("gain", [0.5, 1.5])
def test_a_light_that_is_switched_fails_and_is_learned(ready: MotionDetector, gain: float) -> None:
    lit = np.clip(scenery() * gain, 0, 255).astype(np.uint8)
    found = [ready(filmed(lit, 600 + number)) for number in range(60)]
    assert found[0].failure == "the light or the whole view changed"
    assert found[-1].failure is None
    assert len(found[-1]) == 0


@pytest.mark.parametrize(("memory", "quiet"), [(100, True), (100_000, False)])
def test_a_light_that_fades_slowly_is_learned(memory: int, quiet: bool) -> None:
    detector = MotionDetector(warm_up=WARM_UP, memory=memory)
    found = []
    for number in range(400):
        lit = scenery() * (1 - max(number - WARM_UP, 0) / 8000)
        found.append(detector(filmed(lit, number)))
    seen = [len(detections) + bool(detections.failure) for detections in found[WARM_UP:]]
    assert (sum(seen) == 0) == quiet


@pytest.mark.parametrize("shift", [(3, 0), (0, -4), (6, 5)])
def test_a_camera_that_is_nudged_fails(ready: MotionDetector, shift: tuple[int, int]) -> None:
    smooth = scenery()
    for number in range(3):
        ready(filmed(smooth, 800 + number))
    moved = np.roll(smooth, shift, axis=(1, 0))
    assert ready(filmed(moved, 900)).failure is not None


def test_a_new_frame_size_starts_over(ready: MotionDetector) -> None:
    assert ready(filmed(scenery(), 1)).failure is None
    assert ready(filmed(scenery()[:80], 2)).failure == "the background is still being learned"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("warm_up", 0),
        ("memory", -1),
        ("sensitivity", 0.0),
        ("sensitivity", float("nan")),
        ("smallest", 1.0),
        ("smallest", -0.1),
        ("margin", 1.5),
    ],
)
def test_an_option_out_of_range_is_refused(option: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"{option} must be .*{value}"):
        MotionDetector(**{option: value})
