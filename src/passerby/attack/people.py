"""Crops of people, clear ones and what an anonymizer makes of them; they stay in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from passerby.attack.attributes import PersonAttributes, clothing_in_pictures, identity_attributes
from passerby.errors import ConfigError, InputError
from passerby.synth.gallery import Gallery, portraits
from passerby.synth.identity import Identity

__all__ = [
    "CropImages",
    "CropPairs",
    "LabelledCrops",
    "brought_to_size",
    "moved_images",
    "synthetic_people",
]

_SIZE = (64, 128)
"""Width and height of crops."""

CropImages = npt.NDArray[np.uint8]
"""Pictures of one size, shape (n, height, width, 3), BGR."""

_Flags = npt.NDArray[np.bool_]
_Chosen = npt.NDArray[np.bool_] | npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class LabelledCrops:
    """Crops that show one person each.

    Attributes:
        images: Shape (n, height, width, 3), BGR, uint8.
        ids: Shape (n,), who is shown.
        cameras: Shape (n,), by which camera.
        masks: Shape (n, height, width), which pixels show the person.
        heads: Shape (n, 4), boxes of heads in pixels; NaN where nobody knows.
        attributes: What they look like; see `passerby.attack.attributes`.

    Raises:
        InputError: If there are none, or the shapes do not fit each other.
    """

    images: CropImages
    ids: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]
    masks: _Flags
    heads: npt.NDArray[np.float32]
    attributes: PersonAttributes = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = self.images.shape
        if len(shape) != 4 or shape[3] != 3 or not self.images.size:
            raise InputError(f"crops must have shape (n, height, width, 3), not {shape}")
        wanted = (shape[:1], shape[:1], shape[:3], (shape[0], 4))
        given = (self.ids.shape, self.cameras.shape, self.masks.shape, self.heads.shape)
        if given != wanted:
            raise InputError(
                f"ids, cameras, masks and heads have the shapes {given}, but {wanted} are needed: "
                "give one of each for every crop"
            )
        for name, values in self.attributes.items():
            if values.shape != shape[:1]:
                raise InputError(
                    f"the attribute {name} has the shape {values.shape}: give one value for each "
                    f"of {shape[0]} crops"
                )

    @classmethod
    def unmarked(
        cls,
        images: Sequence[npt.NDArray[np.uint8]],
        ids: npt.ArrayLike,
        cameras: npt.ArrayLike,
        attributes: PersonAttributes | None = None,
    ) -> Self:
        """Bring crops to one size; nobody knows which pixels show people, so all count.

        Args:
            images: Of any size.
            ids: Who is shown.
            cameras: By which camera.
            attributes: What is known of them. Colours of clothes that are not among it are read
                in the pictures.
        """
        crops = brought_to_size(images)
        people = np.asarray(ids, np.int64)
        return cls(
            images=crops,
            ids=people,
            cameras=np.asarray(cameras, np.int64),
            masks=np.ones(crops.shape[:3], np.bool_),
            heads=np.full((len(crops), 4), np.nan, np.float32),
            attributes=clothing_in_pictures(crops, people) | dict(attributes or {}),
        )

    def __len__(self) -> int:
        return len(self.images)

    def take(self, chosen: _Chosen) -> Self:
        """Those crops alone, by flags or by places, in the order of these."""
        return replace(
            self,
            images=self.images[chosen],
            ids=self.ids[chosen],
            cameras=self.cameras[chosen],
            masks=self.masks[chosen],
            heads=self.heads[chosen],
            attributes={name: values[chosen] for name, values in self.attributes.items()},
        )

    def moved(self, right: npt.ArrayLike, down: npt.ArrayLike) -> Self:
        """The same people moved by whole pixels; what comes in at a side repeats the pixels there.

        Args:
            right: Pixels to the right, to the left if below 0: of all, or shape (n,).
            down: Likewise.
        """
        return replace(
            self,
            images=moved_images(self.images, right, down),
            masks=moved_images(self.masks.astype(np.uint8), right, down).astype(np.bool_),
            heads=self.heads + np.tile(_shifts(right, down, len(self)), 2),
        )

    def mirrored(self, chosen: _Flags) -> Self:
        """Mirror images of those crops, and the others as they are."""
        images, masks, heads = self.images.copy(), self.masks.copy(), self.heads.copy()
        images[chosen], masks[chosen] = images[chosen, :, ::-1], masks[chosen, :, ::-1]
        heads[chosen] = np.array([1, 0, 1, 0]) * self.images.shape[2] - heads[chosen][
            :, [2, 1, 0, 3]
        ] * np.array([1, -1, 1, -1])
        return replace(self, images=images, masks=masks, heads=heads)

    def of(self, ids: npt.NDArray[np.int64]) -> Self:
        """The crops of these people alone."""
        return self.take(np.isin(self.ids, ids))


@dataclass(frozen=True, eq=False)
class CropPairs:
    """Clear crops and what an anonymizer made of them.

    Attributes:
        clear: What it was given.
        seen: What it made, shape of the clear images.

    Raises:
        InputError: If the shapes differ.
    """

    clear: LabelledCrops
    seen: CropImages

    def __post_init__(self) -> None:
        if self.seen.shape != self.clear.images.shape or self.seen.dtype != np.uint8:
            raise InputError(
                f"clear crops have shape {self.clear.images.shape}, anonymized ones "
                f"{self.seen.shape}: give the same pictures of one size, in 8 bits"
            )

    def of(self, ids: npt.NDArray[np.int64]) -> Self:
        """The pairs of these people alone."""
        return self.take(np.isin(self.clear.ids, ids))

    def take(self, chosen: _Chosen) -> Self:
        """Those pairs alone, by flags or by places, in the order of these."""
        return type(self)(self.clear.take(chosen), self.seen[chosen])


def moved_images(images: CropImages, right: npt.ArrayLike, down: npt.ArrayLike) -> CropImages:
    """Move pictures of shape (n, height, width) or with channels; see `LabelledCrops.moved`."""
    size = images.shape[2], images.shape[1]
    shifts = _shifts(right, down, len(images))
    moves = (np.array([[1, 0, x], [0, 1, y]], np.float32) for x, y in shifts)
    return np.stack(
        [
            cv2.warpAffine(one, move, size, borderMode=cv2.BORDER_REPLICATE)
            for one, move in zip(images, moves, strict=True)
        ]
    )


def _shifts(right: npt.ArrayLike, down: npt.ArrayLike, count: int) -> npt.NDArray[np.float32]:
    """By how much each of them is moved, shape (count, 2)."""
    both = [np.broadcast_to(np.asarray(one, np.float32), count) for one in (right, down)]
    return np.stack(both, axis=1)


def brought_to_size(images: Sequence[npt.NDArray[np.uint8]]) -> CropImages:
    """Resize crops to 64 by 128 pixels."""
    crops = [cv2.resize(one, _SIZE, interpolation=cv2.INTER_AREA) for one in images]
    return np.stack(crops).astype(np.uint8, copy=False)


def synthetic_people(
    people: int,
    *,
    cameras: int = 3,
    images: int = 2,
    seed: int = 0,
    progress: Callable[[], None] = lambda: None,
) -> LabelledCrops:
    """Draw people who do not exist, as several cameras see them.

    Args:
        people: How many, at least 2.
        cameras: How many see each of them, at least 2.
        images: Crops of each person by each camera.
        seed: The same draws the same.
        progress: Called from time to time.

    Raises:
        ConfigError: If a number is out of range.
    """
    if cameras < 2:
        raise ConfigError(f"{cameras} cameras: linking needs at least 2")
    gallery = Gallery(people, cameras, images, seed)
    drawn = list(portraits(gallery, progress))
    known = [identity_attributes(Identity.random(one.identity, seed)) for one in drawn]
    return LabelledCrops(
        images=np.stack([one.crop.picture.pixels for one in drawn]),
        ids=np.array([one.identity for one in drawn], np.int64),
        cameras=np.array([one.camera for one in drawn], np.int64),
        masks=np.stack([one.crop.person for one in drawn]),
        heads=np.array([one.crop.head_box for one in drawn], np.float32),
        attributes={name: np.array([one[name] for one in known]) for name in known[0]},
    )
