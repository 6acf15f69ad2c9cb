"""What a network for re-identification learns from.

[1] Szegedy et al. 2016, "Rethinking the inception architecture", section 7, arXiv 1512.00567.
[2] Hermans et al. 2017, "In defense of the triplet loss", arXiv 1703.07737.
[3] Wen et al. 2016, "A discriminative feature learning approach for deep face recognition", ECCV.
[4] Johansson and Lundberg, section 4.1.2.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.models.reid import SiameseMobileNet

__all__ = ["CentreLoss", "batch_hard_triplet", "identity_loss", "pair_loss"]

_NEAREST = 1e-12
"""Square of the smallest distance: the root has no slope at 0."""


def identity_loss(logits: tuple[Tensor, ...], labels: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy with smoothed labels [1], the mean over all classifiers.

    Args:
        logits: Shape (B, people) each.
        labels: Shape (B,).
        smoothing: Epsilon: the right person is wanted at 1 - epsilon + epsilon / people, all
            others at epsilon / people.
    """
    losses = [functional.cross_entropy(one, labels, label_smoothing=smoothing) for one in logits]
    return torch.stack(losses).mean()


def batch_hard_triplet(features: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Ask that one's own farthest image be nearer than the nearest of somebody else [2].

    Args:
        features: Shape (B, d), not normalised; Euclidean distances are compared.
        labels: Shape (B,).
        margin: By how much.

    Returns:
        The mean of max(0, margin + farthest - nearest) over the images that somebody else is
        compared with; 0 if there is one person only.
    """
    distances = _distances(features)
    same = labels[:, None] == labels[None]
    farthest = distances.masked_fill(~same, 0).amax(dim=1)
    nearest = distances.masked_fill(same, torch.inf).amin(dim=1)
    lost = (margin + farthest - nearest).clamp(min=0)
    return lost[torch.isfinite(nearest)].sum() / len(labels)


def _distances(features: Tensor) -> Tensor:
    """Return Euclidean distances, shape (B, B)."""
    squares = features.square().sum(dim=1)
    squared = squares[:, None] + squares[None] - 2 * features @ features.T
    return squared.clamp(min=_NEAREST).sqrt()


class CentreLoss(nn.Module):
    """Squared distance of features to a centre of each person that is learned too [3].

    Args:
        people: Number of centres.
        dimension: Of a feature.
    """

    def __init__(self, people: int, dimension: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(people, dimension))

    def forward(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the mean over the images; features have shape (B, d), labels (B,)."""
        return (features - self.centres[labels]).square().sum(dim=1).mean()


def pair_loss(network: SiameseMobileNet, features: Tensor, labels: Tensor) -> Tensor:
    """Binary cross-entropy over all pairs of a batch [4].

    There are more pairs of two people than of one; both kinds weigh the same, as in the paper's
    batches, of which either is a half.

    Args:
        network: Compares.
        features: Shape (B, d).
        labels: Shape (B,).
    """
    first, second = torch.triu_indices(len(labels), len(labels), offset=1, device=labels.device)
    same = labels[first] == labels[second]
    logits = network.compare(features[first], features[second])
    losses = functional.binary_cross_entropy_with_logits(logits, same.float(), reduction="none")
    halves = [losses[kind].mean() for kind in (same, ~same) if kind.any()]
    return torch.stack(halves).mean()
