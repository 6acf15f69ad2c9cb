"""The newest pictures of cameras, for all browsers that show them: one thread a camera."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import sleep

from passerby.errors import PasserbyError
from passerby.site.live_view import LivePicture, LivePlace, live_pictures

__all__ = ["LiveCameras", "Watching"]

_PAUSE = 1.0
"""Seconds after which a camera that is out of reach is tried again."""


@dataclass(eq=False)
class Watching:
    """One browser that shows cameras.

    Attributes:
        cameras: Their names.
        news: Set when there is a picture that it has not taken.
    """

    cameras: frozenset[str]
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _newest: dict[str, LivePicture] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def show(self, camera: str, picture: LivePicture) -> None:
        """Let a picture be the newest of its camera; one that was not taken is forgotten."""
        with self._lock:
            self._newest[camera] = picture
        self.loop.call_soon_threadsafe(self.news.set)

    def take(self, cameras: Collection[str]) -> Mapping[str, LivePicture]:
        """Return the newest pictures of some cameras, those that were not taken yet."""
        self.news.clear()
        with self._lock:
            return {one: self._newest.pop(one) for one in cameras if one in self._newest}


class LiveCameras:
    """Reads each camera once, however many browsers show it, and none that nobody shows.

    Args:
        place: Says where the pictures of a camera can be had.
    """

    def __init__(self, place: Callable[[str], LivePlace]) -> None:
        self._place = place
        self._lock = Lock()
        self._watching: list[Watching] = []
        self._read: set[str] = set()

    @contextmanager
    def watched(self, cameras: Collection[str]) -> Iterator[Watching]:
        """Show cameras in a browser, until the block ends. Called in the loop of its socket."""
        one = Watching(frozenset(cameras), asyncio.get_running_loop())
        with self._lock:
            self._watching.append(one)
            begun = one.cameras - self._read
            self._read |= begun
        for camera in begun:
            Thread(target=self._follow, args=(camera,), name=f"live {camera}", daemon=True).start()
        try:
            yield one
        finally:
            with self._lock:
                self._watching.remove(one)

    def _follow(self, camera: str) -> None:
        """Read a camera for as long as somebody watches it."""
        while True:
            try:
                with closing(live_pictures(self._place(camera))) as pictures:
                    for picture in pictures:
                        if self._ended(camera):
                            return
                        self._hand_out(camera, picture)
            except PasserbyError:
                pass  # out of reach: the page says that there is no live picture
            sleep(_PAUSE)
            if self._ended(camera):
                return

    def _hand_out(self, camera: str, picture: LivePicture) -> None:
        with self._lock:
            shown = [one for one in self._watching if camera in one.cameras]
        for one in shown:
            one.show(camera, picture)

    def _ended(self, camera: str) -> bool:
        """Whether nobody watches a camera any more; whoever comes next begins anew."""
        with self._lock:
            if any(camera in one.cameras for one in self._watching):
                return False
            self._read.discard(camera)
            return True
