"""What `passerby link` writes: tracks, links, their pictures as coarse cells, and accuracy."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from passerby.evaluate.tables import as_csv
from passerby.evaluate.tracking.trajectories import Trajectories
from passerby.files.partial_folder import write_new
from passerby.geometry import to_xywh
from passerby.runs.link.accuracy import SceneAccuracy
from passerby.runs.link.scene import LinkedScene
from passerby.runs.link.sheet import draw_links

__all__ = ["write_scene"]

_LINKS = ("earlier", "later", "from", "to", "seconds", "probability", "same")
_TRACKS = ("track", "camera", "person", "began", "ended", "snippets", "nobody")
_LEAST = 0.01
"""Least probability of a link that is listed."""


def write_scene(folder: Path, scene: LinkedScene, accuracy: SceneAccuracy | None = None) -> None:
    """Write everything that is known of a scene.

    Args:
        folder: A new one.
        scene: Linked.
        accuracy: Of it, where it is known.

    Raises:
        OutputError: If a file cannot be written.
    """
    write_new(folder / "tracks.csv", as_csv(_TRACKS, list(_track_rows(scene))))
    write_new(folder / "links.csv", as_csv(_LINKS, list(_link_rows(scene))))
    for people in scene.people():
        write_new(folder / f"{people.name}.txt", "".join(_mot_lines(people)))
    draw_links(folder / "links.png", scene)
    if accuracy is not None:
        text = json.dumps({**accuracy.as_dict(), "same": scene.same}, indent=2)
        write_new(folder / "accuracy.json", text + "\n")


def _track_rows(scene: LinkedScene) -> Iterator[tuple[str | int | float, ...]]:
    for track, described in zip(scene.tracks, scene.described, strict=True):
        linked = sum(one.probability for one in scene.links if one.later == track.number)
        yield (
            track.number,
            track.camera,
            scene.identities[track.number],
            round(track.began, 3),
            round(track.ended, 3),
            len(described.snippets),
            round(max(0.0, 1 - linked), 4),
        )


def _link_rows(scene: LinkedScene) -> Iterator[tuple[str | int | float, ...]]:
    track_of = {one.number: one for one in scene.tracks}
    for link in scene.links:
        first, second = track_of[link.earlier], track_of[link.later]
        if link.probability >= _LEAST:
            yield (
                link.earlier,
                link.later,
                first.camera,
                second.camera,
                round(second.began - first.ended, 3),
                round(link.probability, 4),
                "yes" if link.probability >= scene.same else "no",
            )


def _mot_lines(people: Trajectories) -> Iterator[str]:
    rows = zip(people.frames, people.ids, to_xywh(people.boxes.astype(np.float32)), strict=True)
    for frame, person, box in sorted(rows, key=lambda row: (row[0], row[1])):
        sides = ",".join(f"{side:.2f}" for side in box)
        yield f"{frame},{person},{sides},1,-1,-1,-1\n"
