"""What an evaluation found, with the rules that it followed."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.evaluate.reid.matches import Matches
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.ranking import Ties
from passerby.evaluate.reid.verification import Verification
from passerby.evaluate.statistics import Figures
from passerby.signatures.origin import Data
from passerby.signatures.signatures import Signatures

__all__ = ["CONVENTIONS", "Result", "result_of"]

RATES = (1e-4, 1e-3, 1e-2)
"""Shares of false accepts at which true accepts are reported."""

CONVENTIONS = {
    "AP": "mean of the precision at each match",
    "AP_trapezoid": "area under the precision-recall curve by trapezia",
    "ties": "expectation over random order",
    "queries_without_match": "left out of every mean",
}


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Figures of one evaluation; those of single queries are NaN where a query has no match.

    Attributes:
        protocol: The rules.
        data: The images.
        ids, cameras: Shape (n,), of the queries.
        gallery_images: Number of images in the gallery, less those left out for every query.
        matches: Shape (n,), matches of each query.
        average_precision, average_precision_trapezoid, inverse_negative_penalty: Shape (n,).
        first_rank: Shape (n,), the expected place of the nearest match, from 1.
        matched: Shape (n, max_rank), the probability of a match among the nearest 1, 2, ...
        verification: What a threshold on the distance reaches; None where it was not asked for.
    """

    protocol: Protocol
    data: Data
    ids: npt.NDArray[np.int64]
    cameras: npt.NDArray[np.int64]
    gallery_images: int
    matches: npt.NDArray[np.intp]
    average_precision: Figures
    average_precision_trapezoid: Figures
    inverse_negative_penalty: Figures
    first_rank: Figures
    matched: Figures = field(repr=False)
    verification: Verification | None = field(default=None, repr=False)

    @property
    def valid(self) -> npt.NDArray[np.bool_]:
        """Which queries have a match, shape (n,)."""
        return self.matches > 0

    @property
    def mean_average_precision(self) -> float:
        """The mAP by the mean of precisions, as most libraries and papers report it."""
        return float(np.nanmean(self.average_precision))

    @property
    def mean_average_precision_trapezoid(self) -> float:
        """The mAP by trapezia, as the code published with Market-1501 has it."""
        return float(np.nanmean(self.average_precision_trapezoid))

    @property
    def mean_inverse_negative_penalty(self) -> float:
        """The mINP."""
        return float(np.nanmean(self.inverse_negative_penalty))

    @property
    def cmc(self) -> Figures:
        """Shape (max_rank,), the mean of `matched`."""
        return np.asarray(np.nanmean(self.matched, axis=0))

    def rank(self, k: int) -> float:
        """The share of queries with a match among the nearest ``k`` images."""
        return float(self.cmc[k - 1])

    def summary(self) -> dict[str, float]:
        """The figures that papers report; those of ranks beyond the CMC curve are left out."""
        figures = {
            "mAP": self.mean_average_precision,
            "mAP_trapezoid": self.mean_average_precision_trapezoid,
            **{f"rank{k}": self.rank(k) for k in (1, 5, 10) if k <= self.protocol.max_rank},
            "mINP": self.mean_inverse_negative_penalty,
        }
        return figures | ({} if self.verification is None else {"AUC": self.verification.auc})

    def per_query(self) -> dict[str, npt.NDArray[Any]]:
        """One column a figure, one row a query."""
        return {
            "id": self.ids,
            "camera": self.cameras,
            "matches": self.matches,
            "AP": self.average_precision,
            "AP_trapezoid": self.average_precision_trapezoid,
            "INP": self.inverse_negative_penalty,
            "first_rank": self.first_rank,
        }

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON: columns of `per_query` are lists, NaN is None."""
        return {
            **{name: _known(figure) for name, figure in self.summary().items()},
            "cmc": self.cmc.tolist(),
            "verification": None if self.verification is None else _verified(self.verification),
            "queries": len(self.ids),
            "queries_without_match": int((~self.valid).sum()),
            "gallery_images": self.gallery_images,
            **{name: _listed(column) for name, column in self.per_query().items()},
            "protocol": {**asdict(self.protocol), **CONVENTIONS, "data": asdict(self.data)},
        }


def result_of(
    protocol: Protocol,
    data: Data,
    query: Signatures,
    matches: Matches,
    ties: Ties,
    verification: Verification | None,
) -> Result:
    """Work out all figures from the places of the matches."""
    return Result(
        protocol=protocol,
        data=data,
        ids=query.ids,
        cameras=query.cameras,
        gallery_images=int((~matches.dropped).sum()),
        matches=matches.per_query,
        average_precision=ties.average_precision(),
        average_precision_trapezoid=ties.average_precision_trapezoid(),
        inverse_negative_penalty=ties.inverse_negative_penalty(),
        first_rank=ties.first_rank(),
        matched=ties.matched(protocol.max_rank),
        verification=verification,
    )


def _verified(verification: Verification) -> Mapping[str, Any]:
    return {
        "AUC": _known(verification.auc),
        "AUC_error": _known(verification.auc_error),
        "AUC_folded": _known(verification.auc_folded),
        "EER": verification.equal_error_rate,
        "TAR_at_FAR": {f"{rate:g}": verification.true_accepts_at(rate) for rate in RATES},
        "suggestion": asdict(verification.suggestion()),
        "pairs_of_the_same_person": int(verification.same.sum()),
        "pairs_of_different_people": int(verification.different.sum()),
    }


def _listed(column: npt.NDArray[Any]) -> list[float | None]:
    return [_known(value) for value in column.tolist()]


def _known(value: float) -> float | None:
    """JSON has no NaN."""
    return None if math.isnan(value) else value
