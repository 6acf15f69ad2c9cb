"""Rows of seats, as in class rooms, buses and stadiums, and the people on them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from passerby.synth.camera import Array
from passerby.synth.mesh import Mesh, box
from passerby.synth.obstacle import Obstacle
from passerby.synth.place import Place, Places
from passerby.synth.sitting import OCCUPATIONS

__all__ = ["Seating"]

_DESK_AHEAD = 0.52
"""Metres from somebody's middle to that of their desk."""

_DESK_DEPTH = 0.4
_BACK_BEHIND = 0.27
"""Metres from somebody's middle to the back of their seat."""


@dataclass(frozen=True, eq=False)
class Seating:
    """Seats that all face +x.

    Attributes:
        seats: Shape (rows, columns, 2), x and y of each in metres.
        furniture: Desks, and the backs of seats.
    """

    seats: Array
    furniture: tuple[Obstacle, ...]

    @classmethod
    def random(cls, rng: np.random.Generator) -> Self:
        """Draw three to eight rows: half have desks, the others stand closer together."""
        desks = bool(rng.random() < 0.5)
        rows, columns = int(rng.integers(3, 9)), int(rng.integers(4, 11))
        deep = rng.uniform(1.1, 1.5) if desks else rng.uniform(0.8, 1.0)
        wide = rng.uniform(0.55, 0.9)
        x = (np.arange(rows) - (rows - 1) / 2) * deep
        y = (np.arange(columns) - (columns - 1) / 2) * wide
        aisle = rng.uniform(0.5, 1.0) * (rng.random() < 0.6)
        y += np.where(np.arange(columns) < columns // 2, -aisle / 2, aisle / 2)
        seats = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
        paint = rng.uniform(0.15, 0.8, (2, 1)) * rng.uniform(0.7, 1.3, (2, 3))
        return cls(seats, tuple(_furniture(seats, wide, paint.clip(0, 1), desks=desks)))

    @property
    def half(self) -> tuple[float, float]:
        """Half the extent of the seats in x and y, in metres, with room for the people."""
        x, y = np.abs(self.seats).max(axis=(0, 1)) + 0.5
        return float(x), float(y)

    def taken(self, rng: np.random.Generator, people: int) -> Places:
        """Put people on seats at random; who finds none is left out.

        Args:
            rng: Decides where each sits, and what each does.
            people: How many there are.
        """
        spots = rng.permutation(self.seats.reshape(-1, 2))[:people]
        spots = spots + rng.normal(0, (0.06, 0.04), spots.shape)
        names = rng.choice(list(OCCUPATIONS), len(spots))
        headings = rng.normal(0, 0.15, len(spots))
        glances = rng.uniform(-1, 1, len(spots))
        return tuple(
            Place(person, (float(x), float(y)), float(heading), 0.0, float(glance), str(name))
            for person, ((x, y), heading, glance, name) in enumerate(
                zip(spots, headings, glances, names, strict=True)
            )
        )


def _furniture(seats: Array, wide: float, paint: Array, *, desks: bool) -> list[Obstacle]:
    spots = seats.reshape(-1, 2)
    back = box((0.04, wide * 0.7, 0.42), paint[0], bottom=0.45)
    things = [Obstacle.placed(back, spot - np.array([_BACK_BEHIND, 0]), 0.0) for spot in spots]
    if desks:
        top = box((_DESK_DEPTH, wide, 0.03), paint[1], bottom=0.7)
        front = box((0.03, wide, 0.5), paint[1] * 0.8, bottom=0.2).moved((_DESK_DEPTH / 2, 0, 0))
        desk = Mesh.joined([front, top])
        things += [Obstacle.placed(desk, spot + np.array([_DESK_AHEAD, 0]), 0.0) for spot in spots]
    return things
