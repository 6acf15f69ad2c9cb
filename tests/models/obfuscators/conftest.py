"""Obfuscators with drawn weights, whose normalisation has seen pictures."""

from collections.abc import Callable

import pytest
import torch

from passerby.models.obfuscators import Obfuscator, create_obfuscator

SMALL = {
    "mobile-autoencoder": {"width": 0.1},
    "five-layer-filter": {"initialisation": "unit-variance"},
    "shuffle": {"channels": 8, "depth": 2},
    "silhouette": {"channels": 8},
    "u-net": {"size": "small"},
}
"""An obfuscator of each architecture that takes little time."""


@pytest.fixture
def drawn() -> Callable[..., Obfuscator]:
    """Make one in use, the same each time."""

    def make(name: str, **options: object) -> Obfuscator:
        with torch.random.fork_rng():
            torch.manual_seed(1)
            network = create_obfuscator(name, **(options or SMALL[name]))
            for layer in network.modules():
                if isinstance(layer, torch.nn.BatchNorm2d):
                    layer.momentum = None  # the mean of all that it has seen
            with torch.no_grad():
                network(torch.rand(4, 3, 48, 48))
        return network.eval()

    return make
