"""A learned obfuscator: a network turns the whole frame into another one."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from passerby.anonymization.operators.operator import OPERATORS, Operator
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.errors import ConfigError
from passerby.types import Image

__all__ = ["LEARNED", "FrameNetwork", "learned_operator", "learned_weakness"]

LEARNED = "learned"
"""Name of the operator."""

MOST_EXPLAINED = 0.1
"""Share of the variance of people's pixels that a fresh attacker may explain, if they are hidden
..."""
MOST_RECOGNISED = 0.55
"""... and the area under its curve when it tells people apart; 0.5 is chance."""


class FrameNetwork(Protocol):
    """A network that obfuscates whole frames.

    Attributes:
        card: What is known about it. ``fresh_attackers`` holds what attackers got out of it that
            were trained after it was finished: ``explained_variance`` of people's pixels, and
            ``reid_auc``, how well they tell people apart.
    """

    @property
    def card(self) -> Mapping[str, Any]:
        """What is known about it."""
        ...

    def __call__(self, image: Image) -> Image:
        """Turn a frame of any size into another one of the same size."""
        ...


def learned_operator(network: FrameNetwork) -> Operator:
    """The operator that applies a network to whole frames, whatever the patch is."""

    def apply(image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
        return network(image)[patch.area]

    hides = learned_weakness(network) is None
    return replace(OPERATORS[LEARNED], apply=apply, hides=hides)


def learned_weakness(network: FrameNetwork | None) -> str | None:
    """Say in one line why people may be recognised in what a network makes; None if it hides them.

    Args:
        network: None where it is not known which one it is.
    """
    if network is None:
        return "learned hides no more than its network does, which is not known here"
    tested = network.card.get("fresh_attackers")
    figures = [
        tested.get(name) if isinstance(tested, Mapping) else None
        for name in ("explained_variance", "reid_auc")
    ]
    if not all(isinstance(one, float | int) and math.isfinite(one) for one in figures):
        return (
            "the obfuscator's card says nothing of fresh attackers: it is not known to hide anybody"
        )
    explained, auc = (float(one) for one in figures if one is not None)
    recognised = max(auc, 1 - auc)
    if explained <= MOST_EXPLAINED and recognised <= MOST_RECOGNISED:
        return None
    return (
        f"a fresh attacker explains {explained:.0%} of the variance of people's pixels in what the "
        f"obfuscator makes, and tells people apart with an AUC of {recognised:.2f}"
    )


def _without_network(_image: Image, _patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    raise ConfigError("the operator learned needs a network: name one with --model")


OPERATORS.add(
    LEARNED,
    Operator(
        summary="A network that you name turns the whole frame into another one.",
        apply=_without_network,
        hides=False,
        whole_frame=True,
    ),
)
