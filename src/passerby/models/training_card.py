"""What is known about the training of a network that comes with passerby."""

import json
from typing import Any

from passerby.models.cards import ModelCard
from passerby.models.lookup import locate

__all__ = ["training_card"]


def training_card(card: ModelCard) -> dict[str, Any] | None:
    """Read what lies beside a built-in network: its data, command, seed, date and figures.

    Returns:
        None for a network of other makers, of whose training its card says all that we know.

    Raises:
        ModelError: If the network is missing or is not the one that its card describes.
    """
    if not card.built_in:
        return None
    path = locate(card.name).with_suffix(".json")
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record
