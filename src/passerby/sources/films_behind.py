"""Films that lie in a file behind the one that FFmpeg and players show, and nothing else."""

import re

from passerby.files.plain import open_plain
from passerby.files.searching import places_of
from passerby.locations import Location
from passerby.sources.boxes import films_in

__all__ = ["films_behind"]

_HEADS = {
    "flv": re.compile(rb"FLV\x01[\x01\x04\x05]\x00\x00\x00\x09"),
    "asf": re.compile(re.escape(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"))),
}
"""How files begin whose readers stop at the next one (FLV 10.1, Annex E; ASF 1.20, 3.1)."""

_LONGEST = 16
"""Bytes of such a head, at most."""

_BOXES = "mov,mp4,m4a,3gp,3g2,mj2"


def films_behind(path: Location, container: str) -> int:
    """How many films were joined to the first that are not read with it.

    Args:
        path: Of the file.
        container: FFmpeg's name of its format.
    """
    if container == _BOXES:
        with open_plain(path) as file:
            return films_in(file) - 1
    if container not in _HEADS:
        return 0
    with open_plain(path) as file:
        return sum(1 for _ in places_of(_HEADS[container], file, _LONGEST)) - 1
