"""Under which rules queries are compared with a gallery."""

from dataclasses import dataclass
from typing import Literal, get_args

from passerby.errors import ConfigError

__all__ = ["CoarseToFine", "Distance", "Protocol", "Reranking"]

Distance = Literal["cosine", "euclidean", "squared_euclidean"]
"""``cosine`` is 1 minus the cosine of the angle, from 0 to 2."""


@dataclass(frozen=True, slots=True)
class Reranking:
    """Settings of k-reciprocal re-ranking (Zhong et al. 2017, section 3).

    Attributes:
        k1: Neighbours among which reciprocal ones are sought.
        k2: Neighbours over which descriptions are averaged.
        original_weight: Share of the original distance in the final one, lambda in the paper.

    Raises:
        ConfigError: If a value is out of range.
    """

    k1: int = 20
    k2: int = 6
    original_weight: float = 0.3

    def __post_init__(self) -> None:
        if not 1 <= self.k2 <= self.k1:
            raise ConfigError(
                f"re-ranking needs 1 <= k2 <= k1, not k1={self.k1}, k2={self.k2}: change one"
            )
        if not 0 <= self.original_weight <= 1:
            raise ConfigError(f"the weight lambda must be 0 to 1, not {self.original_weight}")


@dataclass(frozen=True, slots=True)
class CoarseToFine:
    """Settings of re-ranking the nearest images with a finer signature.

    Attributes:
        top: How many of the nearest images are put into a new order.

    Raises:
        ConfigError: If that is none.
    """

    top: int = 50

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ConfigError(f"coarse-to-fine re-ranking needs 1 image or more, not {self.top}")


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
