"""Which updates of a round are averaged, and why others are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median

from passerby.train.federated.shared import SharedWeights
from passerby.train.federated.update import Contribution, norm

__all__ = ["Acceptance", "accept"]


@dataclass(frozen=True)
class Acceptance:
    """What is averaged.

    Attributes:
        accepted: In the order of their sites' names, so that sums do not depend on who was first.
        refused: Why each other one is not, in one line that begins with its site.
    """

    accepted: tuple[Contribution, ...]
    refused: tuple[str, ...]


def accept(
    contributions: Sequence[Contribution],
    before: SharedWeights,
    names: Sequence[str],
    outlier: float,
) -> Acceptance:
    """Refuse updates that fit no network, hold NaN, or are far longer than the others.

    The length says nothing about the direction: an update that was made to harm, and is no longer
    than others, is averaged.

    Args:
        contributions: Of a round.
        before: What all sites were given.
        names: Of what they share.
        outlier: An update is refused if it is more than so many times as long as the median of all
            that fit. Of two, none can be twice as long as their median.
    """
    lengths: dict[str, float] = {}
    refused = []
    for one in sorted(contributions, key=lambda one: one.site):
        problem = _problem(one, before, names)
        if problem:
            refused.append(f"{one.site}: update refused: {problem}")
        else:
            lengths[one.site] = norm(one.update)
    middle = median(lengths.values()) if lengths else 0.0
    accepted = []
    for one in sorted(contributions, key=lambda one: one.site):
        length = lengths.get(one.site)
        if length is None:
            continue
        if length > outlier * middle:
            refused.append(
                f"{one.site}: update refused: its norm is {length:.3g}, more than {outlier:g} "
                f"times the median of {middle:.3g}"
            )
        else:
            accepted.append(one)
    return Acceptance(tuple(accepted), tuple(refused))


def _problem(one: Contribution, before: SharedWeights, names: Sequence[str]) -> str:
    if one.images < 1:
        return f"it is said to be of {one.images} images"
    odd = sorted(set(one.update) ^ set(names))
    if odd:
        return f"{odd[0]} is {'not ' if odd[0] not in one.update else ''}in it"
    for name in names:
        there, here = one.update[name].shape, before[name].shape
        if there != here:
            return f"{name} has the shape {there}, not {here}"
    if not isfinite(norm(one.update)):
        return "it has numbers that are NaN or infinite"
    return ""
