"""Boxes found in a frame, and what is known about each."""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError

__all__ = ["KIND_OF_NAME", "Boxes", "Detections", "Kind", "Mask"]

Mask = npt.NDArray[np.bool_]
"""Shape (height, width); True where a pixel belongs."""

Boxes = npt.NDArray[np.float32]
"""Shape (n, 4): left, top, right, bottom in pixels; right and bottom are exclusive."""


class Kind(IntEnum):
    """What a detected box encloses."""

    PERSON = 0
    HEAD = 1
    FACE = 2
    MOTION = 3
    OBJECT = 4
    """No part of a person, but what a user wants covered all the same, such as a number plate."""


KIND_OF_NAME = {
    "person": Kind.PERSON,
    "people": Kind.PERSON,
    "pedestrian": Kind.PERSON,
    "head": Kind.HEAD,
    "face": Kind.FACE,
    "motion": Kind.MOTION,
    "object": Kind.OBJECT,
}
"""What classes of these names enclose, in files of boxes and in networks."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What is known about the people in one frame: n boxes and what goes with each.

    Attributes:
        boxes: Shape (n, 4), see `Boxes`. May reach outside the frame.
        scores: Shape (n,), 0-1.
        kinds: Shape (n,), values of `Kind`.
        tracks: Shape (n,), the track each box belongs to, -1 where none.
        seen: Shape (n,), False where the box was not detected in this frame but filled in
            from its track.
        margins: Shape (n,), pixels by which each side may lie further out than the box says: 0
            where the box was detected, more the longer ago (or the later) it was.
        masks: One mask of the full frame's shape or None for each box; empty if no box has one.
        failure: Why detection failed, or None. A frame with a failure is covered in full.

    Raises:
        ConfigError: If the shapes do not fit each other.
    """

    boxes: Boxes
    scores: npt.NDArray[np.float32]
    kinds: npt.NDArray[np.int8]
    tracks: npt.NDArray[np.int64]
    seen: npt.NDArray[np.bool_]
    margins: npt.NDArray[np.float32]
    masks: tuple[Mask | None, ...] = field(default=())
    failure: str | None = None

    def __post_init__(self) -> None:
        count = len(self.boxes)
        if self.boxes.shape != (count, 4):
            raise ConfigError(f"boxes must have shape (n, 4), not {self.boxes.shape}")
        for name in ("scores", "kinds", "tracks", "seen", "margins"):
            shape = getattr(self, name).shape
            if shape != (count,):
                raise ConfigError(f"{name} must have shape ({count},) like the boxes, not {shape}")
        if len(self.masks) not in (0, count):
            raise ConfigError(
                f"masks must be empty or {count} like the boxes, not {len(self.masks)}"
            )

    @classmethod
    def of(
        cls,
        boxes: npt.ArrayLike,
        scores: npt.ArrayLike | None = None,
        kinds: npt.ArrayLike | Kind = Kind.PERSON,
        tracks: npt.ArrayLike | None = None,
        seen: npt.ArrayLike | None = None,
        margins: npt.ArrayLike = 0,
        masks: tuple[Mask | None, ...] = (),
    ) -> Self:
        """Build detections from anything array-like; what is left out gets its neutral value.

        Example:
            >>> Detections.of([[10, 20, 30, 80]], kinds=Kind.PERSON).scores
            array([1.], dtype=float32)
        """
        try:
            box_array = np.asarray(boxes, np.float32)
            if box_array.ndim == 1:
                box_array = box_array.reshape(-1, 4)
            n = len(box_array)
            return cls(
                boxes=box_array,
                scores=np.asarray(np.ones(n) if scores is None else scores, np.float32),
                kinds=np.broadcast_to(np.asarray(kinds, np.int8), (n,)).copy(),
                tracks=np.asarray(np.full(n, -1) if tracks is None else tracks, np.int64),
                seen=np.asarray(np.ones(n) if seen is None else seen, np.bool_),
                margins=np.broadcast_to(np.asarray(margins, np.float32), (n,)).copy(),
                masks=masks,
            )
        except (TypeError, ValueError, OverflowError) as error:
            raise ConfigError(f"these are no boxes, or not what goes with them: {error}") from None

    @classmethod
    def none(cls) -> Self:
        """Nobody was found."""
        return cls.of(np.zeros((0, 4), np.float32))

    @classmethod
    def failed(cls, reason: str) -> Self:
        """Detection did not work on this frame; it has to be covered in full."""
        return replace(cls.none(), failure=reason)

    @classmethod
    def joined(cls, *parts: "Detections") -> "Detections":
        """All boxes of ``parts`` in one; the first failure, if any, is kept."""
        if not parts:
            return cls.none()
        masked = any(part.masks for part in parts)
        return Detections(
            boxes=np.concatenate([part.boxes for part in parts]),
            scores=np.concatenate([part.scores for part in parts]),
            kinds=np.concatenate([part.kinds for part in parts]),
            tracks=np.concatenate([part.tracks for part in parts]),
            seen=np.concatenate([part.seen for part in parts]),
            margins=np.concatenate([part.margins for part in parts]),
            masks=tuple(m for p in parts for m in (p.masks or (None,) * len(p))) if masked else (),
            failure=next((part.failure for part in parts if part.failure), None),
        )

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(
        self, index: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice
    ) -> "Detections":
        """The boxes that ``index`` (a mask, indices or a slice) chooses."""
        chosen = np.arange(len(self))[index]
        return replace(
            self,
            boxes=self.boxes[chosen],
            scores=self.scores[chosen],
            kinds=self.kinds[chosen],
            tracks=self.tracks[chosen],
            seen=self.seen[chosen],
            margins=self.margins[chosen],
            masks=tuple(self.masks[i] for i in chosen) if self.masks else (),
        )

    def in_tenths(self) -> Self:
        """The same with positions, sizes and margins in tenths of a pixel, as reports list them.

        A box never gets smaller by it. Whatever is not finite stays as it is.
        """
        low, high = self.boxes[:, :2].astype(np.float64), self.boxes[:, 2:].astype(np.float64)
        low = np.floor(_tenths(low)) / 10
        size = np.ceil(_tenths(high - low)) / 10
        rounded = np.hstack([low, size]).astype(np.float32)
        rounded[:, 2:] += rounded[:, :2]
        finite = np.isfinite(self.boxes).all(axis=1, keepdims=True)
        return replace(
            self,
            boxes=np.where(finite, rounded, self.boxes),
            margins=(np.ceil(_tenths(self.margins)) / 10).astype(np.float32),
        )

    def of_kind(self, *kinds: Kind) -> "Detections":
        """Only the boxes of these kinds."""
        return self[np.isin(self.kinds, kinds)]


def _tenths(pixels: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Pixels in tenths of them; the last digits of 32 bits say nothing."""
    return (pixels.astype(np.float64) * 10).round(1)
