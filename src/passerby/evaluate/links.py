"""How good links between cameras are: precision, recall, and how far probabilities are right."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from passerby.matching.closed_track import ClosedTrack
from passerby.matching.links import Link

__all__ = ["LinkCounts", "Owners", "answers", "count_links", "true_links"]


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """Counts of one scene; those of several add up.

    Attributes:
        shown: Links shown as "same".
        right: Those of them whose two tracks are of one person.
        true: Links that there are: from each track of a person to their next one.
        found: Those of them whose two tracks have one global identity.
    """

    shown: int = 0
    right: int = 0
    true: int = 0
    found: int = 0

    def __add__(self, other: "LinkCounts") -> "LinkCounts":
        return LinkCounts(
            self.shown + other.shown,
            self.right + other.right,
            self.true + other.true,
            self.found + other.found,
        )

    @property
    def precision(self) -> float:
        """Share of the links shown that are right; NaN if none is shown."""
        return self.right / self.shown if self.shown else float("nan")

    @property
    def recall(self) -> float:
        """Share of the true links that were found; NaN if there is none."""
        return self.found / self.true if self.true else float("nan")

    def as_dict(self) -> dict[str, Any]:
        """The counts and both shares for JSON; None where undefined."""
        return {
            "shown": self.shown,
            "right": self.right,
            "true": self.true,
            "found": self.found,
            "precision": self.precision if self.shown else None,
            "recall": self.recall if self.true else None,
        }


Owners = Mapping[int, int | None]
"""By number of a track, the person whom it shows; None of one that shows nobody."""


def true_links(tracks: Sequence[ClosedTrack], owners: Owners) -> set[tuple[int, int]]:
    """Return the numbers of each person's tracks, two after each other in time."""
    own: defaultdict[int, list[ClosedTrack]] = defaultdict(list)
    for track in sorted(tracks, key=lambda one: (one.began, one.number)):
        person = owners[track.number]
        if person is not None:
            own[person].append(track)
    return {(a.number, b.number) for one in own.values() for a, b in pairwise(one)}


def count_links(
    tracks: Sequence[ClosedTrack],
    links: Sequence[Link],
    identities: Mapping[int, int],
    owners: Owners,
    same: float,
) -> LinkCounts:
    """Compare links with the truth.

    Args:
        tracks: Of one scene.
        links: Between them.
        identities: By number of the track.
        owners: Whom each track shows.
        same: Least probability of a link that is shown as "same".
    """
    shown = [one for one in links if one.probability >= same]
    right = [one for one in shown if _same(owners, one)]
    true = true_links(tracks, owners)
    found = [pair for pair in true if identities[pair[0]] == identities[pair[1]]]
    return LinkCounts(len(shown), len(right), len(true), len(found))


def _same(owners: Owners, link: Link) -> bool:
    first = owners[link.earlier]
    return first is not None and first == owners[link.later]


def answers(links: Sequence[Link], owners: Owners) -> tuple[list[float], list[bool]]:
    """Take the likeliest answer to the question before each track: where was this person before?

    "Nobody" is an answer too: none of the candidates. It is right if no candidate is of the same
    person. Tracks without candidates are left out, since there is nothing to answer.

    Args:
        links: All candidates of one scene.
        owners: Whom each track shows.

    Returns:
        How likely each answer was said to be, and whether it was right.
    """
    of_track: defaultdict[int, list[Link]] = defaultdict(list)
    for link in links:
        of_track[link.later].append(link)
    said, right = [], []
    for own in of_track.values():
        nobody = max(0.0, 1 - sum(one.probability for one in own))
        best = max(own)
        if best.probability >= nobody:
            said.append(min(best.probability, 1.0))
            right.append(_same(owners, best))
        else:
            said.append(nobody)
            right.append(not any(_same(owners, one) for one in own))
    return said, right
