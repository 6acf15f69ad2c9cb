"""Which cameras are neighbours, and how long it plausibly takes from one to the other."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from passerby.config import read_toml, validated
from passerby.errors import ConfigError

__all__ = ["CameraGraph", "CameraNeighbours", "TravelRange"]


def _is_range(seconds: tuple[float, float]) -> tuple[float, float]:
    low, high = seconds
    if not low < high:
        raise ValueError(f"the least of {low:g} and {high:g} seconds comes first")
    return seconds


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


TravelRange = tuple[float, float]
"""Seconds between leaving one view and coming into the next, at least and at most. Below 0, where
views overlap."""


class CameraNeighbours(_Group):
    """Two cameras between which people walk without passing another one, in either direction."""

    cameras: Annotated[tuple[str, str], Field(description="Names of the two cameras.")]
    travel_seconds: Annotated[
        TravelRange,
        Field(
            description="Seconds between leaving one view and coming into the other, at least and "
            "at most; the least is below 0 where views overlap."
        ),
    ]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _is_range(self.travel_seconds)
        if self.cameras[0] == self.cameras[1]:
            raise ValueError(
                f"{self.cameras[0]} is no neighbour of itself: return_seconds is for who comes back"
            )
        return self


class CameraGraph(_Group):
    """The cameras of a site and which of them are neighbours.

    Example:
        >>> graph = CameraGraph(
        ...     cameras=("hall", "stairs"),
        ...     neighbours=(CameraNeighbours(cameras=("hall", "stairs"), travel_seconds=(4, 20)),),
        ... )
        >>> graph.travel("stairs", "hall"), graph.travel("hall", "hall")
        ((4.0, 20.0), (0.5, 60.0))
    """

    cameras: Annotated[tuple[str, ...], Field(min_length=1, description="Names of all cameras.")]
    return_seconds: Annotated[
        TravelRange,
        Field(
            description="Seconds after which somebody who left a view may come back into it, at "
            "least and at most."
        ),
    ] = (0.5, 60.0)
    neighbours: tuple[CameraNeighbours, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.cameras)) < len(self.cameras):
            raise ValueError("a camera is listed twice: give each its own name")
        if _is_range(self.return_seconds)[0] < 0:
            raise ValueError("nobody comes back before they left: return_seconds is 0 or more")
        pairs = [frozenset(one.cameras) for one in self.neighbours]
        if len(set(pairs)) < len(pairs):
            raise ValueError("two cameras are listed as neighbours twice: leave one of them out")
        for name in sorted(set().union(*pairs) - set(self.cameras)):
            raise ValueError(f"{name!r} is a neighbour but none of the cameras: add or correct it")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a graph from a TOML file.

        Raises:
            ConfigError: If it cannot be read, or says something that cannot be.
        """
        return validated(cls, read_toml(path), str(path))

    @classmethod
    def in_order(cls, cameras: Sequence[str], travel_seconds: TravelRange) -> Self:
        """Make a graph of cameras along one way: each is a neighbour of the next.

        Args:
            cameras: Their names.
            travel_seconds: From each to the next.

        Raises:
            ConfigError: If two have one name, or the range is none.
        """
        if len(set(cameras)) < len(cameras):
            raise ConfigError("a camera is listed twice: give each its own name")
        pairs = [{"cameras": pair, "travel_seconds": travel_seconds} for pair in pairwise(cameras)]
        return validated(cls, {"cameras": cameras, "neighbours": pairs}, "the graph of the cameras")

    def travel(self, first: str, second: str) -> TravelRange | None:
        """Return plausible seconds from one camera to another; None if they are no neighbours.

        From a camera to itself it is `return_seconds`.
        """
        return self.ranges.get((first, second))

    @cached_property
    def ranges(self) -> Mapping[tuple[str, str], TravelRange]:
        """What `travel` returns, by both cameras; those that are no neighbours are left out."""
        return {
            **{(one, one): self.return_seconds for one in self.cameras},
            **{one.cameras: one.travel_seconds for one in self.neighbours},
            **{one.cameras[::-1]: one.travel_seconds for one in self.neighbours},
        }
