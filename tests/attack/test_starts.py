from pathlib import Path

import pytest
import torch

from passerby.attack.describing import CachedDescriber
from passerby.attack.starts import STARTS, parrot_starts, started_network
from passerby.errors import ConfigError
from passerby.models.reid import create
from passerby.signatures.opening import default_model, open_describer


@pytest.fixture(scope="module")
def signature():
    return CachedDescriber(open_describer(default_model()), threads=1)


def test_starts_are_given_by_name(tmp_path):
    weights = tmp_path / "weights.pth"
    weights.touch()
    given = parrot_starts(["osnet=reid-0248", f"mobilenet={weights}"])
    assert given == {"osnet": "reid-0248", "mobilenet": str(weights)}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["osnet"], "starts no network"),
        (["resnet=reid-0248"], "signature=MODEL, osnet=MODEL, mobilenet=MODEL"),
        (["osnet=reid-0248", "osnet=reid-0288"], "two models"),
        (["osnet=missing.pth"], "no file missing.pth"),
    ],
)
def test_what_starts_nothing_is_refused(asked, message):
    with pytest.raises(ConfigError, match=message):
        parrot_starts(asked)


def test_the_signature_network_has_no_file_of_torch_weights(tmp_path: Path):
    weights = tmp_path / "weights.pth"
    weights.touch()
    with pytest.raises(ConfigError, match="a model or an ONNX file"):
        parrot_starts([f"signature={weights}"])


def test_the_signature_network_starts_as_it_is(signature):
    network = started_network("signature", {}, signature)
    assert network.size == signature.size
    assert sum(one.numel() for one in network.parameters()) > 1_000_000


def test_a_start_may_be_any_model_that_makes_signatures(signature):
    network = started_network("osnet", {"osnet": default_model()}, signature)
    assert network.name == signature.path.name


def test_weights_of_torch_fill_the_architecture(signature, tmp_path):
    first = create("mobilenet-v2", 2, size=(128, 64))
    path = tmp_path / "weights.pth"
    torch.save(first.backbone.state_dict(), path)
    network = started_network("mobilenet", {"mobilenet": str(path)}, signature)
    name, wanted = next(iter(first.backbone.state_dict().items()))
    assert torch.equal(network.backbone.state_dict()[name], wanted)
    assert set(STARTS) == {"signature", "osnet", "mobilenet"}
