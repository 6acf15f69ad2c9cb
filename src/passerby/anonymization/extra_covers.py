"""Covers that a person adds to what the regions cover, each with an operator of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.patches import Patch
from passerby.anonymization.strength import Strength
from passerby.anonymization.weakness import weakness
from passerby.errors import ConfigError

__all__ = ["ExtraCover", "weakness_of_covers"]


@dataclass(frozen=True, slots=True, eq=False)
class ExtraCover:
    """Pixels that are covered whatever the regions say.

    Attributes:
        patches: Of the frame.
        operator: A name from `OPERATORS` that needs no network; None for that of the anonymizer,
            or black where that one takes whole frames.
        strength: Of the operator; None for its default.

    Raises:
        ConfigError: If the operator is unknown, or its strength does not fit.
    """

    patches: tuple[Patch, ...]
    operator: str | None = None
    strength: Strength | None = None

    def __post_init__(self) -> None:
        if self.operator is None:
            return
        operator = OPERATORS[self.operator]
        if operator.whole_frame:
            raise ConfigError(f"the operator {self.operator} covers whole frames, not one person")
        operator.check(self.strength)


def weakness_of_covers(covers: Sequence[ExtraCover]) -> str | None:
    """What is weak about any of them, if anything."""
    found = (weakness(one.operator, one.strength, None) for one in covers if one.operator)
    return next((one for one in found if one is not None), None)
