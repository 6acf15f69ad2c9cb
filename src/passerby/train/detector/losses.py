"""How wrong a prediction is, by the labels and by a teacher."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from passerby.detections import Kind
from passerby.models.detectors.people import Prediction, cell_centres
from passerby.train.detector.assignment import assign, overlaps
from passerby.train.detector.example import Labels
from passerby.train.detector.teacher import Advice

__all__ = ["Losses", "losses_of"]

_BOX = 5.0
"""Weight of a box's place beside its score."""

_HEEDED = 0.1
"""A teacher's boxes count from this score on."""


class Losses(NamedTuple):
    """The parts of what training makes small; each a scalar.

    Attributes:
        scores: Of the labels.
        boxes: Of the labels.
        taught_scores: Of the teacher.
        taught_boxes: Of the teacher.
    """

    scores: Tensor
    boxes: Tensor
    taught_scores: Tensor
    taught_boxes: Tensor

    @property
    def total(self) -> Tensor:
        """Return their weighted sum."""
        return self.scores + self.taught_scores + _BOX * (self.boxes + self.taught_boxes)


def losses_of(
    prediction: Prediction,
    labels: Sequence[Labels],
    advice: Sequence[Advice],
    size: tuple[int, int],
) -> Losses:
    """Compare a prediction with labels and with a teacher's advice.

    Args:
        prediction: For B pictures of one size; logits.
        labels: B of them.
        advice: B of them, or none for training without a teacher.
        size: Height and width of the pictures.
    """
    logits = prediction.scores.float()
    centres, strides = (part.to(logits.device) for part in cell_centres(*size))
    boxes = _boxes(prediction.distances.float(), centres, strides)
    wanted = _wanted(boxes, logits, labels, centres, strides)
    by_labels = _compare(boxes, logits, wanted)
    if not advice:
        return Losses(*by_labels, logits.new_zeros(()), logits.new_zeros(()))
    return Losses(*by_labels, *_by_teacher(boxes, logits, advice, wanted))


def _boxes(distances: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Turn distances of shape (B, N, classes, 4) in strides into boxes in pixels."""
    reach = distances * strides[:, None]
    middle = centres[:, None]
    return torch.cat([middle - reach[..., :2], middle + reach[..., 2:]], dim=-1)


class _Wanted(NamedTuple):
    """What labels ask of the cells of B pictures.

    Attributes:
        boxes: Shape (B, N, classes, 4), pixels.
        scores: Shape (B, N, classes), 0-1.
        known: Shape (B, N, classes), 1 where the labels say anything.
    """

    boxes: Tensor
    scores: Tensor
    known: Tensor


def _wanted(
    boxes: Tensor, logits: Tensor, labels: Sequence[Labels], centres: Tensor, strides: Tensor
) -> _Wanted:
    wanted = _Wanted(torch.zeros_like(boxes), torch.zeros_like(logits), torch.ones_like(logits))
    with torch.no_grad():
        for picture, truth in enumerate(labels):
            for kind in (Kind.PERSON, Kind.HEAD):
                targets = assign(
                    torch.from_numpy(truth.of_kind(kind)).to(logits.device),
                    boxes[picture, :, kind],
                    logits[picture, :, kind].sigmoid(),
                    centres,
                    strides,
                )
                wanted.scores[picture, :, kind] = targets.scores
                wanted.boxes[picture, :, kind] = targets.boxes
                doubtful = _inside(centres, truth.unknown[truth.unknown_kinds == kind])
                wanted.known[picture, doubtful & (targets.scores == 0), kind] = 0
    return wanted


def _inside(centres: Tensor, places: object) -> Tensor:
    boxes = torch.as_tensor(places, device=centres.device)
    after = (centres[:, None] >= boxes[None, :, :2]).all(dim=2)
    before = (centres[:, None] <= boxes[None, :, 2:]).all(dim=2)
    return (after & before).any(dim=1)


def _by_teacher(
    boxes: Tensor, logits: Tensor, advice: Sequence[Advice], wanted: _Wanted
) -> tuple[Tensor, Tensor]:
    """Compare people, which are all that the teacher knows, cell by cell.

    Where a label asks for more than the teacher sees, as from straight above, the label is right.
    """
    device = logits.device
    scores = torch.stack([torch.from_numpy(one.scores) for one in advice]).to(device)
    places = torch.stack([torch.from_numpy(one.boxes) for one in advice]).to(device)
    heeded = torch.where(scores >= _HEEDED, scores, torch.zeros_like(scores))
    person = Kind.PERSON
    trusted = (scores >= wanted.scores[..., person]).to(scores.dtype)
    cells = functional.binary_cross_entropy_with_logits(
        logits[..., person], scores, weight=trusted, reduction="sum"
    )
    weight = heeded.sum().clamp(min=1)
    return cells / weight, _place_loss(boxes[..., person, :], places, heeded) / weight


def _compare(boxes: Tensor, logits: Tensor, wanted: _Wanted) -> tuple[Tensor, Tensor]:
    cells = functional.binary_cross_entropy_with_logits(
        logits, wanted.scores, weight=wanted.known, reduction="sum"
    )
    weight = wanted.scores.sum().clamp(min=1)
    return cells / weight, _place_loss(boxes, wanted.boxes, wanted.scores) / weight


def _place_loss(boxes: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Sum of 1 - GIoU (Rezatofighi et al. 2019, arXiv 1902.09630) where there is a weight."""
    chosen = weight > 0
    boxes, wanted, weight = boxes[chosen], wanted[chosen], weight[chosen]
    hull_low = torch.minimum(boxes[:, :2], wanted[:, :2])
    hull_high = torch.maximum(boxes[:, 2:], wanted[:, 2:])
    hull = (hull_high - hull_low).prod(dim=1).clamp(min=1e-6)
    overlap = overlaps(boxes, wanted)
    areas = _areas(boxes) + _areas(wanted)
    union = areas / (1 + overlap)
    return ((1 - overlap + (hull - union) / hull) * weight).sum()


def _areas(boxes: Tensor) -> Tensor:
    return (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
