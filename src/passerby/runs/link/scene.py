"""The tracks of all cameras of a site, and the links between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from passerby.errors import ConfigError
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.matching.camera_graph import CameraGraph
from passerby.matching.closed_track import ClosedTrack
from passerby.matching.link_model import LinkModel
from passerby.matching.links import Link, global_identities, link_batch
from passerby.pipeline.camera_tracks import DescribedTrack
from passerby.runs.link.camera import CameraFilm
from passerby.tracking.analysis import filled

__all__ = ["LinkedScene", "check_cameras"]


def check_cameras(cameras: Sequence[str], graph: CameraGraph) -> None:
    """Make sure that each film belongs to one camera of the graph.

    Raises:
        ConfigError: If it does not.
    """
    for name in cameras:
        if name not in graph.cameras:
            known = ", ".join(graph.cameras)
            raise ConfigError(f"{name} is no camera of the graph, which has {known}: rename a file")
    if len(set(cameras)) < len(cameras):
        raise ConfigError("two films have the name of one camera: give one film for each")


@dataclass(frozen=True)
class LinkedScene:
    """The films of a site, and who is who in them.

    Attributes:
        films: One for each camera; all began at the same time.
        graph: Of the cameras.
        model: How likely links are.
        same: Least probability of a link that is shown as "same".
    """

    films: tuple[CameraFilm, ...]
    graph: CameraGraph
    model: LinkModel
    same: float

    @property
    def described(self) -> list[DescribedTrack]:
        """Everybody before every camera, in the order of `tracks`."""
        return [one for film in self.films for one in film.tracks]

    @cached_property
    def tracks(self) -> list[ClosedTrack]:
        """Everybody before every camera, numbered from 1."""
        found = [(film.camera, one) for film in self.films for one in film.tracks]
        return [
            ClosedTrack(
                number,
                camera,
                float(one.path.times[0]),
                float(one.path.times[-1]),
                one.signature,
            )
            for number, (camera, one) in enumerate(found, 1)
        ]

    @cached_property
    def links(self) -> list[Link]:
        """All that are possible, the likeliest first."""
        return link_batch(self.tracks, self.graph, self.model)

    @cached_property
    def identities(self) -> dict[int, int]:
        """Of each track, by its number."""
        return global_identities(self.tracks, self.links, self.graph, self.same)

    def trajectories(self) -> Iterator[Trajectories]:
        """Yield the boxes before each camera, with the numbers of tracks; frames count from 1."""
        first = 1
        for film in self.films:
            people = filled([one.path for one in film.tracks])
            numbers = [found.tracks + first - 1 for found in people.values()]
            boxes = [found.boxes.astype(np.float64) for found in people.values()]
            frames = np.repeat(np.array([*people], np.int64) + 1, [len(one) for one in numbers])
            yield Trajectories(
                frames,
                np.concatenate([np.zeros(0, np.int64), *numbers]),
                np.concatenate([np.zeros((0, 4)), *boxes]),
                film.camera,
            )
            first += len(film.tracks)

    def people(self) -> Iterator[Trajectories]:
        """Yield the same with global identities."""
        for one in self.trajectories():
            ids = [self.identities[number] for number in one.ids.tolist()]
            yield Trajectories.of(one.frames, ids, one.boxes, one.name)
