"""What a network loses is the weighted sum of the losses that its recipe has."""

import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.reid import create
from passerby.train.reid.losses import batch_hard_triplet, identity_loss
from passerby.train.reid.objective import ReidObjective
from passerby.train.reid.settings import LossWeights

LABELS = torch.tensor([0, 0, 1, 1])


@pytest.fixture
def network():
    torch.manual_seed(0)
    return create("bot", 3, scale="quick", size=(32, 32), width=0.125)


@pytest.fixture
def images():
    torch.manual_seed(1)
    return torch.randn(4, 3, 32, 32)


def test_the_sum_is_weighted(network, images):
    weights = LossWeights(identity=2.0, triplet=0.5, centre=0.01)
    learner = ReidObjective(network, weights, 3)
    losses = learner(images, LABELS)
    output = network(images)
    assert tuple(losses) == learner.losses == ("total", "identity", "triplet", "centre")
    assert losses["identity"].item() == pytest.approx(
        identity_loss(output.logits, LABELS, 0.1).item()
    )
    triplet = batch_hard_triplet(output.features[0], LABELS, 0.3).item()
    assert losses["triplet"].item() == pytest.approx(triplet)
    centre = (output.features[0] - learner.centres.centres[LABELS]).pow(2).sum(1).mean().item()
    assert losses["centre"].item() == pytest.approx(centre, rel=1e-5)
    expected = 2 * losses["identity"] + 0.5 * losses["triplet"] + 0.01 * losses["centre"]
    assert losses["total"].item() == pytest.approx(expected.item())


def test_losses_that_weigh_nothing_are_left_out(network, images):
    learner = ReidObjective(network, LossWeights(), 3)
    assert tuple(learner(images, LABELS)) == learner.losses == ("total", "identity")
    assert learner.centres is None


def test_networks_compute_in_bfloat16_and_losses_do_not(network, images):
    exact = ReidObjective(network, LossWeights(triplet=1.0), 3)(images, LABELS)
    mixed = ReidObjective(network, LossWeights(triplet=1.0), 3, mixed=True)(images, LABELS)
    assert all(loss.dtype == torch.float32 for loss in mixed.values())
    assert mixed["total"].item() != exact["total"].item()
    assert mixed["total"].item() == pytest.approx(exact["total"].item(), rel=0.1)


def test_pairs_need_a_network_that_compares(network):
    with pytest.raises(ConfigError, match="bot does not compare pairs"):
        ReidObjective(network, LossWeights(pair=1.0), 3)


@pytest.mark.parametrize(
    ("model", "size", "options"),
    [("pcb", (48, 32), {"width": 0.125}), ("hacnn", None, {"width": 0.125})],
)
def test_all_features_of_a_network_are_compared(model, size, options):
    torch.manual_seed(0)
    network = create(model, 3, scale="quick", size=size, **options)
    losses = ReidObjective(network, LossWeights(triplet=1.0, centre=1e-3), 3)(
        torch.randn(4, 3, *network.size), LABELS
    )
    losses["total"].backward()
    assert torch.isfinite(losses["total"])
