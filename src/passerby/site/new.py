"""Writes a site file to begin with."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from passerby.errors import ConfigError, OutputError
from passerby.files.partial import write_text
from passerby.files.secret import write_secret
from passerby.matching.camera_graph import CameraNeighbours
from passerby.site.settings import CameraSettings
from passerby.sources.inputs import is_stream
from passerby.store.site_key import SiteKey

__all__ = ["TRAVEL", "NewSite", "new_site", "parse_camera"]

TRAVEL = 1.0, 120.0
"""Seconds from a camera to its neighbour, until somebody has measured them."""

_TEXT = """# Who is watched, how people are covered, and for how long what is kept.
# `passerby site check {file}` tries everything; `passerby run {file}` begins.

time_zone = {zone} # in which hours are shown
retention_days = {days} # of tracks with their snippets and signatures
counts_days = 365 # of sums of hours, which hold nobody
return_seconds = [0.5, 60] # after which somebody who left a view may come back into it
{cameras}{neighbours}
[store]
address = "site.sqlite"
site_key = "{key}" # without it nothing in the store can be read: keep a copy elsewhere

[cover]
regions = ["heads"]
operator = "blackout"
"""

_CAMERA = """
[[cameras]]
name = {name}
source = {source}
purpose = "matching" # or "counting": then only sums of hours are kept
"""

_NEIGHBOURS = """
[[neighbours]]
cameras = [{first}, {second}]
travel_seconds = [{least:g}, {most:g}] # from view to view, at least and at most: measure it
"""


def parse_camera(text: str) -> tuple[str, str]:
    """Read a camera from the command line; returns its name and source.

    Raises:
        ConfigError: If it has no name, or one that cannot be used.

    Example:
        >>> parse_camera("hall=rtsp://192.168.1.20/main")
        ('hall', 'rtsp://192.168.1.20/main')
        >>> parse_camera("films/stairs.mp4")
        ('stairs', 'films/stairs.mp4')
    """
    name, separator, source = text.partition("=")
    if not separator or "/" in name:
        if is_stream(text):
            raise ConfigError("a stream needs a name: write it as hall=ADDRESS")
        name, source = Path(text).stem, text
    try:
        return CameraSettings(name=name, source=source).name, source
    except ValueError:
        raise ConfigError(
            f"{name!r} cannot name a camera: use letters, digits, dots, dashes and underscores, as "
            "in hall=FILE"
        ) from None


@dataclass(frozen=True, slots=True)
class NewSite:
    """What is known of a site before it has a file.

    Attributes:
        cameras: Name and source of each.
        neighbours: Between which people walk.
        time_zone: In which hours are shown.
        retention_days: That tracks are kept.
    """

    cameras: tuple[tuple[str, str], ...]
    neighbours: tuple[CameraNeighbours, ...] = ()
    time_zone: str = "UTC"
    retention_days: float = 3.0

    @classmethod
    def in_order(cls, cameras: Sequence[tuple[str, str]]) -> Self:
        """Make one in which each camera is a neighbour of the next.

        Raises:
            ConfigError: If there is no camera, or two have one name.
        """
        names = [name for name, _ in cameras]
        if not names:
            raise ConfigError("a site has at least one camera: name it, as in hall=FILE")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ConfigError(f"two cameras are called {twice}: give each its own name")
        ways = [
            CameraNeighbours(cameras=pair, travel_seconds=TRAVEL)
            for pair in itertools.pairwise(names)
        ]
        return cls(tuple(cameras), tuple(ways))


def new_site(site: NewSite, file: Path) -> Path:
    """Write a site file, and a key for it.

    Args:
        site: What it says.
        file: To write.

    Returns:
        The key file.

    Raises:
        OutputError: If one of the files exists or cannot be written.
    """
    key = file.with_suffix(".key")
    for path in (file, key):
        if path.exists():
            raise OutputError(f"{path} exists: name another file")
    text = _TEXT.format(
        file=file.name,
        key=key.name,
        zone=_toml(site.time_zone),
        days=f"{site.retention_days:g}",
        cameras="".join(
            _CAMERA.format(name=_toml(name), source=_toml(_beside(source, file)))
            for name, source in site.cameras
        ),
        neighbours="".join(map(_neighbours, site.neighbours)),
    )
    write_secret(key, SiteKey.new().text + "\n")
    write_text(file, text)
    return key


def _neighbours(way: CameraNeighbours) -> str:
    first, second = map(_toml, way.cameras)
    least, most = way.travel_seconds
    return _NEIGHBOURS.format(first=first, second=second, least=least, most=most)


def _beside(source: str, file: Path) -> str:
    """A path as it is from where the site file will lie."""
    if is_stream(source):
        return source
    path, folder = Path(source).resolve(), file.parent.resolve()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
