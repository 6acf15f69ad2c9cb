import torch

from passerby.models.reid import create


def test_a_signature_ends_with_the_mean_of_the_last_maps() -> None:
    network = create("resnet50mid", 4, size=(64, 32), width=0.25).eval()
    images = torch.randn(2, 3, 64, 32)
    signatures, last = network(images), network.backbone(images).mean(dim=(2, 3))
    torch.testing.assert_close(signatures[:, -last.shape[1] :], last)


def test_it_starts_with_an_embedding_of_the_two_blocks_before() -> None:
    network = create("resnet50mid", 4, size=(64, 32), width=0.25).eval()
    images, seen = torch.randn(2, 3, 64, 32), []
    for block in list(network.backbone.layer4)[:2]:
        block.register_forward_hook(lambda *call: seen.append(call[-1].mean(dim=(2, 3))))
    signatures = network(images)
    middle = network.middle(torch.cat(seen, dim=1))
    torch.testing.assert_close(signatures[:, : middle.shape[1]], middle)


def test_its_last_stride_is_2_unless_it_is_given() -> None:
    strides = [{}, {"last_stride": 1}]
    networks = [create("resnet50mid", 4, size=(64, 32), width=0.25, **one) for one in strides]
    made = [network.backbone(torch.zeros(1, 3, 64, 32)).shape[2:] for network in networks]
    assert made == [(2, 1), (4, 2)]
