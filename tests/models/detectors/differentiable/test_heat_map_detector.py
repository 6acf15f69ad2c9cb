"""The heat-map detector of Johansson and Lundberg."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import mobilenet_v2

from passerby.errors import ConfigError, ModelError
from passerby.models.detectors.differentiable import (
    DenseOutputs,
    HeatMapDetector,
    heat_map_targets,
)
from passerby.synth.squares import detector_batch, heatmaps


@pytest.fixture(scope="module")
def detector() -> HeatMapDetector:
    torch.manual_seed(0)
    return HeatMapDetector().eval()


def painted(detector: HeatMapDetector, maps: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector, "_compute", lambda images: (maps, ()))


def test_targets_are_those_of_the_simple_data_set() -> None:
    batch = detector_batch(np.random.default_rng(0), 2)
    given = heat_map_targets([torch.tensor(one[None]) for one in batch.centres], (160, 160))
    np.testing.assert_allclose(given.numpy(), heatmaps(batch.centres), atol=1e-6)


def test_the_nearest_of_several_people_counts_and_nobody_is_cold() -> None:
    middles = torch.tensor([[10.0, 10.0], [30.0, 14.0]])
    several, nobody = heat_map_targets([middles, torch.zeros(0, 2)], (24, 42))
    assert several.shape == (6, 11)
    for row in range(6):
        for column in range(11):
            squared = (
                ((middles - torch.tensor([column * 4 + 2.0, row * 4 + 2.0])) ** 2).sum(1).min()
            )
            assert several[row, column].item() == pytest.approx(
                np.exp(-squared.item() / 128), abs=1e-6
            )
    assert not nobody.any()


def test_its_parts_are_those_of_the_thesis(detector: HeatMapDetector) -> None:
    layers = [type(layer) for layer in detector.head]
    assert layers == [nn.ConvTranspose2d, nn.BatchNorm2d, nn.ReLU] * 3 + [nn.Conv2d]
    trunk = mobilenet_v2(weights=None).features.state_dict()
    assert {name: value.shape for name, value in detector.trunk.state_dict().items()} == {
        name: value.shape for name, value in trunk.items()
    }
    # 2.22 M of the trunk, 5.9 M of the rest.
    assert sum(one.numel() for one in detector.parameters()) == pytest.approx(8.1e6, rel=0.01)


@pytest.mark.parametrize(("size", "wanted"), [((96, 128), (24, 32)), ((50, 70), (13, 18))])
def test_maps_are_a_quarter_as_large(
    detector: HeatMapDetector, size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    images = torch.rand(2, 3, *size)
    assert detector.heat_maps(images).shape == (2, *wanted)
    outputs, features = detector(images)
    assert outputs.boxes.shape == (2, wanted[0] * wanted[1], 4)
    assert [one.shape[1] for one in features] == [32, 96, 1280]
    rows, columns = (-(-length // 32) for length in size)
    assert [tuple(one.shape[2:]) for one in features] == [
        (rows * 4, columns * 4),
        (rows * 2, columns * 2),
        (rows, columns),
    ]


def test_a_narrow_trunk_has_fewer_weights(detector: HeatMapDetector) -> None:
    narrow = HeatMapDetector(channels=(8, 8, 8), width=0.1)
    assert narrow.heat_maps(torch.rand(1, 3, 32, 64)).shape == (1, 8, 16)
    few, many = (sum(one.numel() for one in net.trunk.parameters()) for net in (narrow, detector))
    assert few < many / 10


def test_the_loss_is_the_mean_squared_error(detector: HeatMapDetector) -> None:
    images = torch.rand(2, 3, 32, 64)
    boxes = [torch.tensor([[10.0, 4, 30, 24]]), torch.zeros(0, 4)]
    maps = detector.heat_maps(images).detach().numpy()
    wanted = np.zeros((2, 8, 16))
    for row in range(8):
        for column in range(16):
            squared = (column * 4 + 2 - 20) ** 2 + (row * 4 + 2 - 14) ** 2
            wanted[0, row, column] = np.exp(-squared / 128)
    loss = detector.loss(images, boxes).item()
    assert loss == pytest.approx(((maps - wanted) ** 2).sum() / (2 * 8 * 16), rel=1e-4)


def test_it_learns_and_gradients_reach_the_pictures() -> None:
    torch.manual_seed(1)
    detector = HeatMapDetector(channels=(8, 8, 8)).train()
    images = torch.rand(2, 3, 32, 32, requires_grad=True)
    detector.loss(images, [torch.tensor([[4.0, 4, 24, 24]])] * 2).backward()
    assert (images.grad != 0).float().mean() > 0.9
    assert all(one.grad is not None for one in detector.parameters())
    assert detector.training


def test_people_are_squares_around_peaks(
    detector: HeatMapDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = torch.zeros(2, 16, 20)
    maps[0, 3, 4], maps[0, 3, 5], maps[0, 10, 15], maps[0, 15, 0] = 0.9, 0.8, 0.6, 0.4
    painted(detector, maps, monkeypatch)
    first, second = detector.decoded(torch.zeros(2, 3, 64, 80))
    assert first.boxes.tolist() == [[8, 4, 28, 24], [52, 32, 72, 52]]
    np.testing.assert_allclose(first.scores, [0.9, 0.6], rtol=1e-6)
    assert len(second) == 0
    outputs = detector.outputs(torch.zeros(2, 3, 64, 80))
    place = int(outputs.scores[0].argmax())
    assert outputs.boxes[0, place].tolist() == [8, 4, 28, 24]


def test_scores_stay_between_0_and_1(
    detector: HeatMapDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted(detector, torch.tensor([[[-0.3, 1.4]]]), monkeypatch)
    assert detector.outputs(torch.zeros(1, 3, 4, 8)).scores.tolist() == [[0, 1]]


def test_imagenet_weights_are_read_in_16_bits(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = mobilenet_v2(weights=None).eval()
    half = {
        name: one.half() if one.is_floating_point() else one
        for name, one in network.state_dict().items()
    }
    torch.save(half, tmp_path / "v2.pth")
    detector = HeatMapDetector(weights=tmp_path / "v2.pth").eval()
    for name, value in detector.trunk.state_dict().items():
        assert value.dtype != torch.float16
        torch.testing.assert_close(value, network.features.state_dict()[name], atol=1e-3, rtol=1e-3)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    state = mobilenet_v2(weights=None).state_dict()
    torch.save(state | {"features.0.0.weight": torch.zeros(32, 1, 3, 3)}, tmp_path / "grey.pth")
    with pytest.raises(
        ModelError, match=r"grey\.pth .*: 0\.0\.weight is \(32, 1, 3, 3\) there and"
    ):
        HeatMapDetector(weights=tmp_path / "grey.pth")
    torch.save({"fc.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match=r"other\.pth .*: 0\.0\.weight is missing there"):
        HeatMapDetector(weights=tmp_path / "other.pth")
    torch.save(torch.zeros(3), tmp_path / "numbers.pth")
    with pytest.raises(ModelError, match="no weights by name"):
        HeatMapDetector(weights=tmp_path / "numbers.pth")


@pytest.mark.shared
def test_published_imagenet_weights_fit(shared: Path) -> None:
    path = shared / "models" / "mobilenet_v2_imagenet_torchvision_fp16.pth"
    detector = HeatMapDetector(weights=path)
    first = torch.load(path, weights_only=True)["features.0.0.weight"]
    assert torch.equal(detector.trunk[0][0].weight, first.float())


def test_labels_that_do_not_fit_are_refused(detector: HeatMapDetector) -> None:
    images = torch.zeros(2, 3, 32, 32)
    with pytest.raises(ConfigError, match="learns from labels"):
        detector.loss(images, DenseOutputs(torch.zeros(2, 1, 4), torch.zeros(2, 1)))
    with pytest.raises(ConfigError, match="boxes of 1 pictures for 2"):
        detector.loss(images, [torch.zeros(1, 4)])
    with pytest.raises(ConfigError, match="drop an alpha channel"):
        detector.loss(torch.zeros(2, 4, 32, 32), [torch.zeros(0, 4)] * 2)
    with pytest.raises(ConfigError, match="person is 0"):
        HeatMapDetector(person=0)
