import torch

from passerby.train.reid.coarse_network import CoarseNetwork


def drawn(count):
    return torch.randn(count, 3, 32, 16, generator=torch.Generator().manual_seed(0))


def test_each_pixel_of_a_picture_counts():
    network = CoarseNetwork().eval()
    pictures = drawn(1).requires_grad_()
    network(pictures).square().sum().backward()
    assert (pictures.grad.abs().sum(dim=1) > 0).all()


def test_strips_are_told_apart():
    network = CoarseNetwork().eval()
    upper = torch.zeros(1, 3, 32, 16)
    upper[:, :, :10] = 1
    difference = network(upper) - network(upper.flip(2))
    assert difference.norm() > 0.1 * network(upper).norm()


def test_signatures_have_the_length_asked_for():
    network = CoarseNetwork(dimension=40)
    assert network.eval()(drawn(3)).shape == (3, network.dimension) == (3, 40)
    assert network.train()(drawn(3)).features[0].shape == (3, 40)
