import pytest
import torch
from torchvision.models import mobilenet_v2

from passerby.errors import ConfigError
from passerby.models.reid import create


def test_the_trunk_computes_what_torchvision_does_with_the_same_weights():
    network = create("mobilenet-v2", 2, size=(64, 64), last_stride=2).eval()
    published = mobilenet_v2(weights=None).eval()
    network.backbone.load_state_dict(published.state_dict(), strict=False)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(network.backbone(images), published.features[:17](images))


def test_a_last_stride_of_one_makes_maps_of_twice_the_height_and_width():
    sizes = [
        tuple(create("mobilenet-v2", 2, scale="quick", last_stride=stride).backbone(zeros).shape)
        for stride in (1, 2)
        for zeros in [torch.zeros(1, 3, 128, 64)]
    ]
    assert sizes == [(1, 160, 8, 4), (1, 160, 4, 2)]


def test_signatures_are_a_dense_layer_over_mean_and_maximum():
    network = create("mobilenet-v2", 2, size=(64, 32), dimension=3).eval()
    images = torch.randn(2, 3, 64, 32)
    with torch.no_grad():
        maps = network.expansion(network.backbone(images))
        pooled = torch.stack([one.mean() + one.max() for one in maps.flatten(0, 1)])
        norm, dense = network.embedding
        expected = dense(norm(pooled.view(2, 320)))
        torch.testing.assert_close(network(images), expected)


def test_frozen_layers_keep_their_weights_and_statistics():
    network = create("mobilenet-v2", 4, size=(64, 32), frozen=7).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0, weight_decay=0.1)
    (features,) = network(torch.randn(4, 3, 64, 32)).features
    features.square().sum().backward()
    optimizer.step()
    frozen = tuple(f"backbone.features.{number}." for number in range(7))
    changed = {
        name for name, value in network.state_dict().items() if not torch.equal(value, before[name])
    }
    assert not [name for name in changed if name.startswith(frozen)]
    assert {"backbone.features.7.conv.0.0.weight", "expansion.0.weight"} <= changed
    assert "backbone.features.7.conv.0.1.running_mean" in changed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"last_stride": 4}, "last_stride is 4"),
        ({"frozen": 18}, "frozen is 18: choose 0 to 17"),
        ({"dimension": 0}, "dimension 0: all must be above 0"),
        ({"width": -1.0}, "width is -1.0"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        create("mobilenet-v2", 2, **options)
