"""Snippets: a picture a second of each person, cut out of anonymized frames."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.anonymization.cutout import cut_out
from passerby.detections import Detections
from passerby.geometry import area, to_pixels
from passerby.tracking.analysis import hidden_share
from passerby.types import AnonymizedFrame

__all__ = ["PickedBox", "Snippet", "SnippetPicker", "sharpness"]

PickedBox = tuple[int, tuple[float, ...]]
"""Number of a frame, from 0, and the sides of a box in it."""

_FULL_SIZE = 128.0
"""Height in pixels from which more does not help: networks take pictures of about that height."""

_HALF_SHARP = 60.0
"""Variance of the Laplacian of a picture that is half as sharp as can be."""

_JITTER = 0.05
"""Seconds by which the pictures of a live stream come early or late."""


@dataclass(frozen=True, slots=True, eq=False)
class Snippet:
    """A picture of one person.

    Attributes:
        time: When it was taken, in seconds of its source.
        quality: 0-1: how large, how sharp and how little hidden the person is.
        frame: The part of an anonymized frame that shows the person.
        where: Which box of which frame it was cut out of.
    """

    time: float
    quality: float
    frame: AnonymizedFrame
    where: PickedBox


class SnippetPicker:
    """Picks the best picture of each second of each track.

    Args:
        interval: See below.
        patience: Seconds for which a better picture is waited for, if the second is not over.

    Attributes:
        interval: Seconds to the next frame that is searched, as far as is known: a second is over
            with its last one. If another one comes all the same, it may give another picture.
    """

    def __init__(self, interval: float = 0.0, patience: float = 1.0) -> None:
        self.interval, self._patience = interval, patience
        self._best: dict[tuple[int, int], Snippet] = {}
        self._picked: set[tuple[int, int]] = set()

    def add(
        self, frame: AnonymizedFrame, time: float, people: Detections
    ) -> Iterator[tuple[int, Snippet]]:
        """Take the next frame that was searched.

        Args:
            frame: Anonymized.
            time: In seconds.
            people: In it, with the numbers of their tracks; -1 are left out.

        Yields:
            The tracks and the snippets of seconds that are over, or were waited for.
        """
        yield from self._finished(int(time))
        self._picked = {key for key in self._picked if key[1] == int(time)}
        if frame.covered_in_full:
            return
        for place, quality in enumerate(_qualities(frame, people).tolist()):
            key = int(people.tracks[place]), int(time)
            known = self._best.get(key)
            if quality <= 0 or key[0] < 0 or key in self._picked:
                continue
            if known is None or quality > known.quality:
                self._best[key] = _snippet(frame, time, people[place : place + 1], quality)
        yield from self._finished(self.second_after(time))
        waited = [
            key for key, one in self._best.items() if time - one.time >= self._patience - _JITTER
        ]
        for key in waited:
            self._picked.add(key)
            yield key[0], self._best.pop(key)

    def second_after(self, time: float) -> int:
        """The first second that is not over after a frame."""
        return int(time + self.interval)

    def flush(self) -> Iterator[tuple[int, Snippet]]:
        """Yield those of the last second."""
        yield from self._finished(None)

    def _finished(self, second: int | None) -> Iterator[tuple[int, Snippet]]:
        for key in [one for one in self._best if second is None or one[1] != second]:
            yield key[0], self._best.pop(key)


def _snippet(frame: AnonymizedFrame, time: float, person: Detections, quality: float) -> Snippet:
    height, width = frame.image.shape[:2]
    box = to_pixels(person.boxes[0], width, height)
    assert box is not None  # noqa: S101  (else its quality would be 0)
    return Snippet(
        time, quality, cut_out(frame, box), (frame.index, tuple(person.boxes[0].tolist()))
    )


def _qualities(frame: AnonymizedFrame, people: Detections) -> npt.NDArray[np.float64]:
    """How good a picture each person would make, 0-1; 0 for those outside the frame."""
    height, width = frame.image.shape[:2]
    inside = np.clip(people.boxes, 0, [width, height, width, height])
    share = area(inside) / np.maximum(area(people.boxes), 1e-9)
    clear = np.clip(1 - hidden_share(people.boxes), 0, 1)
    tall = np.minimum((people.boxes[:, 3] - people.boxes[:, 1]) / _FULL_SIZE, 1)
    found = (share * clear) ** 2 * tall
    for place, box in enumerate(people.boxes):
        pixels = to_pixels(box, width, height)
        if pixels is None:
            found[place] = 0
            continue
        left, top, right, bottom = pixels
        sharp = sharpness(frame.image[top:bottom, left:right])
        found[place] *= sharp / (sharp + _HALF_SHARP)
    qualities: npt.NDArray[np.float64] = found
    return qualities


def sharpness(picture: npt.NDArray[np.uint8]) -> float:
    """Return the variance of the Laplacian of the middle grey of a picture.

    Pech-Pacheco, Cristobal, Chamorro-Martinez, Fernandez-Valdivia, "Diatom Autofocusing in
    Brightfield Microscopy: A Comparative Study", ICPR 2000.

    Args:
        picture: Shape (height, width, 3), BGR.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
