"""Signatures in which mirror images count, against a loop from the definition."""

from pathlib import Path

import numpy as np

from passerby.models.cards import PixelFormat
from passerby.signatures.describer import Rows
from passerby.signatures.flip_averaged import FlipAveraged
from passerby.signatures.input import PictureBatch

PICTURES = np.random.default_rng(0).integers(0, 256, (5, 8, 4, 3), np.uint8)


class LeftHalf:
    """Describes a picture by the mean colour of its left half."""

    name, path = "left half", Path("left.onnx")
    pixels: PixelFormat = "bgr-255"
    size, batch = (8, 4), 3

    def describe(self, pictures: PictureBatch) -> Rows:
        return pictures[:, :, :2].mean(axis=(1, 2), dtype=np.float32)


def test_both_images_count_alike() -> None:
    found = FlipAveraged(LeftHalf()).describe(PICTURES)
    for picture, row in zip(PICTURES.astype(float), found, strict=True):
        halves = [half.mean(axis=(0, 1)) for half in (picture[:, :2], picture[:, 2:])]
        left, right = (half / np.sqrt((half**2).sum()) for half in halves)
        np.testing.assert_allclose(row, (left + right) / 2, rtol=1e-6)
    assert found.dtype == np.float32


def test_a_mirror_image_has_the_same_signature() -> None:
    describer = FlipAveraged(LeftHalf())
    mirrored = PICTURES[:, :, ::-1]
    np.testing.assert_allclose(describer.describe(mirrored), describer.describe(PICTURES))
    assert np.abs(LeftHalf().describe(mirrored) - LeftHalf().describe(PICTURES)).max() > 1


def test_a_signature_of_nothing_stays_nothing() -> None:
    assert not FlipAveraged(LeftHalf()).describe(np.zeros_like(PICTURES)).any()


def test_it_is_fed_as_the_network_is_and_says_so() -> None:
    describer = FlipAveraged(LeftHalf())
    assert describer.name == "left half, flip-averaged"
    assert (describer.path, describer.pixels) == (Path("left.onnx"), "bgr-255")
    assert (describer.size, describer.batch) == ((8, 4), 3)
