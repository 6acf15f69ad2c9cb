"""What an obfuscator learns from, and who said that it may."""

from dataclasses import dataclass
from pathlib import Path

from passerby.train.detector.collections import COLLECTIONS
from passerby.train.detector.footage import FOOTAGE

__all__ = ["DataSource", "FrameSources", "describe_source"]

_MEASURES_ONLY = "video/avenue-", "video/pets09-", "video/caviar-"
"""Footage on which obfuscators are measured: whatever learns from it cannot be given away."""


@dataclass(frozen=True, slots=True)
class FrameSources:
    """What to learn from.

    Attributes:
        data: Videos, pictures, and folders of them. Nobody has to be labelled.
        frames: At most so many frames or pictures of each, evenly spaced.
        worlds: Number of synthetic worlds, with six moments each.
        person_model: Detector that says where people are; None for the default one.
        upright: Learn only from people who are at least so many times as tall as wide; 0 is
            everybody. Faces that fill a picture cannot be hidden and still be found as people.
        views: Of each person, a multiple of 2: at another size and place, perhaps mirrored.
        windows: Of each frame or picture, aimed at nobody; the recipe silhouettes learns from them.
    """

    data: tuple[Path, ...] = ()
    frames: int = 400
    worlds: int = 40
    person_model: str | None = None
    upright: float = 0.0
    views: int = 2
    windows: int = 0


@dataclass(frozen=True, slots=True)
class DataSource:
    """What is known of a folder or video, for the card.

    Attributes:
        name: As it was named.
        source: Who published it.
        licence: As its publisher states it.
        ships: Whether weights that learned from it may be given away.
    """

    name: str
    source: str
    licence: str
    ships: bool


def describe_source(path: Path) -> DataSource:
    """Look a folder or video up among the collections and clips that are known.

    Example:
        >>> describe_source(Path("data/people/css")).licence
        'CC BY 4.0'
        >>> describe_source(Path("street.mp4"))
        DataSource(name='street.mp4', source='not stated', licence='not stated', ships=False)
    """
    whole = path.as_posix()
    if not any(name in f"/{whole}" for name in _MEASURES_ONLY):
        for collection in COLLECTIONS.values():
            if whole.removesuffix("/images").endswith(collection.folder):
                return DataSource(
                    collection.name, collection.source, collection.licence, collection.ships
                )
        for clip in FOOTAGE:
            if whole.endswith(clip.file):
                return DataSource(clip.file, clip.source, clip.licence, ships=True)
    return DataSource(path.name, "not stated", "not stated", ships=False)
