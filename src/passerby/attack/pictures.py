"""What attackers see and rebuild, as cells in which nobody can be recognised (decision 7)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.anonymization.preview import preview
from passerby.attack.attack import IDENTIFYING
from passerby.attack.case import AttackCase
from passerby.attack.panel import PanelResult
from passerby.attack.recognition import sides
from passerby.matching.distances import Distances
from passerby.sinks.thumbnails import thumbnail
from passerby.types import Frame

__all__ = ["ExampleCells", "cells_of", "examples"]

SHOWN = 8


@dataclass(frozen=True, slots=True)
class ExampleCells:
    """One person, as PNG files of 8x8 pixels.

    Attributes:
        clear: The crop.
        seen: What the anonymizer made of it.
        rebuilt: What the attacker who rebuilds best made of that.
        mistaken: Whom of all others the strongest attacker takes for the person first.
    """

    clear: bytes
    seen: bytes
    rebuilt: bytes
    mistaken: bytes


def examples(case: AttackCase, found: PanelResult) -> list[ExampleCells]:
    """Return the first crop of each of the first people: nobody is chosen for what is seen."""
    pairs, best = case.test, found.champions.overall
    explained = {
        one.name: one.success for one in found.findings if one.measure == "explained variance, all"
    }
    rebuild = found.panel[max(explained, key=lambda name: explained[name])].rebuild
    _, first = np.unique(pairs.clear.ids, return_index=True)
    shown = first[:SHOWN]
    rebuilt = pairs.seen[shown] if rebuild is None else rebuild(pairs.seen[shown])
    seen, clear = best.fitted.of_seen(pairs.seen), best.fitted.of_clear(pairs.clear.images)
    query, gallery = sides(best.direction, seen, clear)
    distances = Distances(query[shown], gallery, "cosine")[slice(0, len(shown))]
    distances[pairs.clear.ids[shown][:, None] == pairs.clear.ids] = np.inf
    searched = pairs.clear.images if best.direction == IDENTIFYING[0] else pairs.seen
    mistaken = searched[np.argmin(distances, axis=1)]
    columns = (pairs.clear.images[shown], pairs.seen[shown], rebuilt, mistaken)
    return [ExampleCells(*map(cells_of, row)) for row in zip(*columns, strict=True)]


def cells_of(picture: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG file of 8x8 pixels."""
    return thumbnail(preview(Frame(picture)))
