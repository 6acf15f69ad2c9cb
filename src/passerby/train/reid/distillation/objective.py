"""What a small network loses against its teachers."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from passerby.errors import ConfigError
from passerby.models.reid import ReidNetwork
from passerby.signatures.describer import Rows
from passerby.train.reid.distillation.teachers import Teachers, principal_axes

__all__ = ["DistillationObjective", "direction_loss", "similarity_loss"]

_SIMILARITY = 5.0
"""Weight of `similarity_loss`: both losses then fall about equally far."""


class DistillationObjective(nn.Module):
    """A network and the distance of its signatures to those of its teachers.

    Args:
        network: What learns.
        teachers: Whose joined signatures are learned.
        mixed: Whether the network computes in bfloat16; losses never do.

    Raises:
        ConfigError: If the network's signatures are longer than the joined ones of its teachers.
    """

    losses = "total", "direction", "similarity"
    centres = None

    def __init__(self, network: ReidNetwork, teachers: Teachers, *, mixed: bool = False) -> None:
        super().__init__()
        if network.dimension > teachers.dimension:
            raise ConfigError(
                f"signatures of {network.name} have {network.dimension} numbers, and those of the "
                f"teachers {teachers.dimension}: add a teacher, or make them shorter"
            )
        self.network = network
        self.teachers = teachers
        self.mixed = mixed
        self.axes: Tensor
        self.register_buffer("axes", torch.eye(teachers.dimension, network.dimension))

    @property
    def shortens(self) -> bool:
        """Whether the network's signatures are shorter than the joined ones of its teachers."""
        return self.axes.shape[0] > self.axes.shape[1]

    def choose_axes(self, targets: Rows) -> None:
        """Choose the axes onto which the teachers' signatures are projected.

        Without a choice, and without need for one, a network says the very numbers of its teachers.

        Args:
            targets: Shape (n, d), what the teachers say of some pictures.
        """
        self.axes.copy_(torch.from_numpy(principal_axes(targets, self.network.dimension)))

    def forward(self, images: Tensor, targets: Tensor) -> dict[str, Tensor]:
        """Return the losses by name; ``total`` is their weighted sum.

        Args:
            images: Shape (B, 3, height, width), as the network takes them.
            targets: Shape (B, d), what the teachers say of them.
        """
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.mixed):
            signatures = self.network.describe(images)
        own = functional.normalize(signatures.float())
        wanted = functional.normalize(targets @ self.axes)
        direction, similarity = direction_loss(own, wanted), similarity_loss(own, wanted)
        total = direction + _SIMILARITY * similarity
        return {"total": total, "direction": direction, "similarity": similarity}


def direction_loss(own: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean of 1 - cosine of rows of length one, shape (B, d) both."""
    return 1 - (own * wanted).sum(dim=1).mean()


def similarity_loss(own: Tensor, wanted: Tensor) -> Tensor:
    """Compare how alike pictures are: the mean square difference of the cosines of all pairs.

    Two pictures of one batch must be as alike for the small network as for its teachers (Tung and
    Mori 2019, "Similarity-preserving knowledge distillation", arXiv 1907.09682, whose rows are
    normalised otherwise).

    Args:
        own: Shape (B, d), rows of length one.
        wanted: Shape (B, d), likewise.
    """
    return (own @ own.T - wanted @ wanted.T).square().mean()
