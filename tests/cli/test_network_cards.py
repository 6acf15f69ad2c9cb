"""The page with the cards of our networks: it is what the cards say, and says all of it."""

import json
from pathlib import Path

import pytest

from passerby.cli.network_cards import network_cards
from passerby.models.cards import MODELS
from passerby.models.lookup import locate

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cards.md"
OURS = [card for card in MODELS.values() if card.built_in]


def test_the_page_is_what_is_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == network_cards(), "run `make golden`"


@pytest.mark.parametrize("card", OURS, ids=[card.name for card in OURS])
def test_each_source_of_each_network_is_named_with_its_licence(card) -> None:  # type: ignore[no-untyped-def]
    record = json.loads(locate(card.name).with_suffix(".json").read_text(encoding="utf-8"))
    section = network_cards().split(f"\n## {card.name}\n", 1)[1].split("\n## ", 1)[0]
    for one in (*record["collections"], *record.get("clips", ()), *record.get("teachers", ())):
        (row,) = [row for row in section.splitlines() if row.startswith(f"| {one['name']}")]
        assert one["source"] in row
        assert row.endswith(f"| {one['licence']} |")
    assert card.sha256 in section
    assert record["ships"]
