"""The graph of a site's cameras, drawn: where somebody went, in which order and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

from passerby.site.settings import SiteSettings
from passerby.store.reading import StoredTrack
from passerby.store.times import SECOND

__all__ = ["CameraMap", "MapEdge", "MapNode", "camera_map"]

_STEP = 90
_RADIUS = 120


@dataclass(frozen=True, slots=True)
class MapNode:
    """A camera on the map.

    Attributes:
        name: Of the camera.
        x: Where it is drawn, in percent of the width.
        y: In pixels.
        visits: Which of somebody's stays were there, the first one being 1.
        began: When the first of them began, microseconds of UTC; None if there is none.
    """

    name: str
    x: float
    y: int
    visits: tuple[int, ...]
    began: int | None


@dataclass(frozen=True, slots=True)
class MapEdge:
    """Two neighbours.

    Attributes:
        first, second: The cameras.
        walked: Whether somebody went from one to the other.
        travel: Seconds that it takes, as text; that it took, if somebody went.
    """

    first: MapNode
    second: MapNode
    walked: bool
    travel: str


@dataclass(frozen=True, slots=True)
class CameraMap:
    """What is drawn.

    Attributes:
        nodes, edges: Cameras and neighbours.
        width: Least width at which it can be read, in pixels.
        height: Likewise.
    """

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    width: int
    height: int


def camera_map(site: SiteSettings, cameras: Sequence[str], way: Sequence[StoredTrack]) -> CameraMap:
    """Lay out the cameras: in a line if they are neighbours one after the other, or in a circle.

    Args:
        site: Says who are neighbours.
        cameras: That are shown.
        way: Where somebody was, in order.
    """
    pairs = [one for one in site.neighbours if set(one.cameras) <= set(cameras)]
    joined = {frozenset(one.cameras) for one in pairs}
    in_line = all(frozenset(two) in joined for two in pairwise(cameras))
    in_line = in_line and len(joined) == len(cameras) - 1
    places = _line(len(cameras)) if in_line else _circle(len(cameras))
    nodes = {name: _node(name, x, y, way) for name, (x, y) in zip(cameras, places, strict=True)}
    took = _took(way)
    edges = tuple(
        MapEdge(
            nodes[one.cameras[0]],
            nodes[one.cameras[1]],
            frozenset(one.cameras) in took,
            took.get(frozenset(one.cameras), "{:g}-{:g} s".format(*one.travel_seconds)),
        )
        for one in pairs
    )
    width = _STEP * len(cameras) if in_line else 2 * _RADIUS + 40
    height = 104 if in_line else 2 * _RADIUS + 104
    return CameraMap(tuple(nodes.values()), edges, width, height)


def _node(name: str, x: float, y: int, way: Sequence[StoredTrack]) -> MapNode:
    visits = tuple(number for number, one in enumerate(way, 1) if one.camera == name)
    return MapNode(name, x, y, visits, way[visits[0] - 1].began if visits else None)


def _took(way: Sequence[StoredTrack]) -> dict[frozenset[str], str]:
    """How long somebody was on the way between two cameras, the first time."""
    took: dict[frozenset[str], str] = {}
    for one, other in pairwise(way):
        seconds = max(other.began - one.ended, 0) / SECOND
        if one.camera != other.camera:
            took.setdefault(frozenset((one.camera, other.camera)), f"took {seconds:.0f} s")
    return took


def _line(count: int) -> list[tuple[float, int]]:
    return [(round(100 * (index + 0.5) / max(count, 1), 2), 36) for index in range(count)]


def _circle(count: int) -> list[tuple[float, int]]:
    turns = [2 * pi * index / max(count, 1) - pi / 2 for index in range(count)]
    return [(round(50 + 38 * cos(one), 2), round(_RADIUS * (1 + sin(one)) + 36)) for one in turns]
