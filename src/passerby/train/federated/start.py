"""What all sites start from: a network that the server makes without any image of theirs."""

import numpy as np
import torch

from passerby.models.reid import ReidNetwork, create
from passerby.models.reid.weights import exported_file, start_from_export
from passerby.synth.gallery import Gallery, portraits
from passerby.train.reid.batches import normalised
from passerby.train.reid.plan import ReidPlan
from passerby.train.reid.transforms import Resize

__all__ = ["FEWEST_CLASSES", "start_network"]

FEWEST_CLASSES = 2
"""As few people as a network can tell apart: its classifier is never sent."""

_GALLERY = Gallery(people=16, cameras=2, images=2)


def start_network(plan: ReidPlan) -> ReidNetwork:
    """Make the network that the sites are given in the first round.

    An exported network needs images to undo its normalisations by: people who do not exist.

    Raises:
        ConfigError: If there is no such model or option.
        ModelError: If the weights do not fit.
    """
    exported = exported_file(plan.weights)
    torch.manual_seed(plan.seed)
    network = create(
        plan.model,
        FEWEST_CLASSES,
        scale=plan.recipe.scale,
        size=plan.recipe.size,
        weights="scratch" if exported is not None else plan.weights,
        **{**plan.recipe.options, **plan.options},
    )
    if exported is not None:
        start_from_export(network, exported, _synthetic(network))
    return network


def _synthetic(network: ReidNetwork) -> torch.Tensor:
    """Draw people who do not exist, as the network takes them."""
    rng = np.random.default_rng(0)
    images = [Resize()(one.crop.picture.pixels, network.size, rng) for one in portraits(_GALLERY)]
    return normalised(torch.from_numpy(np.stack(images)), torch.device("cpu"))
