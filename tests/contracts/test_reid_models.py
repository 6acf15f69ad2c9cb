"""What every network for re-identification must keep."""

from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from passerby.errors import ConfigError
from passerby.models.cards import Scale
from passerby.models.reid import REID_MODELS, Output, ReidNetwork, create, export_network

PEOPLE = 5
NAMES = list(REID_MODELS)

PUBLISHED = {
    # He et al.: 25,557,032 with ImageNet's classifier of 2,049,000; neck and classifier are new.
    "bot": (2048, 25_557_032 - 2_049_000 + 2 * 2048 + 2048 * 751),
    # The same trunk; six reductions to 256 features with their normalisation, six classifiers.
    "pcb": (12_288, 23_508_032 + 6 * (2048 * 256 + 2 * 256) + 6 * (256 * 751 + 751)),
    "pcb-shared": (12_288, 23_508_032 + (2048 * 256 + 2 * 256) + 6 * (256 * 751 + 751)),
    "pcb-rpp": (12_288, 23_508_032 + 6 * (2048 * 256 + 2 * 256) + 6 * (256 * 751 + 751 + 2048)),
    # Counted in Torchreid f8cd150 with 751 people.
    "mlfn": (1024, 33_242_799),
    "hacnn": (1024, 3_699_638),
    "resnet50mid": (3072, 30_013_231),
    "mudeep": (4096, 138_017_151),
    "osnet-x1.0": (512, 2_554_771),
    "osnet-x0.25": (512, 587_127),
    # MobileNetV2 has 3,504,872; without its classifier, its last convolution and its last block.
    "mobilenet-v2": (
        256,
        (3_504_872 - 1_281_000 - 412_160 - 473_920)
        + (160 * 320 + 2 * 320 + 2 * 320 + 320 * 256 + 256 + 256 * 751),
    ),
    # MobileNet of 1,000 classes has 4,231,976; instead of them it compares 1,024 features.
    "siamese-mobilenet": (1024, 4_231_976 - 1_025_000 + 1_025),
}
"""Length of signatures, and number of parameters with the 751 people of Market-1501."""


@pytest.fixture(autouse=True)
def one_thread_and_one_seed() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield
    torch.set_num_threads(threads)


def small(name: str, scale: Scale = "quick") -> ReidNetwork:
    """A network with few channels for images of either size."""
    return create(name, PEOPLE, scale="quick", size=REID_MODELS[name].configuration(scale)[0])


def images_for(network: ReidNetwork, count: int = 2) -> Tensor:
    return torch.randn(count, 3, *network.size)


def loss_of(network: ReidNetwork, output: Output) -> Tensor:
    """A loss that everything in an output takes part in, weighed at random."""
    loss = sum((torch.randn_like(one) * one).sum() for one in (*output.logits, *output.features))
    if not output.logits:
        (features,) = output.features
        loss = loss + network.compare(features[:1], features[1:]).sum()
    return loss


def test_all_that_were_published_are_here() -> None:
    assert set(PUBLISHED) == set(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_signatures_and_parameters_are_as_many_as_published(name: str) -> None:
    with torch.device("meta"):
        network = create(name, 751)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert (network.dimension, parameters) == PUBLISHED[name]
    assert REID_MODELS[name].dimension == network.dimension


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["paper", "quick"])
@pytest.mark.parametrize("name", NAMES)
def test_signatures_have_the_length_that_is_promised(name: str, scale: Scale) -> None:
    network = small(name, scale).eval()
    signatures = network(images_for(network, 3))
    assert signatures.shape == (3, network.dimension)
    assert signatures.isfinite().all()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_training_gives_logits_of_each_classifier_and_features(name: str) -> None:
    network = small(name)
    output = network(images_for(network))
    assert isinstance(output, Output)
    assert {tuple(logits.shape) for logits in output.logits} <= {(2, PEOPLE)}
    assert bool(output.logits) == ("identity" in REID_MODELS[name].losses)
    assert output.features
    assert all(features.dim() == 2 and len(features) == 2 for features in output.features)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_learns_and_no_gradient_is_infinite(name: str) -> None:
    network = small(name)
    loss_of(network, network(images_for(network))).backward()
    learning = [(name, one) for name, one in network.named_parameters() if one.requires_grad]
    assert [name for name, one in learning if one.grad is None] == []
    assert [name for name, one in learning if not one.grad.isfinite().all()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_in_use_a_signature_depends_on_its_image_alone(name: str) -> None:
    network = small(name).eval()
    state = {name: value.clone() for name, value in network.state_dict().items()}
    images = images_for(network)
    with torch.no_grad():
        together, alone = network(images), torch.cat([network(image[None]) for image in images])
    assert (together - alone).norm() < 1e-5 * together.norm()
    assert (together[0] - together[1]).norm() > 1e-3 * together.norm()
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize("name", NAMES)
def test_in_training_statistics_of_the_batch_are_used_and_kept(name: str) -> None:
    network = small(name)
    norms = [one for one in network.modules() if isinstance(one, nn.modules.batchnorm._BatchNorm)]
    images = images_for(network, 3)
    with torch.no_grad():
        first = network(images).features[0][0]
        among_others = network(torch.cat([images[:1], 3 * images[1:]])).features[0][0]
    assert not torch.allclose(first, among_others, atol=1e-5)
    assert norms
    assert all(one.num_batches_tracked > 0 for one in norms)


@pytest.mark.parametrize("name", NAMES)
def test_onnx_says_the_same_as_torch(name: str, tmp_path: Path) -> None:
    network = small(name)
    network(images_for(network))  # so that batch normalisation does something
    export_network(network, tmp_path / "network.onnx")
    assert network.training
    images = images_for(network, 3)
    with torch.no_grad():
        expected = network.eval()(images).numpy()
    session = onnxruntime.InferenceSession(tmp_path / "network.onnx")
    (signatures,) = session.run(["signatures"], {"images": images.numpy()})
    assert signatures.shape == (3, network.dimension)
    assert abs(signatures - expected).max() < 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_draws_the_same_weights(name: str) -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(1)
        states.append(small(name).state_dict())
    assert all(torch.equal(value, states[1][key]) for key, value in states[0].items())


@pytest.mark.parametrize("name", NAMES)
def test_images_of_another_shape_are_refused(name: str) -> None:
    network = small(name)
    with pytest.raises(ConfigError, match=rf"^{name} takes images of shape \(B, 3, 128, 64\), not"):
        network(torch.zeros(2, 3, 64, 128))


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_it_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(
        ConfigError, match=rf"^{name} has no option 'colour': choose one of .*width"
    ):
        create(name, PEOPLE, colour="red")
