"""How good the links of a scene are, where it is known who is who."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerby.errors import InputError
from passerby.evaluate.calibration import Reliability, reliability
from passerby.evaluate.links import LinkCounts, Owners, answers, count_links
from passerby.evaluate.tracking.files import read_truth
from passerby.evaluate.tracking.identity import IdentityCounts
from passerby.evaluate.tracking.several_cameras import (
    CameraRecord,
    identity_across,
    identity_each,
    owners,
)
from passerby.evaluate.tracking.truth import Truth
from passerby.runs.link.scene import LinkedScene

__all__ = ["SceneAccuracy", "accuracy_of", "read_truths", "truth_beside"]


@dataclass(frozen=True)
class SceneAccuracy:
    """Figures of one scene, or of several taken together.

    Attributes:
        across: Identity counts over all cameras, with global identities.
        each: The same of each camera on its own, added up.
        perfect: Over all cameras, if all tracks of a person were linked: what tracking allows.
        alone: The same, if none were.
        links: Of the links shown as "same".
        said: How likely each answer was said to be; see `answers`.
        right: Whether it was right.
    """

    across: IdentityCounts
    each: IdentityCounts
    perfect: IdentityCounts
    alone: IdentityCounts
    links: LinkCounts
    said: tuple[float, ...]
    right: tuple[bool, ...]

    def __add__(self, other: "SceneAccuracy") -> "SceneAccuracy":
        return SceneAccuracy(
            self.across + other.across,
            self.each + other.each,
            self.perfect + other.perfect,
            self.alone + other.alone,
            self.links + other.links,
            self.said + other.said,
            self.right + other.right,
        )

    @property
    def reliability(self) -> Reliability:
        """Of the answers, in ten bins."""
        return reliability(self.said, self.right)

    def as_dict(self) -> dict[str, Any]:
        """Figures by their names, for JSON; None where undefined."""
        links = self.links.as_dict()
        return {
            "multi_camera_idf1": _known(self.across.idf1),
            "link_precision": links["precision"],
            "single_camera_idf1": _known(self.each.idf1),
            "link_recall": links["recall"],
            "multi_camera_idf1_if_all_were_linked": _known(self.perfect.idf1),
            "multi_camera_idf1_if_none_were_linked": _known(self.alone.idf1),
            "links": links,
            "reliability": self.reliability.as_dict(),
        }


def _known(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  (NaN)


def truth_beside(films: Sequence[Path]) -> Path | None:
    """Return the folder that holds the films and the truth about each of them, if it does."""
    folders = {path.parent for path in films}
    folder = folders.pop() if len(folders) == 1 else None
    if folder is not None and all(_truth_of(folder, path.stem).is_file() for path in films):
        return folder
    return None


def read_truths(folder: Path, cameras: Sequence[str], least_visible: float = 0.0) -> list[Truth]:
    """Read who is where before each camera, with the same numbers for all cameras.

    Args:
        folder: With CAMERA/gt/gt.txt for each, as MOT text.
        cameras: Their names.
        least_visible: See `read_truth`.

    Raises:
        InputError: If one is missing or cannot be read.
    """
    paths = [_truth_of(folder, name) for name in cameras]
    for path in paths:
        if not path.is_file():
            raise InputError(
                f"{path} does not exist: name the folder with the truth of all cameras"
            )
    return [read_truth(path, least_visible) for path in paths]


def _truth_of(folder: Path, camera: str) -> Path:
    return folder / camera / "gt" / "gt.txt"


def accuracy_of(scene: LinkedScene, truths: Sequence[Truth]) -> SceneAccuracy:
    """Compare a scene with the truth about it.

    Args:
        scene: Linked.
        truths: One for each of its films.
    """
    own = list(scene.trajectories())
    whose: dict[int, int | None] = {track.number: None for track in scene.tracks}
    for truth, tracks in zip(truths, own, strict=True):
        whose |= owners(truth, tracks)
    people = [CameraRecord(*both) for both in zip(truths, scene.people(), strict=True)]
    alone = [CameraRecord(*both) for both in zip(truths, own, strict=True)]
    said, right = answers(scene.links, whose)
    return SceneAccuracy(
        across=identity_across(people),
        each=identity_each(alone),
        perfect=identity_across([_relabelled(one, whose) for one in alone]),
        alone=identity_across(alone),
        links=count_links(scene.tracks, scene.links, scene.identities, whose, scene.same),
        said=tuple(said),
        right=tuple(right),
    )


def _relabelled(record: CameraRecord, owners_of: Owners) -> CameraRecord:
    """With one number for all tracks of a person; who is nobody keeps a number of their own."""
    tracks = record.tracks
    numbers = [_number(one, owners_of[one]) for one in tracks.ids.tolist()]
    apart = _first_of_each(tracks.frames.tolist(), numbers)
    kept = type(tracks).of(
        tracks.frames[apart], [numbers[place] for place in apart], tracks.boxes[apart]
    )
    return CameraRecord(record.truth, kept)


def _number(track: int, person: int | None) -> int:
    return -1 - track if person is None else person


def _first_of_each(frames: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """Places of boxes, without a second one of the same person in a frame."""
    first: dict[tuple[int, int], int] = {}
    for place, key in enumerate(zip(frames, numbers, strict=True)):
        first.setdefault(key, place)
    return list(first.values())
