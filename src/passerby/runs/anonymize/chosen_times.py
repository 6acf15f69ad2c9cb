"""Times that the user chose to cover, to leave or to mute: whether any frame lies in them."""

from collections.abc import Iterator

from passerby.pipeline.settings import CoverSettings
from passerby.time_range import TimeRange

__all__ = ["ChosenTimes"]


class ChosenTimes:
    """Watches the frames of one input go by.

    Args:
        cover: What the user chose to cover and to leave.
        muted: When the sound is silent.
    """

    def __init__(self, cover: CoverSettings, muted: tuple[str, ...] = ()) -> None:
        chosen = {
            "--cover-time": cover.cover_time,
            "--leave-time": cover.leave_time,
            "--mute-span": muted,
        }
        self._unmet = {
            (option, text): TimeRange.parse(text) for option in chosen for text in chosen[option]
        }
        self._last: float | None = None
        self._is_timeless = False

    def add(self, time: float | None) -> None:
        """Take the time of the next frame; None where time means nothing."""
        self._is_timeless |= time is None
        if time is not None:
            self._last = time
            self._unmet = {key: one for key, one in self._unmet.items() if time not in one}

    @property
    def unmet(self) -> tuple[str, ...]:
        """The ranges in which no frame lay.

        Of frames without a time `--cover-time` covers all, and `--leave-time` leaves none.
        """
        if self._last is None and not self._is_timeless:
            return ()
        told = self._unmet if self._last is not None else [*self._leaving]
        return tuple(f"{text} ({option})" for option, text in told)

    @property
    def _leaving(self) -> Iterator[tuple[str, str]]:
        return (key for key in self._unmet if key[0] == "--leave-time")

    def notes(self) -> tuple[str, ...]:
        """What the user should know about them, if there are any."""
        if not self.unmet:
            return ()
        if self._last is None:
            return (f"a picture has no time: {', '.join(self.unmet)} leaves nothing uncovered",)
        note = (
            f"no frame lies in {', '.join(self.unmet)}: times count from the first picture, and "
            f"the last is at {_shown(self._last or 0)}"
        )
        return (note,)


def _shown(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:05.2f}" if hours else f"{minutes}:{rest:05.2f}"
