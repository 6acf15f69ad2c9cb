"""What every detector must keep, those that will be added too."""

from pathlib import Path

import numpy as np
import pytest

from passerby.detection.combined import DETECTORS
from passerby.detection.settings import DetectionSettings
from passerby.detections import Detections, Kind
from passerby.types import Detector

pytestmark = pytest.mark.shared

SHAPES = [(1, 1), (1, 2), (2, 300), (300, 2), (7, 9), (31, 33), (120, 160)]


SETTINGS_OF = {
    "objects": DetectionSettings("yolox-nano", threads=1, classes=("cell phone", "tv")),
}
"""Of those that find nothing by default."""


@pytest.fixture(params=DETECTORS, scope="module")
def detector(request: pytest.FixtureRequest, shared: Path) -> Detector:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASSERBY_MODELS", str(shared / "models"))
        return DETECTORS[request.param](
            SETTINGS_OF.get(request.param, DetectionSettings(threads=1))
        )


def answers(detector: Detector, image: np.ndarray, times: int = 40) -> Detections:
    """The answer after enough frames for a detector that has to see several."""
    for _ in range(times):
        found = detector(image)
        if found.failure is None:
            break
    return found


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_black_is_nobody_in_any_size(detector: Detector, shape: tuple[int, int]) -> None:
    found = answers(detector, np.zeros((*shape, 3), np.uint8))
    assert isinstance(found, Detections)
    assert found.failure is None
    assert len(found) == 0


def test_the_image_is_not_written_to(detector: Detector) -> None:
    image = np.random.default_rng(1).integers(0, 256, (90, 120, 3), np.uint8)
    before = image.copy()
    image.flags.writeable = False
    answers(detector, image)
    assert (image == before).all()


def test_a_view_into_a_larger_image_will_do(detector: Detector) -> None:
    image = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    found = answers(detector, image[10:190:2, 20:280:2])
    assert found.failure is None


def test_what_is_found_is_a_number_within_its_range(detector: Detector, shared: Path) -> None:
    image = np.random.default_rng(2).integers(0, 256, (240, 320, 3), np.uint8)
    found = answers(detector, image)
    assert found.failure is None
    assert np.isfinite(found.boxes).all()
    assert (found.boxes[:, 2:] >= found.boxes[:, :2]).all()
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert set(found.kinds.tolist()) <= set(Kind)
    assert found.seen.all()
    assert (found.tracks == -1).all()
    assert all(mask is None or mask.shape == (240, 320) for mask in found.masks)
