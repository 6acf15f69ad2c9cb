"""Queries and the images found for them, row by row in one picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from passerby.errors import ConfigError, OutputError
from passerby.files.partial import ANEW, PartialFile, Permit
from passerby.sinks.tiles import Rgb, Tile, framed, write_page
from passerby.types import AnonymizedFrame

__all__ = ["ListRole", "Mark", "RankedLists"]

ListRole = Literal["query", "match", "other"]
"""What an image is in its row."""

COLOURS: dict[ListRole, Rgb] = {
    "query": (90, 90, 90),
    "match": (0, 110, 190),
    "other": (220, 110, 0),
}
"""Of the frames: blue and orange, which nearly everybody can tell apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of an image: its role, and a few words below it."""

    role: ListRole = "other"
    text: str = ""


class RankedLists:
    """Draws rows of images into one PNG: a query first, then what was found, nearest first.

    Args:
        target: A ``.png`` file.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the target is no PNG.
        OutputError: If the file cannot be made.
    """

    def __init__(self, target: Path, permit: Permit = ANEW) -> None:
        if target.suffix.lower() != ".png":
            raise ConfigError(f"{target}: ranked lists are a PNG: name a file that ends in .png")
        self._target = target
        self._rows: list[list[Tile]] = []
        self._partial = PartialFile(target, permit)

    def write(self, frame: AnonymizedFrame, mark: Mark | None = None) -> None:
        """Take the next image; a query begins a row.

        Raises:
            PrivacyError: If it is anything but coarse cells.
        """
        mark = mark or Mark()
        tile = framed(frame, COLOURS[mark.role], mark.text)
        if mark.role == "query" or not self._rows:
            self._rows.append([])
        self._rows[-1].append(tile)

    def commit(self) -> None:
        """Write the picture and give it its final name.

        Raises:
            OutputError: If no image came, or it cannot be written.
        """
        if not self._rows:
            self.abort()
            raise OutputError(f"{self._target}: there is no image to write")
        write_page(self._rows, self._target, self._partial)

    def abort(self) -> None:
        """Throw everything away."""
        self._rows.clear()
        self._partial.abort()
