"""What a camera sees now, anonymized, for whoever of the site looks on.

A camera's process listens at a socket that its user alone can reach, and that asks for a secret
made from the site's key. Nothing is encoded while nobody looks, and each picture once, however many
do: the newest, so that who is slow misses some.
"""

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import suppress
from hashlib import sha256
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from struct import Struct
from tempfile import gettempdir
from threading import Condition, Thread
from time import time_ns
from typing import NamedTuple

from passerby.errors import OutputError
from passerby.site.settings import SiteSettings
from passerby.store.site_key import SiteKey
from passerby.store.snippet_picture import snippet_jpeg
from passerby.types import AnonymizedFrame

__all__ = ["LivePicture", "LivePlace", "LiveView", "live_pictures", "live_place"]

_QUALITY = 80
"""Of JPEG: smaller than a snippet, which is stored."""

_MOST_VIEWERS = 8
_TIME = Struct(">q")


class LivePicture(NamedTuple):
    """A picture on its way to a screen.

    Attributes:
        released: When it left the pipeline, in microseconds of UTC since 1970.
        jpeg: The anonymized picture.
    """

    released: int
    jpeg: bytes


class LivePlace(NamedTuple):
    """Where the pictures of a camera can be had.

    Attributes:
        address: Of a socket.
        secret: That both sides know.
    """

    address: str
    secret: bytes


def live_place(site: SiteSettings, camera: str, key: SiteKey) -> LivePlace:
    """Say where a camera's pictures can be had: the same for all processes of a site.

    Args:
        site: What its file says.
        camera: One of its cameras.
        key: Of the site; who does not have it gets no picture.
    """
    name = sha256(f"{site.store.address}\0{camera}".encode()).hexdigest()[:16]
    return LivePlace(str(_folder() / name), key.secret_of("live pictures"))


def _folder() -> Path:
    return Path(gettempdir()) / f"passerby-{os.getuid()}"


class LiveView:
    """Gives the newest picture of a camera to all who look.

    Args:
        place: Where.

    Raises:
        OutputError: If there can be no socket, or others could reach it.
    """

    def __init__(self, place: LivePlace) -> None:
        _check_folder(Path(place.address).parent)
        with suppress(OSError):  # one that a killed process left
            Path(place.address).unlink(missing_ok=True)
        try:
            self._listener = Listener(place.address, "AF_UNIX", authkey=place.secret)
        except OSError as error:
            raise OutputError(
                f"no live view: {place.address} cannot be listened at ({error.strerror})"
            ) from error
        self._news = Condition()
        self._frame: AnonymizedFrame | None = None
        self._released, self._number = 0, 0
        self._encoded: tuple[int, bytes] = (0, b"")
        self._viewers, self._open = 0, True
        Thread(target=self._accept, name="live view", daemon=True).start()

    def show(self, frame: AnonymizedFrame) -> None:
        """Let a frame be the newest; while nobody looks, that costs nothing."""
        if not self._viewers:
            return
        with self._news:
            self._frame, self._released = frame, time_ns() // 1000
            self._number += 1
            self._news.notify_all()

    def close(self) -> None:
        """Hang up."""
        with self._news:
            self._open = False
            self._news.notify_all()
        self._listener.close()

    def _accept(self) -> None:
        while self._open:
            try:
                connection = self._listener.accept()
            except (OSError, EOFError, AuthenticationError):
                continue  # closed, or somebody without the secret
            if self._viewers >= _MOST_VIEWERS:
                connection.close()
                continue
            with self._news:
                self._viewers += 1
            Thread(target=self._serve, args=(connection,), name="viewer", daemon=True).start()

    def _serve(self, connection: "Connection[bytes, bytes]") -> None:
        try:
            with suppress(OSError), connection:
                for picture in self._pictures():
                    connection.send_bytes(_TIME.pack(picture.released) + picture.jpeg)
        finally:
            with self._news:
                self._viewers -= 1

    def _pictures(self) -> Iterator[LivePicture]:
        shown = 0
        while (newer := self._newer_than(shown)) is not None:
            shown, picture = newer
            yield picture

    def _newer_than(self, shown: int) -> tuple[int, LivePicture] | None:
        """Wait for the next picture, and return its number too; None when there is no other."""
        with self._news:
            self._news.wait_for(lambda: self._number != shown or not self._open)
            if not self._open or self._frame is None:
                return None
            number = self._number
            if self._encoded[0] != number:  # the first who wants it
                self._encoded = number, snippet_jpeg(self._frame, _QUALITY)
            return number, LivePicture(self._released, self._encoded[1])


def live_pictures(place: LivePlace) -> Generator[LivePicture]:
    """Yield what a camera sees, until it ends or is out of reach.

    Args:
        place: See `live_place`.

    Raises:
        OutputError: If others could have made the socket.
    """
    with suppress(OSError, EOFError, AuthenticationError):
        if not Path(place.address).exists():
            return
        _check_folder(Path(place.address).parent)
        with Client(place.address, "AF_UNIX", authkey=place.secret) as connection:
            while True:
                message = connection.recv_bytes()
                (released,) = _TIME.unpack_from(message)
                yield LivePicture(released, message[_TIME.size :])


def _check_folder(folder: Path) -> None:
    """Make a folder for sockets that belongs to this user alone."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise OutputError(f"no live view: {folder} cannot be made ({error.strerror})") from error
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not mine or found.st_mode & 0o077:
        raise OutputError(f"no live view: {folder} is not this user's alone; remove it")
