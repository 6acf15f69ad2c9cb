"""Writes the simple data set of coloured squares into a folder."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.files.partial_folder import write_new
from passerby.synth.files import write_image
from passerby.synth.picture import Picture
from passerby.synth.squares import (
    SQUARE_SIZE,
    DetectorBatch,
    detector_batch,
    heatmaps,
    pairs,
    reid_batch,
)

__all__ = ["SquaresSet", "write_squares"]


@dataclass(frozen=True)
class SquaresSet:
    """How much is written; the numbers are those of the paper's validation set.

    Attributes:
        identities: Of the detector's images, five of each.
        reid_identities: Of the re-ID images.
        reid_images: Of each re-ID identity.
        pairs: Of re-ID images, half of the same identity.
        seed: The same gives the same files.
    """

    identities: int = 144
    reid_identities: int = 20
    reid_images: int = 6
    pairs: int = 360
    seed: int = 0


def write_squares(
    chosen: SquaresSet, folder: Path, progress: Callable[[], None] = lambda: None
) -> None:
    """Write images and labels into ``folder``, which must exist.

    ``detector/`` holds the images and ``heatmaps/`` their targets (grey, 255 is warmest) under the
    same names; ``detector.csv`` the identity, centre and box of each. ``reid/`` holds the plain
    images and ``pairs.csv`` the pairs with label 1 for the same identity and 0 otherwise.

    Raises:
        ConfigError: If the numbers do not fit each other.
    """
    rng = np.random.default_rng(chosen.seed)
    squares = detector_batch(rng, chosen.identities)
    plain = reid_batch(rng, chosen.reid_identities, chosen.reid_images)
    matched, labels = pairs(rng, plain.identities, chosen.pairs)
    for name in ("detector", "heatmaps", "reid"):
        (folder / name).mkdir()
    _write_detector_images(squares, folder, progress)
    names = [
        f"{identity + 1:04d}_{number % chosen.reid_images + 1:02d}.png"
        for number, identity in enumerate(plain.identities)
    ]
    for name, image in zip(names, plain.images, strict=True):
        write_image(folder / "reid" / name, Picture(image))
    compared = [
        (names[first], names[second], label)
        for (first, second), label in zip(matched, labels, strict=True)
    ]
    _write_table(folder / "pairs.csv", ("first", "second", "label"), compared)


def _write_detector_images(
    squares: DetectorBatch, folder: Path, progress: Callable[[], None]
) -> None:
    """Write the images of squares, their heat maps and the table of where the squares are."""
    rows = []
    targets = heatmaps(squares.centres)
    for number, (image, target) in enumerate(zip(squares.images, targets, strict=True)):
        name = f"{number + 1:06d}.png"
        warmth = np.rint(target * 255).astype(np.uint8)
        write_image(folder / "detector" / name, Picture(image))
        write_image(folder / "heatmaps" / name, Picture(warmth))
        x, y = squares.centres[number].tolist()
        left, top = int(x - SQUARE_SIZE / 2), int(y - SQUARE_SIZE / 2)
        rows.append((name, squares.identities[number], x, y, left, top, SQUARE_SIZE, SQUARE_SIZE))
        progress()
    heading = ("file", "identity", "centre_x", "centre_y", "left", "top", "width", "height")
    _write_table(folder / "detector.csv", heading, rows)


def _write_table(path: Path, heading: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(heading)
    table.writerows(rows)
    write_new(path, text.getvalue())
