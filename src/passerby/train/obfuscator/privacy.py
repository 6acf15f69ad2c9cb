"""How much of people an attacker can see, as figures and as losses that have a bound.

A loss that an obfuscator gets by being far from its attacker, such as -MSE, has no bound and
rewards what can be undone: inverted colours are far away, and hide nothing. At its best, an
attacker who minimises squared errors answers with the mean of all that could have been there; what
it then explains of the variance is what leaked. A loss that asks its answers to be the plain mean
has the same value there, lies between 0 and 1, and points to where nothing can be said.
"""

import torch
from torch import Tensor
from torch.nn import functional

__all__ = [
    "energy_distance",
    "explained_variance",
    "pair_scores",
    "reconstruction_leak",
    "weighted_error",
]

_SMALLEST = 1e-8


def weighted_error(images: Tensor, others: Tensor, weights: Tensor) -> Tensor:
    """Mean squared difference where the weights are.

    Args:
        images: Shape (B, 3, H, W), 0-1.
        others: Of a shape that fits.
        weights: Shape (B, 1, H, W), not negative.

    Returns:
        A number; 0 where there are no weights.
    """
    squares = (images - others).square().mean(dim=1, keepdim=True)
    return (squares * weights).sum() / weights.sum().clamp(min=_SMALLEST)


def explained_variance(clear: Tensor, rebuilt: Tensor, baseline: Tensor, weights: Tensor) -> Tensor:
    """Share of the variance around a baseline that a reconstruction explains: 1 - MSE / V.

    Args:
        clear: Shape (B, 3, H, W), 0-1.
        rebuilt: What an attacker makes of the obfuscated images.
        baseline: What is known without seeing them, such as the mean colour of people, (3, 1, 1).
        weights: Shape (B, 1, H, W): which pixels count, and how much.

    Returns:
        A number of at most 1. Below 0 the attacker is broken: the baseline alone does better. NaN
        where there are no weights.

    Example:
        >>> clear = torch.tensor([0.0, 1.0]).reshape(1, 1, 1, 2).expand(1, 3, 1, 2)
        >>> everywhere, grey = torch.ones(1, 1, 1, 2), torch.full((3, 1, 1), 0.5)
        >>> [float(explained_variance(clear, one, grey, everywhere)) for one in (clear, 1 - clear)]
        [1.0, -3.0]
    """
    variance = weighted_error(clear, baseline, weights).clamp(min=_SMALLEST)
    explained = 1 - weighted_error(clear, rebuilt, weights) / variance
    return torch.where(weights.sum() > 0, explained, torch.nan)


def reconstruction_leak(
    clear: Tensor, rebuilt: Tensor, baseline: Tensor, weights: Tensor
) -> Tensor:
    """How far reconstructions are from the baseline, over how far clear images are from it.

    For an attacker at its best this is the explained variance (law of total variance).

    Args:
        clear: See `explained_variance`, as for the others.
        rebuilt: Its gradient is what an obfuscator learns from.
        baseline: What is known without seeing them.
        weights: Which pixels count.

    Returns:
        A number, not negative; 0 if the attacker can only tell the baseline.
    """
    variance = weighted_error(clear, baseline, weights).clamp(min=_SMALLEST).detach()
    return weighted_error(rebuilt, baseline, weights) / variance


def energy_distance(first: Tensor, second: Tensor) -> Tensor:
    """Distance between the distributions of two samples of scores (Székely and Rizzo 2013).

    Args:
        first: Shape (n,), such as scores of pairs of the same person.
        second: Shape (m,), such as those of different people.

    Returns:
        2 E|X - Y| - E|X - X'| - E|Y - Y'| over all pairs: not negative, and 0 if both are alike;
        0 too where one is empty. Scores between -1 and 1 give at most 4.
    """
    if not len(first) or not len(second):
        return (first.sum() + second.sum()) * 0

    def apart(one: Tensor, other: Tensor) -> Tensor:
        return (one[:, None] - other[None]).abs().mean()

    return 2 * apart(first, second) - apart(first, first) - apart(second, second)


def pair_scores(features: Tensor, identities: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine of every pair of a batch.

    Args:
        features: Shape (B, d).
        identities: Shape (B,).

    Returns:
        Those of the same person, and those of two people.
    """
    unit = functional.normalize(features, dim=1)
    first, second = torch.triu_indices(len(unit), len(unit), offset=1, device=unit.device)
    scores = (unit[first] * unit[second]).sum(dim=1)
    same = identities[first] == identities[second]
    return scores[same], scores[~same]
