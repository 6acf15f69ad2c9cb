"""Makes a training picture of one scene, of four or of nine (Bochkovskiy et al. 2020, 3.3)."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from passerby.train.detector.cutouts import Cutout, pasted
from passerby.train.detector.example import LabelledScene, Labels
from passerby.train.detector.photometry import disturbed
from passerby.train.detector.placing import GREY, clipped, place

__all__ = ["compose"]

_SIDES = {1: 0.3, 2: 0.45, 3: 0.25}
"""How often a picture has one, two or three scenes in a row and in a column."""

_WANDER = 0.2
"""By how much the lines between scenes stray, as a share of a scene's side."""

_PASTED = 0.25
"""Share of the pictures into which synthetic people are pasted."""

_SCALES = 0.7, 1.8
"""Size of a scene, as a multiple of that at which it just fills its window."""


def compose(
    draw: Callable[[np.random.Generator], LabelledScene],
    cutouts: Sequence[Cutout],
    size: int,
    rng: np.random.Generator,
) -> LabelledScene:
    """Compose a square picture of ``size`` pixels.

    Args:
        draw: Chooses a scene.
        cutouts: People to paste; none are pasted if there are none.
        size: Of its sides.
        rng: Decides everything.
    """
    canvas = np.full((size, size, 3), GREY, np.uint8)
    labels = Labels.of()
    for window in _windows(size, rng):
        labels = _joined(labels, _placed(draw(rng), canvas, window, rng))
    if cutouts and rng.random() < _PASTED:
        canvas, labels = pasted(canvas, labels, cutouts, rng)
    return LabelledScene(disturbed(canvas, rng), clipped(labels, (0, 0, size, size)))


def _windows(size: int, rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Divide a square into windows: left, top, right, bottom."""
    count = int(rng.choice(list(_SIDES), p=list(_SIDES.values())))
    columns, rows = _lines(size, count, rng), _lines(size, count, rng)
    return [
        (left, top, right, bottom)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    ]


def _lines(size: int, count: int, rng: np.random.Generator) -> list[int]:
    inner = (np.arange(1, count) + rng.uniform(-_WANDER, _WANDER, count - 1)) * size / count
    return [0, *(int(line) for line in inner), size]


def _placed(
    scene: LabelledScene,
    canvas: np.ndarray,
    window: tuple[int, int, int, int],
    rng: np.random.Generator,
) -> Labels:
    """Put a scene into a window at a random size and place."""
    height, width = scene.image.shape[:2]
    room = np.array([window[2] - window[0], window[3] - window[1]], np.float64)
    low, high = np.log(_SCALES)
    scale = float(np.exp(rng.uniform(low, high)) * (room / [width, height]).max())
    spare = room - np.array([width, height]) * scale
    offset = spare * rng.uniform(0, 1, 2)
    return place(
        scene, canvas, window, scale, (offset[0], offset[1]), flip=bool(rng.random() < 0.5)
    )


def _joined(first: Labels, second: Labels) -> Labels:
    return Labels(
        np.concatenate([first.boxes, second.boxes]),
        np.concatenate([first.kinds, second.kinds]),
        np.concatenate([first.unknown, second.unknown]),
        np.concatenate([first.unknown_kinds, second.unknown_kinds]),
    )
