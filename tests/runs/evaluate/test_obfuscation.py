"""A copy judged by detectors made by hand."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.detections import Detections
from passerby.errors import InputError
from passerby.evaluate.similarity import MeanImage, similarity
from passerby.runs.evaluate.obfuscation import evaluate_obfuscation

BOXES = [(4, 6, 14, 30), (20, 6, 30, 30), (36, 6, 46, 30), (30, 4, 42, 28)]
"""Where somebody stands in each frame."""


def bright(image: np.ndarray) -> Detections:
    """Find whoever is brighter than the wall; sure of bright ones, less of others."""
    rows, columns = np.nonzero(image[..., 2] > 120)
    if not len(rows):
        return Detections.none()
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return Detections.of([box], [image[..., 2].max() / 255])


def nobody(_image: np.ndarray) -> Detections:
    return Detections.none()


def pictures(path: Path, levels: Sequence[int]) -> Path:
    path.mkdir()
    for number, ((left, top, right, bottom), level) in enumerate(zip(BOXES, levels, strict=False)):
        image = np.full((36, 50, 3), 60, np.uint8)
        image[top:bottom, left:right] = (level, level // 2, level)
        cv2.imwrite(str(path / f"{number:03}.png"), image)
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return pictures(tmp_path / "clear", [250, 240, 230, 220])


def test_the_clip_itself_is_perfect(clip: Path) -> None:
    found = evaluate_obfuscation(clip, clip, {"bright": bright, "blind": nobody})
    assert found.frames == 4
    assert found.detection["bright"].people == 4
    assert found.detection["bright"].average_precision.value == pytest.approx(1)
    assert found.detection["bright"].counting.absolute == 0
    assert np.isnan(found.detection["blind"].average_precision.value)
    assert found.similarity["anonymized"].explained_people.value == 1


def test_people_who_fade_are_missed(clip: Path, tmp_path: Path) -> None:
    """Below 120 nobody is found; at 130 somebody is, and at a confidence of 0.6 not counted."""
    copy = pictures(tmp_path / "copy", [250, 100, 130, 220])
    found = evaluate_obfuscation(clip, copy, {"bright": bright}, confidence=0.6)
    people = found.detection["bright"]
    # Recall reaches 3/4, at a precision of 1: levels 0 to .75.
    assert people.average_precision.value == pytest.approx(76 / 101)
    assert (people.counting.absolute, people.counting.bias) == (0.5, -0.5)


def test_baselines_stand_beside_the_copy(clip: Path, tmp_path: Path) -> None:
    copy = pictures(tmp_path / "copy", [120, 120, 120, 120])
    found = evaluate_obfuscation(clip, copy, {"bright": bright}).similarity
    assert list(found) == ["anonymized", "mean image", "heavy blur"]
    clear = [cv2.imread(str(path)) for path in sorted(clip.iterdir())]
    mean = MeanImage()
    for one in clear:
        mean.add(one)
    expected = np.mean([similarity(one, mean.picture).ssim for one in clear])
    assert found["mean image"].ssim.value == pytest.approx(expected)
    assert found["mean image"].explained.value == pytest.approx(0, abs=1e-2)
    assert found["heavy blur"].explained_people.value < found["anonymized"].explained.value < 1


def test_every_other_frame_and_only_those_with_labels(clip: Path, tmp_path: Path) -> None:
    found = evaluate_obfuscation(clip, clip, {"bright": bright}, every=2)
    assert (found.frames, found.detection["bright"].people) == (2, 2)
    truth = tmp_path / "gt.txt"
    truth.write_text("2,1,20,6,10,24\n4,1,30,4,12,24\n4,2,0,0,5,30\n", encoding="utf-8")
    labelled = evaluate_obfuscation(clip, clip, {"bright": bright, "blind": nobody}, truth=truth)
    assert labelled.frames == 2
    people = labelled.detection["bright"]
    assert people.people == 3
    assert people.average_precision.value == pytest.approx(67 / 101)
    assert people.counting.bias == -0.5
    assert labelled.detection["blind"].average_precision.value == 0


def test_progress_is_told(clip: Path) -> None:
    told: list[tuple[int, int]] = []
    evaluate_obfuscation(
        clip, clip, {"bright": bright}, progress=lambda *progress: told.append(progress)
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_cannot_be_compared_is_refused(clip: Path, tmp_path: Path) -> None:
    short = pictures(tmp_path / "short", [250])
    with pytest.raises(InputError, match="short is shorter than"):
        evaluate_obfuscation(clip, short, {"bright": bright})
    truth = tmp_path / "gt.txt"
    truth.write_text("90,1,20,6,10,24\n", encoding="utf-8")
    with pytest.raises(InputError, match="has none of the frames with ground truth"):
        evaluate_obfuscation(clip, clip, {"bright": bright}, truth=truth)
    truth.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="has no visible persons"):
        evaluate_obfuscation(clip, clip, {"bright": bright}, truth=truth)
