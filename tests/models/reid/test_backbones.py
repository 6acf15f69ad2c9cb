import sys
from typing import Any

import pytest
import torch
from torchvision.models import mobilenet_v3_small

from passerby.errors import ConfigError
from passerby.models.reid import create
from passerby.models.reid.backbones import backbone, feature_count

SIZE = 64, 32


def of(name: str, **options: Any) -> torch.nn.Module:
    return backbone(name, SIZE, **{"last_stride": None, "stem_relu": True, "width": 1.0, **options})


def test_torchvisions_networks_lose_their_last_dense_layer() -> None:
    ours, theirs = of("mobilenet_v3_small").eval(), mobilenet_v3_small().eval()
    state = {k: v for k, v in theirs.state_dict().items() if not k.startswith("classifier.3.")}
    ours.load_state_dict(state)
    theirs.classifier[3] = torch.nn.Identity()
    images = torch.randn(2, 3, *SIZE)
    torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize(
    ("name", "features"),
    [("shufflenet_v2_x0_5", 1024), ("timm/resnet10t", 512), ("timm/vit_tiny_patch16_224", 192)],
)
def test_any_of_them_works_under_the_head(name: str, features: int) -> None:
    network = create("bot", 4, size=SIZE, backbone=name)
    assert network.dimension == features
    output = network(torch.randn(2, 3, *SIZE))
    assert output.logits[0].shape == (2, 4)
    assert output.features[0].shape == (2, features)


def test_residual_networks_of_another_kind_are_adapted_too() -> None:
    with torch.device("meta"):
        network = of("resnext50_32x4d")
    assert network.layer4[0].conv2.stride == (1, 1)


def test_counting_features_leaves_a_network_as_it_was() -> None:
    network = of("resnet18", width=0.25)
    before = network.bn1.running_mean.clone()
    assert feature_count(network, "resnet18", SIZE) == 128
    assert network.training
    assert torch.equal(network.bn1.running_mean, before)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nothing", {}, "unknown backbone 'nothing': choose a classifier of torchvision"),
        ("fasterrcnn_resnet50_fpn", {}, "unknown backbone 'fasterrcnn_resnet50_fpn'"),
        ("timm/nothing", {}, "unknown backbone 'timm/nothing': timm has no 'nothing'"),
        ("squeezenet1_0", {}, "backbone 'squeezenet1_0' has no dense classifier"),
        ("mnasnet0_5", {"width": 0.5}, "backbone 'mnasnet0_5' has one width: choose one of res"),
        (
            "mnasnet0_5",
            {"last_stride": 1},
            "backbone 'mnasnet0_5' is not a ResNet: leave last_stride",
        ),
        (
            "mnasnet0_5",
            {"stem_relu": False},
            "backbone 'mnasnet0_5' is not a ResNet: leave last_str",
        ),
    ],
)
def test_what_cannot_be_is_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        of(name, **options)


def test_a_backbone_that_cannot_take_the_size_is_refused_in_one_line() -> None:
    message = "^backbone 'vit_b_16' cannot take images of 64x32 .Wrong image width!.*other size or"
    with torch.device("meta"), pytest.raises(ConfigError, match=message) as caught:
        create("bot", 4, size=SIZE, backbone="vit_b_16")
    assert "\n" not in str(caught.value)


def test_what_does_not_end_in_features_is_refused() -> None:
    with pytest.raises(ConfigError, match="backbone 'x' does not end in features"):
        feature_count(torch.nn.Conv2d(3, 3, 1), "x", SIZE)


def test_without_timm_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ConfigError, match="'timm/resnet10t' needs timm: run `pip install timm`"):
        of("timm/resnet10t")
