import torch

from passerby.models.reid import create


def test_each_factor_weighs_a_group_of_neighbouring_channels() -> None:
    block = create("mlfn", 4, size=(32, 32), width=0.25).blocks[-1].eval()
    maps, seen = torch.randn(2, 512, 2, 2), []
    block.leave.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    _, factors = block(maps)
    entered, expected = block.enter(maps), torch.zeros(2, 256, 2, 2)
    for channel in range(256):
        expected[:, channel] = factors[:, channel // 8] * entered[:, channel]
    torch.testing.assert_close(seen[0], expected)


def test_there_are_16_blocks_of_32_factors_each_from_0_to_1() -> None:
    network = create("mlfn", 4, size=(32, 32), width=0.25)
    seen = []
    network.factors.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(torch.randn(2, 3, 32, 32))
    assert seen[0].shape == (2, 16 * 32, 1, 1)
    assert 0 <= float(seen[0].detach().min()) < float(seen[0].detach().max()) <= 1


def test_a_signature_is_the_mean_of_features_and_factors() -> None:
    network = create("mlfn", 4, size=(32, 32), width=0.25).eval()
    images = torch.randn(2, 3, 32, 32)
    parts = []
    for projection in (network.features, network.factors):
        projection.register_forward_hook(lambda *call: parts.append(call[-1].flatten(1)))
    torch.testing.assert_close(network(images), (parts[0] + parts[1]) / 2)
