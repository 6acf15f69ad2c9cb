"""All crops that an obfuscator learns from, and those that only measure, in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from passerby.detection.people import PeopleDetector
from passerby.detections import Boxes
from passerby.errors import ConfigError, InputError
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.obfuscator.crops import ClearFrame, Crop, cut_anywhere, cut_views
from passerby.train.obfuscator.data_sources import FrameSources
from passerby.train.obfuscator.frames import real_frames, synthetic_frames

__all__ = ["CropBatch", "CropPool", "CropSet", "as_tensor", "read_pool"]

_HELD_OUT = 7
"""Of so many frames of each source in a row, the last one only measures; likewise of worlds."""

_SEARCHED_AT = 416
"""Long side of frames in which people are looked for: crops are aimed at none who are smaller."""


class CropBatch(NamedTuple):
    """Crops as tensors.

    Attributes:
        numbers: Of the crops in their set, B of them.
        images: Shape (B, 3, H, W), RGB, 0-1.
        means: Likewise, what the cameras show in the mean; of photographs the mean colour.
        people: Shape (B, 1, H, W): 1 where people are, 0 elsewhere.
        identities: Shape (B,), of the people aimed at.
        boxes: Shape (B, 4), around them, in pixels.
    """

    numbers: list[int]
    images: Tensor
    means: Tensor
    people: Tensor
    identities: Tensor
    boxes: Tensor


@dataclass(frozen=True, eq=False)
class CropSet:
    """Crops; the views of one person are side by side.

    Attributes:
        images: Shape (N, H, W, 3), RGB, uint8. Raw: they stay in memory.
        means: Likewise, what the camera shows in the mean; of photographs the mean colour.
        people: Shape (N, H, W), bool.
        boxes: N of shape (n, 4): everybody in each crop.
        aimed: Shape (N, 4): the people aimed at.
        identities: Shape (N,), of these.
        synthetic: Shape (N,): whether nobody in it exists.
        views: Of each person.
    """

    images: npt.NDArray[np.uint8]
    means: npt.NDArray[np.uint8]
    people: npt.NDArray[np.bool_]
    boxes: tuple[Boxes, ...]
    aimed: Boxes
    identities: npt.NDArray[np.int64]
    synthetic: npt.NDArray[np.bool_]
    views: int

    @classmethod
    def of(cls, crops: Sequence[Crop], views: int) -> "CropSet":
        """Stack crops, the views of one person side by side."""
        images = np.stack([crop.image for crop in crops])
        colour = images[:: max(len(images) // 500, 1)].mean(axis=(0, 1, 2)).round()
        plain = np.broadcast_to(colour.astype(np.uint8), images.shape[1:])
        return cls(
            images=images,
            means=np.stack([plain if crop.mean is None else crop.mean for crop in crops]),
            people=np.stack([crop.people for crop in crops]),
            boxes=tuple(crop.boxes for crop in crops),
            aimed=np.stack([crop.box for crop in crops]),
            identities=np.array([crop.identity for crop in crops], np.int64),
            synthetic=np.array([crop.synthetic for crop in crops], np.bool_),
            views=views,
        )

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, numbers: Sequence[int], device: torch.device) -> CropBatch:
        """Return some crops as tensors."""
        chosen = np.asarray(numbers, np.int64)
        people = torch.from_numpy(self.people[chosen]).to(device)[:, None].float()
        return CropBatch(
            [int(number) for number in chosen],
            as_tensor(self.images[chosen], device),
            as_tensor(self.means[chosen], device),
            people,
            torch.from_numpy(self.identities[chosen]).to(device),
            torch.from_numpy(self.aimed[chosen]).to(device),
        )

    def first(self, count: int) -> "CropSet":
        """Return the first crops of the set; they share its memory."""
        return CropSet(
            images=self.images[:count],
            means=self.means[:count],
            people=self.people[:count],
            boxes=self.boxes[:count],
            aimed=self.aimed[:count],
            identities=self.identities[:count],
            synthetic=self.synthetic[:count],
            views=self.views,
        )

    def drawn(self, size: int, *seed: int) -> list[int]:
        """Draw so many crops: whole people with all their views, each person once.

        Args:
            size: Of the batch, a multiple of the views.
            seed: The same numbers draw the same.
        """
        rng = np.random.default_rng(list(seed))
        people = len(self) // self.views
        wanted = max(size // self.views, 1)
        chosen = rng.choice(people, wanted, replace=people < wanted)
        return [int(person) * self.views + view for person in chosen for view in range(self.views)]

    def person_colour(self) -> tuple[float, float, float]:
        """Return the mean colour of pixels that show people, RGB, 0-1.

        Raises:
            ConfigError: If there is none.
        """
        if not self.people.any():
            raise ConfigError("no pixel of the training data shows people: use other --data")
        sums, pixels = np.zeros(3), 0
        for image, people in zip(self.images, self.people, strict=True):
            sums += image[people].sum(axis=0, dtype=np.float64)
            pixels += int(people.sum())
        red, green, blue = sums / pixels / 255
        return float(red), float(green), float(blue)


def as_tensor(images: npt.NDArray[np.uint8], device: torch.device) -> Tensor:
    """Turn pictures of shape (N, H, W, 3), RGB, uint8, into (N, 3, H, W), 0-1."""
    tensor = torch.from_numpy(images).to(device).permute(0, 3, 1, 2).float() / 255
    return tensor.contiguous(memory_format=torch.channels_last)


class CropPool(NamedTuple):
    """What is learned from and what only measures.

    Attributes:
        train: Of frames and worlds that are learned from.
        held_out: Of others: people whom nobody has learned from.
        wider: The first, and after them crops of the same that are aimed at nobody, if there are
            any: the views of one person are side by side only among the first.
    """

    train: CropSet
    held_out: CropSet
    wider: CropSet | None = None


def read_pool(
    sources: FrameSources, seed: int, report: Report = lambda _progress: None
) -> CropPool:
    """Cut crops of all sources into memory; they are never written anywhere.

    Args:
        sources: What to learn from.
        seed: Of how crops are cut.
        report: Told how many sources are read.

    Raises:
        ConfigError: If there are no sources.
        InputError: If a source cannot be read, or shows nobody.
        ModelError: If the person detector is missing.
    """
    total = len(sources.data) + sources.worlds
    if not total:
        raise ConfigError("there is no training data: give --data, or --worlds above 0")
    parts: tuple[list[list[Crop]], list[list[Crop]]] = ([], [])
    anywhere: list[Crop] = []
    for number, frames in enumerate(_read(sources), 1):
        train, measured, windows = _split(frames, number, sources, seed)
        parts[0].extend(train)
        parts[1].extend(measured)
        anywhere.extend(windows)
        report(TrainingProgress("reading", number, total))
    for part in parts:
        if not part:
            raise InputError(
                "too few people are large enough to learn from: give more --data, or --worlds 7"
            )
    learned, held_out = ([crop for one in part for crop in one] for part in parts)
    wider = CropSet.of([*learned, *anywhere], sources.views)
    return CropPool(
        train=wider.first(len(learned)),
        held_out=CropSet.of(held_out, sources.views),
        wider=wider if anywhere else None,
    )


def _read(sources: FrameSources) -> Iterator[Iterator[ClearFrame]]:
    """Open one source after the other."""
    numbers = count()
    if sources.data:
        find = PeopleDetector(sources.person_model, size=_SEARCHED_AT, threads=1)
        for path in sources.data:
            yield real_frames(path, sources.frames, find, numbers)
    for world in range(sources.worlds):
        yield synthetic_frames(world)


def _split(
    frames: Iterator[ClearFrame], number: int, sources: FrameSources, seed: int
) -> tuple[list[list[Crop]], list[list[Crop]], list[Crop]]:
    """Cut crops of a source: for learning, for measuring, and aimed at nobody, for learning.

    Neighbours in a row often show the same people. Only whole worlds are held out, and of real
    footage the end.
    """
    drawn = number - len(sources.data)
    cut = [_cut(frame, sources, [seed, 53, number, index]) for index, frame in enumerate(frames)]
    if drawn <= 0:
        learned = len(cut) - len(cut) // _HELD_OUT
    else:
        learned = 0 if drawn % _HELD_OUT == 0 else len(cut)
    train = [views for one, _ in cut[:learned] for views in one]
    measured = [views for one, _ in cut[learned:] for views in one]
    return train, measured, [crop for _, windows in cut[:learned] for crop in windows]


def _cut(
    frame: ClearFrame, sources: FrameSources, seed: Sequence[int]
) -> tuple[list[list[Crop]], list[Crop]]:
    """Aim at people in a frame, and at nobody."""
    rng = np.random.default_rng(list(seed))
    aimed = list(cut_views(frame, rng, upright=sources.upright, views=sources.views))
    return aimed, list(cut_anywhere(frame, rng, windows=sources.windows))
