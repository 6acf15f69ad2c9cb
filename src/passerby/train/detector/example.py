"""A picture with the boxes of people and heads in it, and what is not known about it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes, Kind
from passerby.types import Image

__all__ = ["Example", "LabelledScene", "Labels"]


@dataclass(frozen=True, eq=False)
class Labels:
    """Boxes in a picture.

    Attributes:
        boxes: Shape (n, 4), pixels.
        kinds: Shape (n,), `Kind.PERSON` or `Kind.HEAD`.
        unknown: Shape (m, 4): where there may be more of ``unknown_kinds`` than the boxes say,
            so that finding one there is not a mistake.
        unknown_kinds: Shape (m,).
    """

    boxes: Boxes
    kinds: npt.NDArray[np.int64]
    unknown: Boxes = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    unknown_kinds: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def of(cls, people: npt.ArrayLike = (), heads: npt.ArrayLike = ()) -> "Labels":
        """Join boxes of people and of heads, each of shape (n, 4)."""
        parts = [np.array(boxes, np.float32).reshape(-1, 4) for boxes in (people, heads)]
        kinds = np.repeat([Kind.PERSON, Kind.HEAD], [len(part) for part in parts])
        return cls(np.concatenate(parts), kinds.astype(np.int64))

    def of_kind(self, kind: Kind) -> Boxes:
        """Return the boxes of one kind."""
        chosen: Boxes = self.boxes[self.kinds == kind]
        return chosen

    def doubted(self, boxes: npt.ArrayLike, kind: Kind) -> "Labels":
        """Add places where more of ``kind`` may be."""
        places = np.array(boxes, np.float32).reshape(-1, 4)
        kinds = np.full(len(places), kind, np.int64)
        return replace(
            self,
            unknown=np.concatenate([self.unknown, places]),
            unknown_kinds=np.concatenate([self.unknown_kinds, kinds]),
        )


@dataclass(frozen=True, eq=False)
class LabelledScene:
    """A picture in memory and its labels.

    Attributes:
        image: Shape (height, width, 3), BGR, uint8. Raw: it stays in memory.
        labels: What is in it.
    """

    image: Image
    labels: Labels


@dataclass(frozen=True, eq=False)
class Example:
    """A picture that is read when it is needed.

    Attributes:
        name: Stable over runs, for splits and messages.
        load: Reads it.
    """

    name: str
    load: Callable[[], LabelledScene]
