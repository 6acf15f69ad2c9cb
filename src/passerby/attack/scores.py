"""Every score behind the figures: what each attacker makes of each crop."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import Champions, Direction, Fitted
from passerby.attack.people import CropPairs
from passerby.attack.recognition import Recognition, recognise_people, sides
from passerby.evaluate.reid.result_files import write_columns
from passerby.matching.distances import Distances

__all__ = ["AttackScores", "attack_scores", "score_columns", "write_scores"]

_Key = tuple[str, Direction]


@dataclass(frozen=True, slots=True, eq=False)
class AttackScores:
    """What attackers made of each crop.

    Attributes:
        ids: Shape (n,), who is in each crop.
        cameras: Shape (n,), by which camera it is.
        recognitions: By attack and direction, of all attackers.
        distances: Likewise, of the strongest ones: shape (n, n), queries by galleries.
    """

    ids: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]
    recognitions: Mapping[_Key, Recognition]
    distances: Mapping[_Key, npt.NDArray[np.float32]]


def attack_scores(
    pairs: CropPairs, panel: Mapping[str, Fitted], champions: Champions
) -> AttackScores:
    """Let all attackers look for all people once more, and keep what they find.

    Args:
        pairs: Of people whom they are measured on.
        panel: Attackers by the names of attacks.
        champions: The strongest of them.
    """
    people = pairs.clear
    recognitions = {
        (name, direction): found
        for name, fitted in panel.items()
        for direction, found in recognise_people(fitted, pairs)
    }
    distances: dict[_Key, npt.NDArray[np.float32]] = {}
    for best in (champions.identifying, champions.linking):
        seen, clear = best.fitted.of_seen(pairs.seen), best.fitted.of_clear(people.images)
        far = Distances(*sides(best.direction, seen, clear), "cosine")
        distances[best.key] = np.asarray(far[slice(0, len(people))], np.float32)
    return AttackScores(people.ids, people.cameras, recognitions, distances)


def score_columns(scores: AttackScores) -> dict[str, list[Any]]:
    """Return a row for each query of each attacker, as columns by name.

    ``right`` is how likely the nearest crop shows the same person, ``chance`` the same if all were
    as near; both are None for a query without a match. ``distances`` holds cosine distances to all
    crops, in the order of ``crop``; None where the attacker is not among the strongest.
    """
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for (attack, direction), found in scores.recognitions.items():
        far = scores.distances.get((attack, direction))
        for crop in range(len(scores.ids)):
            row = (
                attack,
                direction,
                crop,
                int(scores.ids[crop]),
                int(scores.cameras[crop]),
                _known(found.right[crop]),
                _known(found.average_precision[crop]),
                _known(found.chance[crop]),
                None if far is None else far[crop],
            )
            for name, value in zip(_COLUMNS, row, strict=True):
                columns[name].append(value)
    return columns


_COLUMNS = (
    "attack",
    "direction",
    "crop",
    "person",
    "camera",
    "right",
    "average_precision",
    "chance",
    "distances",
)


def write_scores(path: Path, scores: AttackScores) -> None:
    """Write `score_columns` as Parquet.

    Raises:
        ConfigError: If pyarrow is not installed.
        OutputError: If it cannot be written.
    """
    write_columns(path, score_columns(scores), {})


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
