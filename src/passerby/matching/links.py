"""Links between tracks of one person before several cameras, each with its probability."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from passerby.matching.association import link_marginals
from passerby.matching.camera_graph import CameraGraph
from passerby.matching.closed_track import ClosedTrack
from passerby.matching.link_candidates import candidates_among
from passerby.matching.link_model import LinkModel

__all__ = ["Link", "global_identities", "link_batch"]


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """That somebody went on as somebody: a track, and the next one of the same person.

    Attributes:
        probability: 0-1. What all links to a track lack to 1 is for "nobody".
        earlier: Number of the first track.
        later: Number of the second.
    """

    probability: float
    earlier: int
    later: int


def link_batch(tracks: Sequence[ClosedTrack], graph: CameraGraph, model: LinkModel) -> list[Link]:
    """Link the tracks of a site, all of which are known.

    Each track goes on as one other at most. All that may be linked is weighed at once, so that
    what is likely elsewhere makes less likely what it rules out.

    Args:
        tracks: In any order.
        graph: Of the cameras.
        model: For the signatures of the tracks.

    Returns:
        All candidates, the likeliest first.
    """
    candidates = candidates_among(tracks, graph)
    earlier, later = candidates.earlier, candidates.later
    likely = link_marginals(model.weigh(candidates), later, earlier)
    found = zip(likely.tolist(), earlier.tolist(), later.tolist(), strict=True)
    links = [Link(one, tracks[first].number, tracks[second].number) for one, first, second in found]
    return sorted(links, key=_likelihood, reverse=True)


def _likelihood(link: Link) -> tuple[float, int, int]:
    """By what links are ordered; sorting by it takes a tenth of the time."""
    return link.probability, link.earlier, link.later


def global_identities(
    tracks: Sequence[ClosedTrack], links: Iterable[Link], graph: CameraGraph, least: float
) -> dict[int, int]:
    """Give tracks of one person the same global identity; who is linked to nobody stays alone.

    Links are followed from the likeliest on, unless somebody would then be in two places at once.

    Args:
        tracks: Of a site.
        links: Between them.
        graph: Of the cameras.
        least: Least probability of a link that is followed.

    Returns:
        By number of the track, its identity, from 1 in order of their first track.
    """
    order = sorted(tracks, key=lambda one: (one.began, one.number))
    groups = {one.number: [one] for one in order}
    likely = (one for one in links if one.probability >= least)
    for link in sorted(likely, key=_likelihood, reverse=True):
        first, second = groups[link.earlier], groups[link.later]
        if first is second or _clash(first, second, graph):
            continue
        first += second
        for one in second:
            groups[one.number] = first
    numbers: dict[int, int] = {}
    for one in order:
        numbers.setdefault(id(groups[one.number]), len(numbers) + 1)
    return {one.number: numbers[id(groups[one.number])] for one in order}


def _clash(first: Sequence[ClosedTrack], second: Sequence[ClosedTrack], graph: CameraGraph) -> bool:
    """Whether two of the tracks cannot be of one person, who is in one place at a time."""
    return any(_exclude(one, other, graph) for one in first for other in second)


def _exclude(one: ClosedTrack, other: ClosedTrack, graph: CameraGraph) -> bool:
    together = min(one.ended, other.ended) - max(one.began, other.began)
    if one.camera == other.camera:
        return together >= 0
    travel = graph.travel(one.camera, other.camera)
    return together > max(0.0, 0.0 if travel is None else -travel[0])
