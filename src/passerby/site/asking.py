"""Asks what a new site consists of."""

from collections.abc import Callable
from typing import TypeVar

from passerby.config import validated
from passerby.errors import ConfigError
from passerby.matching.camera_graph import CameraNeighbours
from passerby.site.new import TRAVEL, NewSite, parse_camera
from passerby.site.settings import SiteSettings

__all__ = ["Ask", "ask_site"]

Ask = Callable[[str], str]
"""Puts a question to somebody; returns their answer."""

_Answer = TypeVar("_Answer")

_NONE = "-"


def ask_site(ask: Ask, tell: Callable[[str], None]) -> NewSite:
    """Ask for cameras, neighbours, travel times, time zone and retention.

    A question whose answer cannot be used is asked again.

    Args:
        ask: Puts a question.
        tell: Told what is asked for, and what is wrong with an answer.
    """
    dialogue = _Dialogue(ask, tell)
    tell("Cameras, in the order in which people walk past them, as hall=hall.mp4 or")
    tell("stairs=rtsp://192.168.1.20/main; an empty answer ends the list.")
    cameras: list[tuple[str, str]] = []
    while (camera := dialogue.camera(cameras)) is not None:
        cameras.append(camera)
    neighbours: list[CameraNeighbours] = []
    for place, (name, _) in enumerate(cameras):
        neighbours += dialogue.neighbours(name, [known for known, _ in cameras[:place]])
    zone = dialogue.setting(cameras, "time_zone", "Time zone in which hours are shown", "UTC")
    days = dialogue.setting(cameras, "retention_days", "Days for which tracks are kept", "3")
    return NewSite(tuple(cameras), tuple(neighbours), zone.time_zone, days.retention_days)


class _Dialogue:
    def __init__(self, ask: Ask, tell: Callable[[str], None]) -> None:
        self._ask, self._tell = ask, tell

    def _until(self, question: str, default: str, read: Callable[[str], _Answer]) -> _Answer:
        """Ask until the answer can be read."""
        shown = f"{question} [{default}]: " if default else f"{question}: "
        while True:
            try:
                return read(self._ask(shown).strip() or default)
            except ConfigError as error:
                self._tell(str(error))

    def camera(self, known: list[tuple[str, str]]) -> tuple[str, str] | None:
        """The next camera; None if there is no more."""

        def read(text: str) -> tuple[str, str] | None:
            if not text and known:
                return None
            if not text:
                raise ConfigError("a site has at least one camera: name it, as in hall=FILE")
            camera = parse_camera(text)
            if camera[0] in dict(known):
                raise ConfigError(f"there is a camera {camera[0]} already: choose another name")
            return camera

        return self._until(f"Camera {len(known) + 1}", "", read)

    def neighbours(self, name: str, before: list[str]) -> list[CameraNeighbours]:
        """From which of the cameras before people come to this one, and how long it takes."""
        if not before:
            return []

        def read(text: str) -> list[str]:
            names = [] if text == _NONE else [one.strip() for one in text.split(",")]
            for one in names:
                if one not in before:
                    known = ", ".join(before)
                    raise ConfigError(f"{one!r} is none of {known}: name some of them, or {_NONE}")
            return list(dict.fromkeys(names))

        question = f"Neighbours of {name}, between which and it nobody passes another camera"
        first = self._until(f"{question}; {_NONE} for none", before[-1], read)
        return [self.travel(one, name) for one in first]

    def travel(self, first: str, second: str) -> CameraNeighbours:
        """How long it takes from one camera to another."""

        def read(text: str) -> CameraNeighbours:
            values = {"cameras": (first, second), "travel_seconds": tuple(text.split())}
            return validated(CameraNeighbours, values, "seconds, as in 4 25")

        question = (
            f"Seconds from {first} to {second}, at least and at most; below 0 if views overlap"
        )
        return self._until(question, f"{TRAVEL[0]:g} {TRAVEL[1]:g}", read)

    def setting(
        self, cameras: list[tuple[str, str]], key: str, question: str, default: str
    ) -> SiteSettings:
        """A site with one more setting."""
        named = [{"name": name, "source": source} for name, source in cameras]

        def read(text: str) -> SiteSettings:
            return validated(SiteSettings, {"cameras": named, key: text}, "this does not fit")

        return self._until(question, default, read)
