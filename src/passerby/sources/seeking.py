"""Opens a file at one of its frames, without decoding all before it."""

from functools import cached_property

from passerby.locations import Location
from passerby.sources import open_source
from passerby.sources.cutting import PictureTimes, picture_times
from passerby.types import Source

__all__ = ["SeekableFile"]


class SeekableFile:
    """A file of which it is known how many frames it has.

    Args:
        path: Of it.
        frames: How many were read from it. If its packets are not as many, frames cannot be found
            by counting packets, and it is always read from its beginning.
    """

    def __init__(self, path: Location, frames: int) -> None:
        self.path, self._frames = path, frames

    def open_at(self, frame: int, lead: float = 0.0) -> Source:
        """Open it so that a frame comes early.

        Args:
            frame: Its number, from 0. It is not the first that comes.
            lead: Seconds before it that are read as well.

        Raises:
            InputError: If it cannot be read.
        """
        part = None if self._times is None else self._times.part_from(frame, lead)
        return open_source(self.path, part)

    @cached_property
    def _times(self) -> PictureTimes | None:
        times = picture_times(self.path)
        return times if times is not None and times.frames == self._frames else None
