import torch

from passerby.models.reid import create


def test_pairs_are_compared_by_a_dense_layer_over_squared_differences() -> None:
    network = create("siamese-mobilenet", 2, size=(32, 32), width=0.25)
    first, second = torch.randn(3, 256), torch.randn(3, 256)
    logits = network.compare(first, second)
    (weights,), bias = network.pair_classifier.weight, network.pair_classifier.bias
    for pair in range(3):
        expected = bias[0].clone()
        for feature in range(256):
            expected += weights[feature] * (first[pair, feature] - second[pair, feature]) ** 2
        torch.testing.assert_close(logits[pair], expected)
    torch.testing.assert_close(network.compare(second, first), logits)


def test_an_image_and_itself_are_as_alike_as_the_bias_says() -> None:
    network = create("siamese-mobilenet", 2, size=(32, 32), width=0.25)
    same = torch.randn(2, 256)
    assert torch.equal(network.compare(same, same), network.pair_classifier.bias.expand(2))


def test_maps_are_32_times_smaller_than_images() -> None:
    network = create("siamese-mobilenet", 2, width=0.25)
    assert network.size == (160, 160)  # thesis, section 3.2
    assert network.backbone(torch.zeros(1, 3, 160, 160)).shape == (1, 256, 5, 5)
