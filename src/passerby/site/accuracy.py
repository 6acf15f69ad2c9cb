"""How right a site is about who is who, where that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from passerby.evaluate.tracking.files import read_tracks
from passerby.evaluate.tracking.several_cameras import (
    CameraRecord,
    identity_across,
    identity_each,
    owners,
)
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.runs.link.accuracy import read_truths
from passerby.site.track_paths import read_numbers
from passerby.store.identities import PersonLink, read_links
from passerby.store.reading import stored_tracks
from passerby.store.schema import HOLDING
from passerby.store.store import Store

__all__ = ["ShownLink", "SiteAccuracy", "shown_links", "site_accuracy"]


@dataclass(frozen=True, slots=True)
class ShownLink:
    """Two tracks of one person, one after the other.

    Attributes:
        earlier, later: Numbers of the tracks.
        probability: That the later one belongs to the person, as the matcher said.
    """

    earlier: int
    later: int
    probability: float


@dataclass(frozen=True, slots=True)
class SiteAccuracy:
    """Figures of one run.

    Attributes:
        multi_camera_idf1: Of the persons, over all cameras.
        single_camera_idf1: Of the tracks, each camera on its own.
        shown: Links between the tracks of a person.
        right: Those of them whose two tracks do show one person.
    """

    multi_camera_idf1: float
    single_camera_idf1: float
    shown: int
    right: int

    @property
    def link_precision(self) -> float | None:
        """Share of the links that are right; None if there is none."""
        return self.right / self.shown if self.shown else None

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "multi_camera_idf1": self.multi_camera_idf1,
            "link_precision": self.link_precision,
            "single_camera_idf1": self.single_camera_idf1,
            "links_shown": self.shown,
            "links_right": self.right,
        }


def shown_links(store: Store) -> list[ShownLink]:
    """Return the links between the tracks of each person, in order of time."""
    tracks = {one.number: one for one in stored_tracks(store, limit=1_000_000)}
    of_person: dict[int, list[PersonLink]] = {}
    for link in read_links(store):
        if link.state in HOLDING and link.track in tracks:
            of_person.setdefault(link.person, []).append(link)
    shown = []
    for links in of_person.values():
        links.sort(key=lambda one: tracks[one.track].began)
        shown += [ShownLink(a.track, b.track, b.probability) for a, b in pairwise(links)]
    return sorted(shown, key=lambda one: tracks[one.later].began)


def site_accuracy(
    store: Store, cameras: Sequence[str], tracks: Path, truth: Path
) -> tuple[SiteAccuracy, dict[int, int | None]]:
    """Compare what a run stored with the truth.

    Args:
        store: Of the run.
        cameras: Names of the cameras.
        tracks: The folder that the run wrote the boxes of tracks into.
        truth: The folder with ``CAMERA/gt/gt.txt`` of each, people with one number for all.

    Returns:
        The figures, and whom each track shows, by its number in the store.

    Raises:
        InputError: If a file is missing or damaged.
    """
    truths = read_truths(truth, cameras)
    said = [read_tracks(tracks / f"{name}.txt") for name in cameras]
    numbers = [read_numbers(tracks, name) for name in cameras]
    whose = {
        numbered[number]: person
        for known, one, numbered in zip(truths, said, numbers, strict=True)
        for number, person in owners(known, one).items()
    }
    persons = {one.track: one.person for one in read_links(store) if one.state in HOLDING}
    alone = [CameraRecord(*both) for both in zip(truths, said, strict=True)]
    across = [
        CameraRecord(known, _as_persons(one, numbered, persons))
        for known, one, numbered in zip(truths, said, numbers, strict=True)
    ]
    links = shown_links(store)
    right = [
        one for one in links if (a := whose.get(one.earlier)) is not None and a == whose[one.later]
    ]
    accuracy = SiteAccuracy(
        identity_across(across).idf1, identity_each(alone).idf1, len(links), len(right)
    )
    return accuracy, whose


def _as_persons(
    tracks: Trajectories, numbers: Mapping[int, int], persons: Mapping[int, int]
) -> Trajectories:
    """The boxes of tracks under the numbers of persons; who is none keeps one of their own."""
    ids = [
        persons.get(numbers[number], -numbers[number] % (1 << 40) + (1 << 40))
        for number in tracks.ids.tolist()
    ]
    return replace(tracks, ids=np.array(ids, np.int64))
