"""Clear and obfuscated frames, judged and compared one by one."""

import numpy as np
import pytest

from passerby.detections import Detections
from passerby.errors import InputError
from passerby.evaluate.detection import average_precision, curve
from passerby.evaluate.obfuscation import ObfuscatedFrames

PERSON = [8, 6, 20, 34]


def frame(level: int) -> np.ndarray:
    image = np.full((40, 30, 3), 60, np.uint8)
    image[6:34, 8:20] = (level, 20, level)
    return image


def bright(image: np.ndarray) -> Detections:
    """One person where the middle is bright, as sure as it is."""
    level = float(image[20, 14, 0]) / 255
    return Detections.of([PERSON], [level]) if level > 0.3 else Detections.none()


FRAMES = [frame(level) for level in (250, 200, 150)]
MEAN = np.mean(FRAMES, axis=0)


def test_a_judge_is_measured_against_what_it_finds_in_clear_frames() -> None:
    frames = ObfuscatedFrames({"bright": bright, "half": lambda image: bright(image // 2)}, MEAN)
    for one in FRAMES:
        seen = frames.add(one, one // 2)
        assert seen.tolist() == [PERSON]
    found = frames.detection("bright")
    # Halved, 250 and 200 are still above 0.3 of 255; 150 is not.
    assert (found.people, found.average_precision.value) == (3, pytest.approx(67 / 101))
    assert frames.detection("half").people == 2
    ranking = frames.ranking("bright")
    assert average_precision(curve(ranking)) == found.average_precision.value
    assert frames.similarity.ssim.value < 1


def test_labels_are_the_truth_for_all_judges() -> None:
    frames = ObfuscatedFrames({"bright": bright, "blind": lambda _image: Detections.none()}, MEAN)
    label = np.array([PERSON, [0, 0, 5, 9]], np.float32)
    for one in FRAMES:
        assert frames.add(one, one, label) is label
    assert frames.detection("blind").people == frames.detection("bright").people == 6
    assert frames.detection("blind").average_precision.value == 0
    assert frames.detection("bright").counting.bias == -1


def test_a_person_counts_from_the_confidence_on() -> None:
    frames = ObfuscatedFrames({"bright": bright}, MEAN, confidence=0.7)
    for one in FRAMES:
        frames.add(one, one)
    assert frames.detection("bright").people == 2


def test_a_frame_of_another_size_is_refused() -> None:
    frames = ObfuscatedFrames({"bright": bright}, MEAN)
    with pytest.raises(InputError, match="cannot be compared"):
        frames.add(FRAMES[0], FRAMES[0][1:])
