"""Methods that take no training, and the frames they are measured on."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.errors import InputError
from passerby.reproduce.obfuscator.methods import BASELINES, paper_frames, untrained

RNG = np.random.default_rng(0)
FRAMES = [RNG.integers(0, 256, (20, 30, 3)).astype(np.uint8) for _ in range(4)]


def test_frames_have_the_size_of_the_paper(tmp_path: Path, film) -> None:
    clip = film("clip.mkv", lambda _number: [], frames=41)
    assert len(paper_frames(clip, "quick")) == 3
    frames = paper_frames(clip, "paper")
    assert len(frames) == 41
    assert {frame.shape for frame in frames} == {(200, 320, 3)}


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        paper_frames(tmp_path / "empty", "quick")


def test_presets_are_those_of_the_paper() -> None:
    quantize = untrained("de-coninck-quantize", FRAMES, 0)
    assert quantize is not None
    levels = {int(value) for frame in FRAMES for value in quantize(frame).ravel()}
    assert len(levels) == 15
    blur = untrained("de-coninck-blur", FRAMES, 0)
    assert blur is not None
    assert np.abs(blur(FRAMES[0]) - cv2.GaussianBlur(FRAMES[0], (3, 3), 0.8).astype(int)).max() <= 1


def test_noise_is_the_same_for_the_same_seed_and_another_for_each_frame() -> None:
    def noise(seed: int) -> list[np.ndarray]:
        obfuscate = untrained("de-coninck-noise", FRAMES, seed)
        assert obfuscate is not None
        return [obfuscate(FRAMES[0]) for _ in range(2)]

    first, second = noise(1)
    assert (first != second).any()
    np.testing.assert_array_equal(first, noise(1)[0])
    assert (first != noise(2)[0]).any()
    assert 3 < (first - FRAMES[0].astype(float)).std() < 6  # 2 % of 255, less what is clipped


def test_baselines_say_nothing_of_a_frame() -> None:
    mean, blur = (untrained(method, FRAMES, 0) for method in BASELINES)
    assert mean is not None
    assert blur is not None
    np.testing.assert_array_equal(mean(FRAMES[0]), mean(FRAMES[1]))
    np.testing.assert_array_equal(mean(FRAMES[0]), np.mean(FRAMES, axis=0).round())
    assert blur(FRAMES[0]).std() < FRAMES[0].std() / 2


def test_a_recipe_has_to_be_trained() -> None:
    assert untrained("de-coninck", FRAMES, 0) is None
