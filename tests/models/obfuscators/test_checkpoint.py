"""An obfuscator that was written comes back with its card; nothing else is taken for it."""

import json

import pytest
import torch

from passerby.errors import ModelError
from passerby.models.obfuscators import OBFUSCATORS, read_obfuscator, write_obfuscator
from passerby.models.torch_files import read_torch, write_torch


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_a_network_comes_back_for_use(name, drawn, tmp_path):
    network = drawn(name)
    write_obfuscator(tmp_path / "model.pt", network, {"seed": 3})
    again, card = read_obfuscator(tmp_path / "model.pt")
    assert not again.training
    assert again.name == name
    images = torch.rand(2, 3, 24, 32)
    with torch.no_grad():
        assert torch.equal(again(images), network(images))
    assert json.loads(json.dumps(card)) == card
    assert (card["seed"], card["architecture"]) == (3, name)


@pytest.mark.parametrize(
    "content",
    [{"network": {}}, {"card": {"architecture": "shuffle"}, "network": {}}, [1], {"card": 3}],
)
def test_what_has_no_card_is_refused(tmp_path, content):
    write_torch(tmp_path / "model.pt", content)
    with pytest.raises(ModelError, match=r"model\.pt is not a checkpoint of an obfuscator"):
        read_obfuscator(tmp_path / "model.pt")


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ({"architecture": "mosaic"}, "unknown obfuscator 'mosaic'"),
        ({"options": {"width": 2}}, "shuffle has no option 'width'"),
        ({"options": {"channels": 9, "depth": 2}}, "holds other weights than those of shuffle"),
        ({"architecture": "u-net", "options": {}}, "holds other weights than those of u-net"),
    ],
)
def test_weights_of_another_architecture_are_refused(card, message, drawn, tmp_path):
    path = tmp_path / "model.pt"
    write_obfuscator(path, drawn("shuffle"), {})
    content = read_torch(path)
    content["card"].update(card)
    write_torch(path, content)
    with pytest.raises(ModelError, match=message) as caught:
        read_obfuscator(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(value, drawn, tmp_path):
    network = drawn("shuffle")
    with torch.no_grad():
        network.leave.bias[0] = value
    write_obfuscator(tmp_path / "model.pt", network, {})
    with pytest.raises(ModelError, match=r"the weights leave\.bias are NaN or infinite"):
        read_obfuscator(tmp_path / "model.pt")


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.pt"):
        read_obfuscator(tmp_path / "gone.pt")
