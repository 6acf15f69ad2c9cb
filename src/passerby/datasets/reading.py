"""Finds out what lies in a folder and reads it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from passerby.datasets.card import DATASETS, Choice, DatasetCard
from passerby.datasets.checks import count_warnings
from passerby.datasets.index import ReidDataset, in_order, stays_below
from passerby.datasets.splits import Partitions, partitions_in
from passerby.errors import ConfigError, InputError

__all__ = ["draw_partitions", "read_dataset", "recognised"]


def read_dataset(
    root: str | os.PathLike[str],
    name: str | None = None,
    choice: Choice | None = None,
    *,
    pattern: str | None = None,
) -> ReidDataset:
    """Read the index of a data set; no image is opened.

    Args:
        root: Its folder.
        name: As in `DATASETS`; by default what its files look like.
        choice: Which split of it, and the like.
        pattern: How names in a data set of your own are built, as in `Choice`.

    Raises:
        ConfigError: If the name is unknown, or the data set leaves no such choice.
        InputError: If it is not there, or not built as it should be.
    """
    root, choice = _folder(root), _choice(choice, pattern)
    name = name or recognised(root)
    card = DATASETS[name]
    _check_parts(root, card)
    chosen = _checked(choice, name, card)
    if card.draw is not None and chosen.partitions is None:
        chosen = replace(chosen, partitions=partitions_in(root))
    found = card.read(root, chosen)
    if not found.samples:
        raise InputError("; ".join((f"{root} holds no image of {card.title}", *found.unread)))
    for sample in found.samples:
        if not stays_below(sample.path):
            raise InputError(
                f"{root} lists an image {sample.path!r}, which is not inside it: "
                "correct the list, or download the data set again"
            )
    samples = in_order(found.samples)
    caution = (card.caution,) if card.caution else ()
    dataset = ReidDataset(
        name,
        root,
        samples,
        found.protocol or card.protocol,
        chosen.split,
        (*found.notes, *_absent(root, card)),
        (*caution, *found.warnings),
        found.unread,
        found.names,
    )
    return replace(dataset, warnings=(*dataset.warnings, *count_warnings(dataset, card)))


def _folder(root: object) -> Path:
    """The root as a path.

    Raises:
        ConfigError: If it is none.
    """
    if not isinstance(root, (str, os.PathLike)):
        raise ConfigError(f"a data set is read from its folder, not from {type(root).__name__}")
    return Path(root)


def _choice(choice: object, pattern: str | None) -> Choice:
    """What was chosen, in one.

    Raises:
        ConfigError: If it is something else.
    """
    if not isinstance(choice, Choice | None):
        raise ConfigError(
            f"choice must be a passerby.datasets.Choice, not {type(choice).__name__}: "
            "a pattern is given as pattern="
        )
    chosen = choice or Choice()
    return chosen if pattern is None else replace(chosen, pattern=pattern)


def draw_partitions(root: Path, name: str | None = None, seed: int = 0) -> Partitions:
    """Choose who is trained on, or read whom the authors chose.

    Args:
        root: Folder of the data set.
        name: As in `DATASETS`; by default what its files look like.
        seed: Another seed draws others.

    Raises:
        ConfigError: If the name is unknown, or the data set leaves no such choice.
        InputError: If it is not there, or not built as it should be.
    """
    name = name or recognised(root)
    card = DATASETS[name]
    _check_parts(root, card)
    if card.draw is None:
        raise ConfigError(f"the splits of {name} are fixed: there is nothing to draw")
    return card.draw(root, seed)


def recognised(root: Path) -> str:
    """The name of the data set that the files of a folder look like.

    Raises:
        InputError: If they look like none; it says where one was found, if one is near.
    """
    _check_folder(root)
    for name, card in DATASETS.items():
        if card.mark and _holds(root, card):
            return name
    for card in DATASETS.values():
        near = next(_near(root, card), None) if card.mark else None
        if near is not None:
            raise InputError(
                f"{root} holds no data set, but {near} holds {card.title}: name that folder"
            )
    raise InputError(
        f"{root} holds no known data set, nor does any folder in it: name one of "
        f"{', '.join(DATASETS)} to see what it must hold"
    )


def _check_parts(root: Path, card: DatasetCard) -> None:
    """Make sure that the root holds what it must.

    Raises:
        InputError: If it does not; it says what was looked for, and where it was found.
    """
    _check_folder(root)
    if _is_there(root, card):
        return
    missing = [part for part in card.parts if not (root / part).exists()]
    near = next(_near(root, card), None)
    remedy = f"name {near}, which has all of them" if near else f"name the folder of {card.title}"
    raise InputError(
        f"{root} has no {', '.join(missing)}; looked for {', '.join(card.parts)} in it: {remedy}"
    )


def _check_folder(root: Path) -> None:
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise InputError(f"{root} {what}: name the folder that holds the data set")


def _checked(choice: Choice, name: str, card: DatasetCard) -> Choice:
    if card.splits is not None and not 0 <= choice.split < card.splits:
        raise ConfigError(f"{name} has the splits 0 to {card.splits - 1}, not {choice.split}")
    if choice.partitions is not None and card.draw is None:
        raise ConfigError(f"the splits of {name} are fixed: leave the split file out")
    if choice.pattern is not None and name != "folder":
        raise ConfigError(f"the names in {name} are known: a pattern is for the data set folder")
    return choice


def _holds(root: Path, card: DatasetCard) -> bool:
    return _is_there(root, card) and any(root.glob(card.mark))


def _is_there(root: Path, card: DatasetCard) -> bool:
    """Whether a folder holds all that must be there, and anything at all."""
    there = {part for part in card.parts if (root / part).exists()}
    return bool(there) and there >= set(card.parts) - set(card.optional)


def _absent(root: Path, card: DatasetCard) -> list[str]:
    """Say which subsets are not there."""
    absent = [part for part in card.optional if not (root / part).exists()]
    return [f"there is no {', '.join(absent)}: its images are left out"] if absent else []


def _near(root: Path, card: DatasetCard) -> Iterator[Path]:
    """Folders that hold the data set, up to two levels below the root, and those above it."""
    below = (path for pattern in ("*/", "*/*/") for path in sorted(root.glob(pattern)))
    for path in (*below, *root.resolve().parents[:2]):
        is_whole = all((path / part).exists() for part in card.parts)
        if is_whole or (card.mark and _holds(path, card)):
            yield path
