"""The graph of a site's cameras, drawn: where somebody went is marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

from passerby.site.settings import SiteSettings

__all__ = ["CameraMap", "MapEdge", "MapNode", "camera_map"]

_STEP = 150
_RADIUS = 120


@dataclass(frozen=True, slots=True)
class MapNode:
    """A camera on the map.

    Attributes:
        name: Of the camera.
        x, y: Where it is drawn.
        visits: How often somebody was there.
    """

    name: str
    x: int
    y: int
    visits: int


@dataclass(frozen=True, slots=True)
class MapEdge:
    """Two neighbours.

    Attributes:
        first, second: The cameras.
        walked: Whether somebody went from one to the other.
        travel: Seconds that it takes, as text.
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
        width, height: Of the drawing.
    """

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    width: int
    height: int


def camera_map(site: SiteSettings, cameras: Sequence[str], way: Sequence[str]) -> CameraMap:
    """Lay out the cameras: in a line if they are neighbours one after the other, or in a circle.

    Args:
        site: Says who are neighbours.
        cameras: That are shown.
        way: Cameras that somebody passed, in order.
    """
    pairs = [one for one in site.neighbours if set(one.cameras) <= set(cameras)]
    joined = {frozenset(one.cameras) for one in pairs}
    in_line = all(frozenset(two) in joined for two in pairwise(cameras))
    in_line = in_line and len(joined) == len(cameras) - 1
    places = _line(len(cameras)) if in_line else _circle(len(cameras))
    nodes = {
        name: MapNode(name, x, y, list(way).count(name))
        for name, (x, y) in zip(cameras, places, strict=True)
    }
    steps = {frozenset(two) for two in pairwise(way)}
    edges = tuple(
        MapEdge(
            nodes[one.cameras[0]],
            nodes[one.cameras[1]],
            frozenset(one.cameras) in steps,
            "{:g}-{:g} s".format(*one.travel_seconds),
        )
        for one in pairs
    )
    width = _STEP * max(len(cameras), 1) if in_line else 2 * _RADIUS + _STEP
    height = 90 if in_line else 2 * _RADIUS + 90
    return CameraMap(tuple(nodes.values()), edges, width, height)


def _line(count: int) -> list[tuple[int, int]]:
    return [(_STEP // 2 + _STEP * index, 40) for index in range(count)]


def _circle(count: int) -> list[tuple[int, int]]:
    middle = _RADIUS + _STEP // 2, _RADIUS + 40
    turns = [2 * pi * index / max(count, 1) - pi / 2 for index in range(count)]
    return [
        (round(middle[0] + _RADIUS * cos(one)), round(middle[1] + _RADIUS * sin(one)))
        for one in turns
    ]
