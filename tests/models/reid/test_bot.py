import pytest
import torch
from torch.nn import functional

from passerby.models.reid import ReidNetwork, create


def network(**options: object) -> ReidNetwork:
    return create("bot", 6, size=(64, 32), backbone="resnet18", width=0.25, **options)


def images(count: int = 4) -> torch.Tensor:
    return torch.randn(count, 3, 64, 32)


def test_the_neck_has_no_shift_to_learn_and_the_classifier_no_bias() -> None:
    made = network()
    assert not made.neck.bias.requires_grad
    assert float(made.neck.bias.detach().abs().max()) == 0
    assert made.neck.weight.requires_grad
    assert made.classifier.bias is None
    assert float(made.classifier.weight.detach().std()) == pytest.approx(0.001, rel=0.1)


def test_the_classifier_sees_what_comes_after_the_neck_metric_losses_what_comes_before() -> None:
    made = network()
    output = made(images())
    (feature,) = output.features
    mean, variance = feature.mean(0), feature.var(0, unbiased=False)
    normalised = (feature - mean) / (variance + 1e-5).sqrt()
    expected = functional.linear(normalised, made.classifier.weight)
    torch.testing.assert_close(output.logits[0], expected)


def test_signatures_come_from_after_the_neck_or_before_it() -> None:
    after = network().eval()
    before = network(neck="before").eval()
    before.load_state_dict(after.state_dict())
    after.neck.running_var.fill_(4.0)
    seen = images()
    torch.testing.assert_close(after(seen), before(seen) / 4.00001**0.5)


def test_without_a_neck_the_classifier_has_a_bias_and_sees_the_feature() -> None:
    made = network(neck="none")
    output = made(images())
    torch.testing.assert_close(output.logits[0], made.classifier(output.features[0]))
    assert made.classifier.bias is not None


def test_last_stride_and_stem_reach_the_backbone() -> None:
    assert network().backbone.layer4[0].conv1.stride == (1, 1)
    assert network(last_stride=2).backbone.layer4[0].conv1.stride == (2, 2)
    assert isinstance(network(stem_relu=False).backbone.relu, torch.nn.Identity)
