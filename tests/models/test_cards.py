"""The contract of every card; it holds for those that will be added too."""

import re
from typing import get_args

import pytest

from passerby.models.cards import MODELS, DecoderName, ModelCard, Role

CARDS = list(MODELS.values())
PINNED = re.compile(r"https://raw\.githubusercontent\.com/[\w.-]+/[\w.-]+/[0-9a-f]{40}/[\w./-]+")


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_card_is_complete(card: ModelCard) -> None:
    assert MODELS[card.name] is card
    assert re.fullmatch(r"[0-9a-f]{64}", card.sha256)
    assert re.fullmatch(r"[\w.-]+\.onnx", card.file)
    assert card.size > 0
    assert card.role in get_args(Role)
    assert card.decoder in get_args(DecoderName)
    for text in (card.licence, card.training_data, card.input):
        assert text


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_card_says_where_its_file_comes_from_for_ever(card: ModelCard) -> None:
    if card.built_in:
        assert card.url is None
    else:
        assert PINNED.fullmatch(card.url or "")


def test_no_two_cards_share_a_file() -> None:
    assert len({card.file for card in CARDS}) == len({card.sha256 for card in CARDS}) == len(CARDS)


@pytest.mark.parametrize("role", get_args(Role))
def test_every_role_has_a_model(role: Role) -> None:
    assert any(card.role == role for card in CARDS)


def test_no_network_that_can_be_fetched_binds_its_users_to_publish() -> None:
    assert [card.name for card in MODELS.values() if "GPL" in card.licence.upper()] == []
