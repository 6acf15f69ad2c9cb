"""Zones that the user chose to cover or to leave: whether they lie in the picture."""

from passerby.anonymization.zones import Action, Zone
from passerby.pipeline.settings import CoverSettings

__all__ = ["ChosenZones"]


class ChosenZones:
    """Compares zones with the size of one input.

    Args:
        cover: What the user chose.
        width: Of the input, as it is shown.
        height: Likewise.

    Attributes:
        unmet: Those in which no pixel lies, with the option that names them.
        clipped: Those that reach out of the picture.
    """

    def __init__(self, cover: CoverSettings, width: int, height: int) -> None:
        self._size = f"{width}x{height}"
        chosen: dict[Action, tuple[str, ...]] = {
            "cover": cover.cover_zone,
            "leave": cover.leave_zone,
        }
        zones = {
            f"{text} (--{action}-zone)": Zone.parse(text, action)
            for action in chosen
            for text in chosen[action]
        }
        self.unmet = tuple(
            text for text, zone in zones.items() if not zone.mask(width, height).any()
        )
        self.clipped = tuple(
            text
            for text, zone in zones.items()
            if text not in self.unmet and zone.reaches_out(width, height)
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about them."""
        unmet = (
            f"no pixel of {self._size} lies in the zone {text}: name corners inside, in pixels or "
            "in shares of the picture"
            for text in self.unmet
        )
        clipped = (
            f"the zone {text} reaches out of {self._size} pixels: it ends at their edge"
            for text in self.clipped
        )
        return (*unmet, *clipped)
