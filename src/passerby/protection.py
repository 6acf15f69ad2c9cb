"""What was done to hide the people in a frame, and whether it hides them."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["BLACK", "CELLS", "UNKNOWN", "Protection", "Search"]

Search = Literal["looked for", "given", "not needed"]
"""How people were found: by detectors, by whoever gave their boxes, or not at all, because what is
covered does not depend on where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What was done to a frame.

    Attributes:
        regions: Names of the regions that were covered; none of a preset.
        operator: Name of what covered them; None of a preset.
        strength: Of the operator, as in ``15px``; None for its default.
        preset: A name, in place of regions, operator and strength.
        search: How people were found.
        weakness: Why somebody may be recognised all the same, in one line; None if whoever was
            found is hidden.
    """

    regions: tuple[str, ...] = ()
    operator: str | None = None
    strength: str | None = None
    preset: str | None = None
    search: Search
    weakness: str | None = None


BLACK = Protection(regions=("frame",), operator="blackout", search="not needed")
"""The whole frame is black."""

CELLS = Protection(regions=("frame",), operator="pixelate", strength="8", search="not needed")
"""The whole frame is 8x8 cells, each in its mean colour: even a face that fills it has neither eyes
nor a mouth (decision 7)."""

UNKNOWN = Protection(search="given", weakness="it is not known what was done to it")
