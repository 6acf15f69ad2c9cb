"""Crops of people in folders: clear ones, and their anonymized copies under the same names.

Pictures are read into memory, and go no further than attackers and figures.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from passerby.attack.labels import read_crop_labels
from passerby.attack.people import CropPairs, LabelledCrops, brought_to_size
from passerby.datasets import read_dataset
from passerby.datasets.folder import DEFAULT_PATTERN
from passerby.datasets.listing import list_pictures
from passerby.datasets.name_pattern import NamePattern, numbered
from passerby.errors import ConfigError, InputError
from passerby.pipeline.description import raw_frame
from passerby.types import Image

__all__ = ["crops_in", "pairs_in"]

IMAGES = 2
"""Most crops of a person by one camera."""


class _Listed(NamedTuple):
    """A picture in a folder, and what is known of it."""

    path: str
    identity: int
    camera: int
    attributes: Mapping[str, str] = {}


def crops_in(
    root: Path, *, people: int, pattern: str | None = None, seed: int = 0
) -> LabelledCrops:
    """Read crops of some people, drawn from those whom two cameras see.

    Args:
        root: A folder of crops, or a data set (`passerby datasets check`).
        people: How many people at most.
        pattern: How names are built, as in `NamePattern`; by default ``{id}_c{camera}*``, or that
            of the data set.
        seed: Of the draw.

    Raises:
        InputError: If there are none, or a picture cannot be read.
    """
    listed = _drawn(_listed(root, pattern), people, seed)
    return _crops(_read(root, listed), listed)


def pairs_in(
    clear: Path,
    anonymized: Path,
    *,
    people: int,
    pattern: str | None = None,
    labels: Path | None = None,
    seed: int = 0,
) -> CropPairs:
    """Read crops and their anonymized copies, which have the same names.

    Args:
        clear: As in `crops_in`.
        anonymized: The same folder or data set, anonymized.
        people: How many people at most.
        pattern: How names are built, as in `crops_in`.
        labels: A CSV file that says who is in each picture, by which camera, instead of its name.
        seed: Of the draw.

    Raises:
        ConfigError: If both a pattern and labels are given.
        InputError: If the folders do not pair up, or a picture or the labels cannot be read.
    """
    if labels is not None and pattern is not None:
        raise ConfigError("labels say who is in a picture, and so does the pattern: give one")
    every = _listed(clear, pattern) if labels is None else _labelled(clear, labels)
    missing = [one.path for one in every if not (anonymized / one.path).is_file()]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(every)} pictures in {clear} are not in {anonymized}, such as "
            f"{missing[0]}: name the anonymized copy of the same folder"
        )
    listed = _drawn(every, people, seed)
    before, after = _read(clear, listed), _read(anonymized, listed)
    for one, was, became in zip(listed, before, after, strict=True):
        if was.shape != became.shape:
            raise InputError(
                f"{one.path} has the shape {was.shape} in {clear}, but {became.shape} in "
                f"{anonymized}: name the anonymized copy of the same folder"
            )
    return CropPairs(_crops(before, listed), brought_to_size(after))


def _listed(root: Path, pattern: str | None) -> list[_Listed]:
    """All pictures of people who are known."""
    if not root.is_dir():
        raise InputError(f"{root} is no folder: name one that holds crops of people")
    names = list_pictures(root)
    if names:
        read = NamePattern(pattern or DEFAULT_PATTERN).read(names, root)
        numbers = numbered([who for who, _ in read])
        found = [
            _Listed(name, numbers[who], camera)
            for name, (who, camera) in zip(names, read, strict=True)
        ]
        return [one for one in found if one.identity > 0]
    samples = read_dataset(root, pattern=pattern).samples
    return [_Listed(one.path, one.identity, one.camera) for one in samples if not one.distractor]


def _labelled(root: Path, labels: Path) -> list[_Listed]:
    """All pictures that labels name."""
    if not root.is_dir():
        raise InputError(f"{root} is no folder: name one that holds crops of people")
    found = read_crop_labels(labels)
    missing = [one.picture for one in found if not (root / one.picture).is_file()]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(found)} pictures that {labels} names are not in {root}, such "
            f"as {missing[0]}: give their paths below that folder"
        )
    people, cameras = (
        {name: number for number, name in enumerate(sorted(names), 1)}
        for names in ({one.person for one in found}, {one.camera for one in found})
    )
    return [
        _Listed(one.picture, people[one.person], cameras[one.camera], one.attributes)
        for one in found
    ]


def _drawn(listed: Sequence[_Listed], people: int, seed: int) -> list[_Listed]:
    """A few crops of each of some people, of whom two cameras have some."""
    cameras = Counter(identity for identity, _ in {one[1:3] for one in listed})
    linked = sorted(identity for identity, count in cameras.items() if count > 1)
    if not linked:
        raise InputError(
            f"no person is seen by two cameras in {len(listed)} pictures: linking needs a second "
            "camera; say with --pattern how names tell which camera it was, as in {id}_c{camera}*"
        )
    order = np.random.default_rng([seed, 17]).permutation(len(linked))[:people]
    chosen = {linked[place] for place in order}
    taken: Counter[tuple[int, int]] = Counter()
    kept = []
    for one in sorted(listed, key=lambda one: one[:3]):
        if one.identity in chosen and taken[one[1:3]] < IMAGES:
            taken[one[1:3]] += 1
            kept.append(one)
    return kept


def _read(root: Path, listed: Sequence[_Listed]) -> list[Image]:
    return [raw_frame(root / one.path).image for one in listed]


def _crops(pictures: Sequence[Image], listed: Sequence[_Listed]) -> LabelledCrops:
    """What is known of pictures, beside what they show."""
    return LabelledCrops.unmarked(
        pictures,
        [one.identity for one in listed],
        [one.camera for one in listed],
        {name: np.array([one.attributes[name] for one in listed]) for name in listed[0].attributes},
    )
