"""Options that say by which rules queries are compared with a gallery."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from passerby.datasets import PublishedProtocol as DatasetProtocol
from passerby.evaluate.reid.protocol import Protocol
from passerby.matching.coarse_to_fine import CoarseToFine
from passerby.matching.distances import Distance
from passerby.matching.reranking import Reranking, check_can_rerank

__all__ = ["RuleOptions", "RulesOption"]

_GROUP = Group("Rules", sort_key=2)


@dataclass(frozen=True, kw_only=True)
class RuleOptions:
    """By which rules queries are compared with a gallery."""

    distance: Annotated[Distance, Parameter(help="Distance between signatures.")] = "cosine"
    same_camera: Annotated[
        Literal["left-out", "counted"] | None,
        Parameter(
            help="Whether gallery images of the query's person by the query's own camera count; by "
            "default as the data set defines, otherwise left out."
        ),
    ] = None
    junk_ids: Annotated[
        tuple[int, ...], Parameter(help="Gallery images with these ids are left out.")
    ] = (-1,)
    max_rank: Annotated[
        int, Parameter(validator=Number(gte=1), help="Length of the CMC curve.")
    ] = 50
    rerank: Annotated[bool, Parameter(help="Use k-reciprocal re-ranking.")] = False
    k1: Annotated[int, Parameter(help="Number of neighbours for re-ranking.")] = 20
    k2: Annotated[int, Parameter(help="Number of neighbours to average over in re-ranking.")] = 6
    original_weight: Annotated[
        float, Parameter(name="--lambda", help="Weight of the original distance in re-ranking.")
    ] = 0.3

    def check(self) -> None:
        """Find out before the work whether what is asked for is installed."""
        if self.rerank:
            check_can_rerank()

    def protocol(self, dataset: DatasetProtocol | None = None, top: int | None = None) -> Protocol:
        """The same for the evaluation.

        Args:
            dataset: What the authors of the data set count, where it is known.
            top: How many images are ranked again by finer signatures.
        """
        default = "left-out" if dataset is None or dataset.same_camera == "left out" else "counted"
        return Protocol(
            distance=self.distance,
            drop_same_camera=(self.same_camera or default) == "left-out",
            junk_ids=self.junk_ids,
            max_rank=self.max_rank,
            reranking=Reranking(self.k1, self.k2, self.original_weight) if self.rerank else None,
            coarse_to_fine=None if top is None else CoarseToFine(top),
        )


RulesOption = Annotated[RuleOptions | None, Parameter(name="*", group=_GROUP)]
