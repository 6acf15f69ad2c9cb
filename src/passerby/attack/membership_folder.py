"""Folders of pictures that a network may have learned from; they are read one at a time."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from passerby.attack.membership_marks import MemberPicture
from passerby.datasets.listing import list_pictures
from passerby.datasets.name_pattern import NamePattern, numbered
from passerby.errors import InputError
from passerby.pipeline.description import raw_frame
from passerby.train.detector.yolo import read_labels

__all__ = ["MemberFolder"]


class MemberFolder:
    """Pictures that are drawn from a folder, with the boxes in them where these are known.

    Boxes are read from the folder ``labels`` beside it, as YOLO text.

    Args:
        folder: Of the pictures.
        pictures: How many at most.
        pattern: How names are built, as in `NamePattern`: pictures of one person count together.
        seed: Of the draw.

    Raises:
        InputError: If there are no pictures, or a name is built otherwise.
    """

    def __init__(
        self, folder: Path, *, pictures: int, pattern: str | None = None, seed: int = 0
    ) -> None:
        names = list_pictures(folder)
        if not names:
            raise InputError(f"no pictures in {folder}: name a folder that holds some")
        chosen = np.random.default_rng(seed).permutation(len(names))[:pictures]
        people: list[int | None] = [None] * len(names)
        if pattern is not None:
            shown = [who for who, _ in NamePattern(pattern).read(names, folder)]
            numbers = numbered(shown)
            people = [numbers[who] for who in shown]
        self._listed = [(folder / names[place], people[place]) for place in sorted(chosen)]

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[MemberPicture]:
        for path, person in self._listed:
            image = raw_frame(path).image
            labels = path.parents[1] / "labels" / f"{path.stem}.txt"
            truth = None
            if labels.is_file():
                height, width = image.shape[:2]
                boxes = [box for _, box in read_labels(labels, width, height)]
                truth = np.stack(boxes) if boxes else np.empty((0, 4), np.float32)
            yield MemberPicture(image, truth, person)
