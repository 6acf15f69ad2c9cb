"""What is read from gradients, where the truth is known."""

import pytest
import torch
from torch import nn

from gradient_inversion import explained, gradient, hidden, read_signature
from passerby.models.reid import create


@pytest.fixture
def network():
    torch.manual_seed(0)
    return create("mobilenet-v2", 3, size=(32, 32), width=0.25, dimension=16).eval()


def test_the_gradient_of_one_image_tells_its_signature(network):
    image, classifier = torch.randn(1, 3, 32, 32), nn.Linear(16, 5)
    sent, _ = gradient(network, image, classifier, torch.tensor([2]))
    torch.testing.assert_close(
        read_signature(network, sent), network.describe(image)[0].detach(), rtol=1e-3, atol=1e-4
    )


def test_gradients_are_those_of_a_step(network):
    images, classifier = torch.randn(2, 3, 32, 32), nn.Linear(16, 5)
    labels = torch.tensor([2, 4])
    sent, _ = gradient(network, images, classifier, labels)
    nn.functional.cross_entropy(classifier(network.describe(images)), labels).backward()
    torch.testing.assert_close(sent["embedding.1.weight"], network.embedding[1].weight.grad)


def test_noise_is_measured_by_the_length_of_all():
    sent = {"a": torch.full((100, 100), 3.0), "b": torch.full((100, 100), 4.0)}
    noise = hidden(sent, 0.1, 0)["a"] - sent["a"]
    assert float(noise.std()) == pytest.approx(0.1 * 500, rel=0.03)


def test_nothing_more_than_a_guess_explains_nothing():
    truth = torch.rand(1, 3, 40, 20)
    assert explained(truth, truth) == 1
    guess = truth[:, :, 10:].mean(dim=(2, 3), keepdim=True).expand_as(truth)
    assert explained(guess, truth) == pytest.approx(0, abs=1e-6)
    assert explained(truth[:, :, :, torch.randperm(20)], truth) < 0
