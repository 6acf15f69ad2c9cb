import pytest
import torch

from passerby.models.reid import create


def test_regions_of_the_papers_images_are_24x28_12x14_and_6x7_cells() -> None:
    with torch.device("meta"):
        network = create("hacnn", 4)
    assert [level.warp.region for level in network.levels] == [(24, 28), (12, 14), (6, 7)]


@pytest.mark.parametrize("size", [(32, 32), (70, 45), (128, 64)])
def test_images_may_be_of_any_size(size: tuple[int, int]) -> None:
    network = create("hacnn", 4, size=size, width=0.25).eval()
    assert network(torch.randn(1, 3, *size)).shape == (1, network.dimension)


def test_each_half_of_a_signature_is_normalised() -> None:
    network = create("hacnn", 4, size=(64, 32), width=0.25).eval()
    halves = network(torch.randn(2, 3, 64, 32)).reshape(2, 2, -1)
    torch.testing.assert_close(halves.norm(dim=2), torch.ones(2, 2))


def test_where_to_look_is_learned_from_the_local_branch() -> None:
    network = create("hacnn", 4, size=(64, 32), width=0.25)
    network(torch.randn(2, 3, 64, 32)).logits[1].square().sum().backward()
    assert all(float(level.hard.centres.weight.grad.abs().max()) > 0 for level in network.levels)
