"""Which pixels of a crop show people, where nobody has drawn their outlines.

A private start needs outlines: it draws people without what is inside them. Those of people who do
not exist are exact. Of others there are boxes; GrabCut (Rother, Kolmogorov and Blake 2004) finds
the pixels in a box that look unlike what is around it. It errs here and there, which does no harm
to a start.
"""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Mask
from passerby.train.obfuscator.frames import ellipses
from passerby.train.obfuscator.pool import CropSet

__all__ = ["outlined"]

_CORE = 0.75, 0.95
"""Width and height of the ellipse in a box that most likely shows the person, of the box."""

_ROUNDS = 2
_FEWEST = 20
"""Pixels of people, and of anything else, without which there is nothing to tell apart."""

_LEAST_KEPT = 0.4
"""Of the guess in a box: a cut that leaves less has lost the person, and the guess stays."""

_CLOSED = np.ones((3, 3), np.uint8)


def outlined(crops: CropSet, number: int) -> Mask:
    """Return which pixels of a crop show people: the same for the same crop.

    Args:
        crops: The set that it is in.
        number: Its place there.

    Returns:
        Shape (H, W).
    """
    people, boxes = crops.people[number], crops.boxes[number]
    if crops.synthetic[number]:
        drawn: Mask = people
        return drawn
    guess = _cores(boxes, people.shape)
    if np.ptp(crops.means[number], axis=(0, 1)).any():
        # A camera that does not move: what differs from its mean picture is people, or shadows.
        guess = people | (guess & cv2.dilate(people.astype(np.uint8), _CLOSED).astype(np.bool_))
    cut = _cut_out(crops.images[number], guess, ellipses(boxes, people.shape, whole=True))
    kept = np.zeros_like(guess)
    for x0, y0, x1, y1 in boxes.round().astype(int):
        part = slice(y0, y1), slice(x0, x1)
        lost = cut[part].sum() < _LEAST_KEPT * guess[part].sum()
        kept[part] |= guess[part] if lost else cut[part]
    closed = cv2.morphologyEx(kept.astype(np.uint8), cv2.MORPH_CLOSE, _CLOSED)
    return np.asarray(closed, np.bool_)


def _cores(boxes: Boxes, size: tuple[int, int]) -> Mask:
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    halves = (boxes[:, 2:] - boxes[:, :2]) / 2 * _CORE
    return ellipses(np.concatenate([centres - halves, centres + halves], axis=1), size)


def _cut_out(image: npt.NDArray[np.uint8], guess: Mask, boxed: Mask) -> Mask:
    """Let GrabCut tell people from the rest, in boxes, from a guess where people are."""
    if min(guess.sum(), (~guess).sum()) < _FEWEST:
        return guess
    labels = np.full(guess.shape, cv2.GC_BGD, np.uint8)
    labels[boxed] = cv2.GC_PR_BGD
    labels[guess] = cv2.GC_PR_FGD
    cv2.setRNGSeed(0)
    behind, front = np.zeros((1, 65)), np.zeros((1, 65))
    nowhere = (0, 0, 0, 0)  # the labels say where people may be
    cv2.grabCut(image, labels, nowhere, behind, front, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.asarray(labels == cv2.GC_PR_FGD, np.bool_)
