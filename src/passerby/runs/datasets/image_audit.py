"""Opens all images of a data set: which can be read, how large they are, which are the same."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from passerby.datasets import ReidDataset
from passerby.datasets.statistics import spread_of
from passerby.files.hashing import sha256_of
from passerby.runtime.counting import counted
from passerby.runtime.error_line import error_about
from passerby.runtime.reasons import reason_of
from passerby.runtime.workers import spread
from passerby.sources.images import ImageSource
from passerby.sources.inputs import check_readable

__all__ = ["AuditedImage", "copies", "sizes", "survey", "unreadable"]


@dataclass(frozen=True, slots=True)
class AuditedImage:
    """What a file turned out to be.

    Attributes:
        path: Relative to the root of the data set, with slashes.
        width, height: In pixels; 0 if it cannot be read.
        sha256: Of the file, in hexadecimal; empty if it cannot be read.
        error: Why it cannot be read, or None.
    """

    path: str
    width: int = 0
    height: int = 0
    sha256: str = ""
    error: str | None = None


def survey(
    dataset: ReidDataset,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[AuditedImage]:
    """Decode every image of a data set.

    Args:
        dataset: Its index.
        workers: How many processes do it.
        progress: Called after each image with how many of how many are done.
    """
    paths = sorted({sample.path for sample in dataset.samples})
    pictures = []
    for picture in spread(partial(_looked_at, dataset.root), paths, workers):
        pictures.append(picture)
        progress(len(pictures), len(paths))
    return pictures


def unreadable(pictures: Sequence[AuditedImage]) -> list[str]:
    """Say in one line which images cannot be read, if there are any."""
    errors = [picture.error for picture in pictures if picture.error is not None]
    return [f"{counted(len(errors), 'image')} cannot be read: {errors[0]}"] if errors else []


def sizes(pictures: Sequence[AuditedImage]) -> dict[str, dict[str, float]]:
    """The least, the middle and the greatest width and height in pixels; empty without images."""
    read = [picture for picture in pictures if picture.error is None]
    if not read:
        return {}
    return {
        "width": asdict(spread_of([picture.width for picture in read])),
        "height": asdict(spread_of([picture.height for picture in read])),
    }


def copies(pictures: Sequence[AuditedImage]) -> list[tuple[str, ...]]:
    """Groups of paths whose files are the same byte for byte.

    Example:
        >>> first, second = AuditedImage("a.png", sha256="5f"), AuditedImage("b.png", sha256="07")
        >>> copies([first, second, AuditedImage("c.png", sha256="5f")])
        [('a.png', 'c.png')]
    """
    by_hash: dict[str, list[str]] = {}
    for picture in pictures:
        if picture.error is None:
            by_hash.setdefault(picture.sha256, []).append(picture.path)
    return [tuple(paths) for paths in by_hash.values() if len(paths) > 1]


def _looked_at(root: Path, paths: Sequence[str]) -> list[AuditedImage]:
    return [_picture(root, path) for path in paths]


def _picture(root: Path, path: str) -> AuditedImage:
    file = root / path
    try:
        check_readable(file)
        with ImageSource(file) as source:
            for _ in source:
                pass
            medium = source.medium
        return AuditedImage(path, medium.width, medium.height, sha256_of(file))
    except Exception as error:  # noqa: BLE001  (whatever it is, this image cannot be read)
        return AuditedImage(path, error=error_about(path, reason_of(error)))
