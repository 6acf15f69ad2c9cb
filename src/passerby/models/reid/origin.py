"""Which weights a network started from."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["WeightsOrigin"]


@dataclass(frozen=True, slots=True)
class WeightsOrigin:
    """Which weights a network started from.

    Attributes:
        kind: Learned on ImageNet, read from a file, or random.
        source: Address or path of the weights; empty for random ones.
        sha256: Hash of the file, 64 hexadecimal digits, where it was read.
        note: What else must be known, such as why they are not what was asked for.
    """

    kind: Literal["imagenet", "file", "scratch"]
    source: str = ""
    sha256: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Say it in one line.

        Example:
            >>> print(WeightsOrigin("scratch", note="hacnn has no ImageNet weights"))
            from scratch (hacnn has no ImageNet weights)
        """
        where = {"imagenet": "ImageNet weights", "file": "file", "scratch": "from scratch"}
        parts = [where[self.kind], self.source, self.sha256 and f"sha256 {self.sha256[:12]}"]
        text = " ".join(part for part in parts if part)
        return f"{text} ({self.note})" if self.note else text
