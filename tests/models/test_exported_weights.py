"""A network that starts from an exported one says the same, and can learn on."""

import numpy as np
import onnxruntime
import pytest
import torch

from passerby.errors import ModelError
from passerby.models.detectors.people import PeopleNetwork
from passerby.models.exported_weights import restore
from passerby.train.detector.export import export_detector

SMALL = {"widths": (8, 8, 16, 16, 16), "depths": (1, 1, 1, 1), "neck": 8}


def pictures(seed, count=8):
    noise = np.random.default_rng(seed).uniform(0, 255, (count, 3, 64, 96))
    return torch.from_numpy(noise.astype(np.float32))


@pytest.fixture(scope="module", params=[True, False], ids=["half", "full"])
def exported(request, tmp_path_factory):
    """A file of random weights and of statistics that differ from channel to channel."""
    torch.manual_seed(3)
    network = PeopleNetwork(**SMALL).train()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 2)
            torch.nn.init.uniform_(layer.bias, -0.5, 0.5)
            layer.momentum = None
    with torch.no_grad():
        network(pictures(0))
    path = tmp_path_factory.mktemp("models") / "network.onnx"
    export_detector(network, path, half=request.param)
    return path


def restored(path):
    torch.manual_seed(4)
    network = PeopleNetwork(**SMALL).train()
    restore(network, path, pictures(1))
    return network


def test_it_says_what_the_file_says_of_pictures_that_it_has_not_seen(exported):
    network, unseen = restored(exported).eval(), pictures(2, 1)
    session = onnxruntime.InferenceSession(str(exported))
    expected = session.run(None, {"images": unseen.numpy()})
    with torch.no_grad():
        said = network(unseen)
    for own, wanted in zip(said, expected, strict=True):
        np.testing.assert_allclose(own.numpy(), wanted, rtol=1e-3, atol=1e-4)


def test_in_training_it_says_nearly_the_same(exported):
    """Of the pictures whose means and variances it got, it says just the same."""
    network = restored(exported)
    assert network.training
    with torch.no_grad():
        using = network.eval()(pictures(1)).scores
        learning = network.train()(pictures(1)).scores.sigmoid()
    torch.testing.assert_close(learning, using, rtol=1e-3, atol=1e-4)


def test_every_normalisation_normalises(exported):
    """Its means and variances are those of what it is given."""
    network, seen = restored(exported), {}
    for name, layer in network.named_modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.register_forward_hook(
                lambda layer, given, _, name=name: seen.update({name: (layer, given[0])})
            )
    with torch.no_grad():
        network.eval()(pictures(1))
    assert len(seen) > 10
    for layer, given in seen.values():
        mean, variance = given.mean((0, 2, 3)), given.var((0, 2, 3), unbiased=False)
        torch.testing.assert_close(layer.running_mean, mean, rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(layer.running_var, variance, rtol=1e-3, atol=1e-3)


def test_it_can_be_exported_again(exported, tmp_path):
    export_detector(restored(exported), tmp_path / "again.onnx", half=False)
    given = {"images": pictures(2, 1).numpy()}
    first, second = (
        onnxruntime.InferenceSession(str(path)).run(None, given)
        for path in (exported, tmp_path / "again.onnx")
    )
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-3)


def test_a_file_of_another_network_is_refused(exported):
    with pytest.raises(
        ModelError, match=r"network\.onnx does not hold the weights of this network"
    ):
        restore(PeopleNetwork(**SMALL | {"neck": 16}).train(), exported, pictures(1))


def test_what_is_no_network_is_refused(tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("no network", encoding="utf-8")
    with pytest.raises(ModelError, match=r"text\.onnx"):
        restore(PeopleNetwork(**SMALL).train(), path, pictures(1))
