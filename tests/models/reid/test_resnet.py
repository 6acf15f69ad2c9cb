import pytest
import torch
from torchvision.models import resnet18, resnet50

from passerby.errors import ConfigError
from passerby.models.reid.resnet import RESNETS, adapt, residual_network, trunk


def test_at_full_width_it_is_torchvisions() -> None:
    theirs, ours = resnet18().eval(), residual_network("resnet18", last_stride=2).eval()
    ours.load_state_dict({k: v for k, v in theirs.state_dict().items() if not k.startswith("fc.")})
    theirs.fc = torch.nn.Identity()
    images = torch.randn(2, 3, 64, 32)
    torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize("name", RESNETS)
def test_all_have_as_many_parameters_as_torchvisions(name: str) -> None:
    published = {"resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032}
    published |= {"resnet101": 44_549_160, "resnet152": 60_192_808}
    with torch.device("meta"):
        network = residual_network(name)
    classifier = 1000 * (network.inplanes + 1)
    assert sum(one.numel() for one in network.parameters()) == published[name] - classifier


@pytest.mark.parametrize(("last_stride", "rows"), [(1, 8), (2, 4)])
@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_the_last_stride_says_how_fine_the_maps_are(name: str, last_stride: int, rows: int) -> None:
    with torch.device("meta"):
        network = residual_network(name, last_stride=last_stride)
        maps = trunk(network)(torch.zeros(2, 3, 128, 64))
    assert maps.shape == (2, network.inplanes, rows, rows // 2)


def test_without_its_relu_the_stem_gives_negative_values() -> None:
    for stem_relu in (True, False):
        network = residual_network("resnet18", stem_relu=stem_relu)
        stem = network.relu(network.bn1(network.conv1(torch.randn(2, 3, 32, 32))))
        assert bool((stem < 0).any()) != stem_relu


def test_a_narrow_one_has_fewer_channels_everywhere_but_in_its_stem() -> None:
    network = residual_network("resnet50", width=0.25)
    assert network.conv1.out_channels == 64
    stages = [network.layer1, network.layer2, network.layer3, network.layer4]
    assert [stage[-1].conv3.out_channels for stage in stages] == [64, 128, 256, 512]
    assert network.eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 512)


def test_what_is_none_of_them_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown residual network 'resnet20': choose one of res"):
        residual_network("resnet20")
    with torch.device("meta"):
        network = resnet50()
    with pytest.raises(ConfigError, match="last_stride is 0: choose 1 or 2"):
        adapt(network, last_stride=0, stem_relu=True)
