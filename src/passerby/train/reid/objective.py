"""A network and its losses as one module, so that several processes can share it."""

import torch
from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.models.reid import Output, ReidNetwork, SiameseMobileNet
from passerby.train.reid.losses import CentreLoss, batch_hard_triplet, identity_loss, pair_loss
from passerby.train.reid.settings import LossWeights

__all__ = ["ReidObjective"]


class ReidObjective(nn.Module):
    """Says what a network loses on a batch.

    Args:
        network: What learns.
        weights: Of the losses.
        people: Number of people.
        mixed: Whether the network computes in bfloat16; losses never do.

    Raises:
        ConfigError: If the network does not give what a loss needs.
    """

    def __init__(
        self, network: ReidNetwork, weights: LossWeights, people: int, *, mixed: bool = False
    ) -> None:
        super().__init__()
        if weights.pair and not isinstance(network, SiameseMobileNet):
            raise ConfigError(f"{network.name} does not compare pairs: leave the pair loss out")
        self.network = network
        self.weights = weights
        self.mixed = mixed
        self.centres = CentreLoss(people, network.dimension) if weights.centre else None

    @property
    def losses(self) -> tuple[str, ...]:
        """Names of the losses, the sum first."""
        names = ("identity", "triplet", "centre", "pair")
        return ("total", *(name for name in names if getattr(self.weights, name)))

    def forward(self, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Return the losses by name; ``total`` is their weighted sum.

        Args:
            images: Shape (B, 3, height, width), as the network takes them.
            labels: Shape (B,), who is in them.
        """
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.mixed):
            output: Output = self.network(images)
        logits = tuple(one.float() for one in output.logits)
        features = torch.cat([one.float() for one in output.features], dim=1)
        losses, weights = {}, self.weights
        if weights.identity:
            losses["identity"] = identity_loss(logits, labels, weights.label_smoothing)
        if weights.triplet:
            losses["triplet"] = batch_hard_triplet(features, labels, weights.margin)
        if self.centres is not None:
            losses["centre"] = self.centres(features, labels)
        if weights.pair and isinstance(self.network, SiameseMobileNet):
            losses["pair"] = pair_loss(self.network, features, labels)
        weighted = [getattr(weights, name) * loss for name, loss in losses.items()]
        return {"total": torch.stack(weighted).sum(), **losses}
