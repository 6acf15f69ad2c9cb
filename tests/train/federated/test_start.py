"""What all sites start from."""

from dataclasses import replace

import numpy as np
import torch

from passerby.models.reid.export import export_network
from passerby.train.federated.shared import read_weights, transferable_names
from passerby.train.federated.start import start_network


def test_the_same_seed_is_the_same_start(federated):
    one, other = start_network(federated), start_network(federated)
    names = transferable_names(one)
    first, second = read_weights(one, names), read_weights(other, names)
    assert all(np.array_equal(first[name], second[name]) for name in names)
    third = read_weights(start_network(replace(federated, seed=1)), names)
    assert not all(np.array_equal(first[name], third[name]) for name in names)


def test_an_exported_network_says_the_same_after_it_is_put_back(federated, tmp_path):
    """On other images than the synthetic ones by which its normalisations are undone."""
    network = start_network(federated).eval()
    export_network(network, tmp_path / "network.onnx")
    again = start_network(replace(federated, weights=tmp_path / "network.onnx")).eval()
    images = torch.rand(4, 3, *network.size, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(again(images), network(images), rtol=1e-3, atol=1e-3)
