"""How strongly an operator works: a number and what it counts."""

import math
import re
from dataclasses import dataclass
from typing import Literal, Self, cast

from passerby.errors import ConfigError

__all__ = ["Strength", "Unit"]

Unit = Literal["px", "%", ""]
"""Pixels, per cent of what the operator names, or a plain number."""

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*(px|%|)")
_FRACTION = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
_LARGEST = 10_000.0


@dataclass(frozen=True, slots=True)
class Strength:
    """A strength, as in ``15px``, ``12.5%`` or ``6``; each operator says which it takes.

    Attributes:
        value: Greater than 0, at most 10,000.
        unit: What the value counts.

    Raises:
        ConfigError: If the value is out of range or the unit is unknown.

    Example:
        >>> str(Strength(15, "px"))
        '15px'
    """

    value: float
    unit: Unit = ""

    def __post_init__(self) -> None:
        if self.unit not in ("px", "%", ""):
            raise ConfigError(f"unknown unit {self.unit!r} of a strength: use px, % or none")
        if not (math.isfinite(self.value) and 0 < self.value <= _LARGEST):
            raise ConfigError(
                f"a strength must be above 0 and at most {_LARGEST:g}, not {self.value}"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``15px``, ``12.5%``, ``1/8`` (that is 12.5 %) or ``6``.

        Raises:
            ConfigError: If the text is none of these.

        Example:
            >>> Strength.parse("1/8")
            Strength(value=12.5, unit='%')
        """
        text = text.strip()
        if number := _NUMBER.fullmatch(text):
            return cls(float(number[1]), cast("Unit", number[2]))
        if (fraction := _FRACTION.fullmatch(text)) and int(fraction[2]) > 0:
            return cls(100 * int(fraction[1]) / int(fraction[2]), "%")
        raise ConfigError(f"cannot read the strength {text!r}: write 15px, 12.5%, 1/8 or 6")

    def pixels(self, length: float) -> float:
        """The strength in pixels, where per cent are those of ``length`` pixels."""
        return self.value / 100 * length if self.unit == "%" else self.value

    def __str__(self) -> str:
        return f"{self.value:g}{self.unit}"
