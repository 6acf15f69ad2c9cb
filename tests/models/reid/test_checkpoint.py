"""A network that was written comes back with its card; nothing else is taken for it."""

from dataclasses import replace

import pytest
import torch

from passerby.errors import ModelError
from passerby.models.reid import REID_MODELS, create
from passerby.models.reid.checkpoint import load_network, read_card, save_network
from passerby.models.torch_files import write_torch

CARD = {
    "model": "bot",
    "scale": "quick",
    "num_classes": 4,
    "size": [32, 32],
    "options": {"width": 0.125},
    "seed": 3,
}


@pytest.fixture
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield create("bot", 4, scale="quick", size=(32, 32), width=0.125)


def test_a_network_comes_back_for_use(network, tmp_path):
    save_network(network, CARD, tmp_path / "model.pt")
    again = load_network(tmp_path / "model.pt")
    assert not again.training
    assert (again.name, again.size, again.origin.kind) == ("bot", (32, 32), "file")
    images = torch.randn(2, 3, 32, 32)
    assert torch.equal(again(images), network.eval()(images))
    assert read_card(tmp_path / "model.pt") == CARD


def test_a_network_does_not_depend_on_what_a_scale_becomes(network, tmp_path, monkeypatch):
    changed = replace(REID_MODELS["bot"], quick={"backbone": "resnet34"})
    card = {**CARD, "built_with": network.options}
    save_network(network, card, tmp_path / "new.pt")
    save_network(network, CARD, tmp_path / "old.pt")
    monkeypatch.setitem(REID_MODELS._entries, "bot", changed)
    images = torch.randn(2, 3, 32, 32)
    assert torch.equal(load_network(tmp_path / "new.pt")(images), network.eval()(images))
    with pytest.raises(ModelError, match="holds other weights"):
        load_network(tmp_path / "old.pt")


@pytest.mark.parametrize(
    "content", [{"network": {}}, {"card": {"model": "bot"}, "network": {}}, [1], {"card": 3}]
)
def test_what_has_no_card_is_refused(tmp_path, content):
    write_torch(tmp_path / "model.pt", content)
    for read in (read_card, load_network):
        with pytest.raises(ModelError, match=r"model\.pt is not a checkpoint of `passerby train"):
            read(tmp_path / "model.pt")


@pytest.mark.parametrize(
    "change", [{"num_classes": 5}, {"model": "pcb"}, {"options": {"width": 0.25}}]
)
def test_weights_of_another_network_or_of_other_people_are_refused(network, tmp_path, change):
    save_network(network, {**CARD, **change}, tmp_path / "model.pt")
    with pytest.raises(ModelError, match=r"model\.pt holds other weights than those of"):
        load_network(tmp_path / "model.pt")
