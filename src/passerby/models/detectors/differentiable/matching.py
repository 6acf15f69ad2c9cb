"""Losses that need no labels: obfuscated pictures ought to look to a detector like clear ones."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.detectors.differentiable.detector import DenseOutputs

__all__ = ["feature_matching", "output_matching", "people_mask"]

_CONFIDENT = 0.2
"""Score above which a box of the clear picture is taken for a person."""

_BOX_WEIGHT = 2.0
_EPSILON = 1e-6


def output_matching(clear: DenseOutputs, obfuscated: DenseOutputs) -> Tensor:
    """Compare what a detector gives for obfuscated pictures with what it gives for clear ones.

    The divergence of Kullback and Leibler of the scores, summed over all boxes, and twice
    1 - GIoU (Rezatofighi et al. 2019, arXiv 1902.09630) of boxes that are confident in the clear
    pictures, weighted with their scores; both are divided by the sum of the confident scores, or
    by 1 where that is less.

    Args:
        clear: For the clear pictures; no gradients flow into it.
        obfuscated: For the obfuscated ones, in the same order.

    Returns:
        A number from 0, which is reached where both are equal.

    Raises:
        ConfigError: If the two are not of as many boxes.
    """
    if clear.scores.shape != obfuscated.scores.shape:
        raise ConfigError(
            f"there are {tuple(obfuscated.scores.shape)} boxes in obfuscated pictures and "
            f"{tuple(clear.scores.shape)} in clear ones: give the same detector pictures of the "
            "same size"
        )
    wanted = clear.scores.detach().clamp(0, 1)
    # Not to 0-1: some versions of torch give the ends no gradient.
    given = obfuscated.scores.clamp(-_EPSILON / 2, 1 + _EPSILON / 2)
    divergence = _surprise(wanted, given) + _surprise(1 - wanted, 1 - given)
    confident = wanted > _CONFIDENT
    weights = wanted[confident]
    misfit = generalized_box_iou_loss(obfuscated.boxes[confident], clear.boxes.detach()[confident])
    total = divergence.sum() + _BOX_WEIGHT * (weights * misfit).sum()
    loss: Tensor = total / weights.sum().clamp(min=1)
    return loss


def _surprise(wanted: Tensor, given: Tensor) -> Tensor:
    """One term of the divergence, shifted a little so that a score of 0 has a gradient too."""
    wanted, given = ((score + _EPSILON) / (1 + 2 * _EPSILON) for score in (wanted, given))
    term: Tensor = wanted * (wanted / given).log()
    return term


def feature_matching(
    clear: Sequence[Tensor], obfuscated: Sequence[Tensor], people: Tensor | None = None
) -> Tensor:
    """Compare the features of obfuscated pictures with those of clear ones, cell by cell.

    What detectors of several families see is more alike in their features than in their outputs:
    an obfuscator that keeps the features of one is of more use to the others.

    Args:
        clear: Maps of shape (B, channels, h, w); no gradients flow into them.
        obfuscated: Maps of the same shapes.
        people: Where people are, shape (B, 1, H, W), 0 or 1; cells with people then count as much,
            all together, as those without. All cells count alike where it is left out.

    Returns:
        1 less the mean cosine of the features, 0-2.
    """
    losses = []
    for one, other in zip(clear, obfuscated, strict=True):
        distance = 1 - functional.cosine_similarity(one.detach(), other, dim=1)
        if people is None:
            losses.append(distance.mean())
            continue
        inside = functional.adaptive_max_pool2d(people, one.shape[2:])[:, 0]
        halves = [
            (distance * part).sum() / part.sum() for part in (inside, 1 - inside) if part.any()
        ]
        losses.append(torch.stack(halves).mean())
    return torch.stack(losses).mean()


def people_mask(outputs: DenseOutputs, size: Size, threshold: float = _CONFIDENT) -> Tensor:
    """Say where a detector sees people.

    Args:
        outputs: For B pictures.
        size: Their height and width.
        threshold: Score above which a box counts.

    Returns:
        Shape (B, 1, height, width); 1 in every pixel whose middle lies in a box, 0 elsewhere.
    """
    height, width = size
    device = outputs.boxes.device
    rows = torch.arange(height, device=device)[:, None] + 0.5
    columns = torch.arange(width, device=device)[:, None] + 0.5
    masks = []
    for boxes, scores in zip(outputs.boxes.detach(), outputs.scores.detach(), strict=True):
        left, top, right, bottom = boxes[scores > threshold].T
        down = ((rows >= top) & (rows < bottom)).float()
        across = ((columns >= left) & (columns < right)).float()
        masks.append((down @ across.T > 0).float())
    return torch.stack(masks)[:, None]
