"""Under which rules queries are compared with a gallery."""

from dataclasses import dataclass
from typing import get_args

from passerby.errors import ConfigError
from passerby.matching.coarse_to_fine import CoarseToFine
from passerby.matching.distances import Distance
from passerby.matching.reranking import Reranking

__all__ = ["Protocol"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The rules of an evaluation.

    Attributes:
        distance: Between two signatures.
        drop_same_camera: Whether images of the person asked for, by the camera that took the
            query, are left out of the gallery. So do Market-1501, DukeMTMC-reID, MSMT17 and the
            new protocol of CUHK03; Airport does not.
        junk_ids: Gallery images with these ids are left out for every query.
        max_rank: Length of the CMC curve.
        reranking: k-reciprocal re-ranking, or None.
        coarse_to_fine: Re-ranking with finer signatures, or None.

    Raises:
        ConfigError: If a value is out of range.
    """

    distance: Distance = "cosine"
    drop_same_camera: bool = True
    junk_ids: tuple[int, ...] = (-1,)
    max_rank: int = 50
    reranking: Reranking | None = None
    coarse_to_fine: CoarseToFine | None = None

    def __post_init__(self) -> None:
        if self.distance not in get_args(Distance):
            known = ", ".join(get_args(Distance))
            raise ConfigError(f"unknown distance {self.distance!r}: choose one of {known}")
        if self.max_rank < 1:
            raise ConfigError(f"a CMC curve needs 1 rank or more, not {self.max_rank}")
