"""What comes with passerby tells how it was made, and that it may be given away."""

import numpy as np
import onnx
import pytest

from passerby.detection.people import PeopleDetector
from passerby.detections import Kind
from passerby.models.cards import MODELS, ModelCard
from passerby.models.lookup import locate, model_sha256
from passerby.models.training_card import training_card
from passerby.train.detector.collections import COLLECTIONS

BUILT_IN = [card for card in MODELS.values() if card.built_in]


@pytest.fixture(autouse=True)
def _package_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other folder of models has a say."""
    monkeypatch.delenv("PASSERBY_MODELS", raising=False)


@pytest.mark.parametrize("card", BUILT_IN, ids=lambda card: card.name)
def test_a_built_in_network_is_here_whole_and_says_how_it_was_made(card: ModelCard) -> None:
    path = locate(card.name)
    trained = training_card(card)
    assert trained is not None
    assert (trained["sha256"], trained["size"]) == (model_sha256(path), path.stat().st_size)
    assert (card.sha256, card.size, card.licence) == (
        trained["sha256"],
        trained["size"],
        trained["licence"],
    )
    for told in ("command", "commit", "machine", "date", "figures"):
        assert trained[told]
    assert trained["seed"] == trained["settings"]["seed"]


@pytest.mark.parametrize("card", BUILT_IN, ids=lambda card: card.name)
def test_what_ships_learned_from_nothing_that_is_for_research_only(card: ModelCard) -> None:
    trained = training_card(card)
    assert trained is not None
    assert trained["ships"] is True
    names = [one["name"] for one in trained["collections"]]
    assert names or trained["synthetic"]
    assert all(COLLECTIONS[name].ships for name in names)


def test_of_a_network_of_other_makers_there_is_no_more_to_tell() -> None:
    assert training_card(MODELS["yolox-nano"]) is None


def test_people_and_heads_are_found_out_of_the_box() -> None:
    assert PeopleDetector().kinds == {Kind.PERSON, Kind.HEAD}


def test_it_is_as_small_as_promised() -> None:
    path = locate("passerby-people")
    assert path.stat().st_size <= 4_000_000
    weights = sum(np.prod(one.dims) for one in onnx.load(path).graph.initializer)
    assert weights <= 1_100_000
