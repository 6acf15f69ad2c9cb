"""What obfuscators cost, counted."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from passerby.extras import needing
from passerby.reproduce.experiment import STUDIES, Case, CaseProgress, Study, Warn
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.measuring import measure_cases, stamp_of
from passerby.reproduce.obfuscator.case import CostCase
from passerby.reproduce.obfuscator.methods import PAPER_SIZE
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

__all__ = ["COST", "CostStudy"]

_COUNTED = "mobile-autoencoder"
"""The obfuscator of De Coninck et al.; detectors of the paper are not among our networks."""


@dataclass(frozen=True)
class CostStudy(Study):
    """Multiplications and weights, which nothing varies."""

    name: str = "cost"
    case: type[CostCase] = CostCase
    unit: str = ", 10^9 multiplications and 10^6 weights"
    items: str = "networks"
    groups: str = "networks"

    def measure(
        self, request: Request, workspace: Workspace, progress: CaseProgress, warn: Warn
    ) -> None:
        """Count."""
        del progress, warn
        measure_cases(request, workspace, _Count(request))

    def alike(self, measured: Measurement) -> Mapping[tuple[str, str], object]:
        """The size of frames."""
        return {("size", "frames"): measured.made_from["size"]}

    def missing(self, case: Case, there: Collection[str]) -> str:
        """Networks of others are not here."""
        del there
        if case.model == _COUNTED:
            return ""
        return f"not run: {case.model} is not among the networks here"

    def provenance(self, measured: Measurement) -> Iterator[tuple[str, str]]:
        """The size of frames."""
        yield "frames", "x".join(map(str, measured.made_from["size"]))


COST = CostStudy()
STUDIES.add(COST.name, COST)


@dataclass
class _Count:
    request: Request
    made: Mapping[str, Any] = field(default_factory=lambda: {"size": list(PAPER_SIZE)})

    def made_from(self, case: Case, seed: int) -> Mapping[str, Any] | None:
        del seed
        return None if COST.missing(case, ()) else self.made

    def measure(self, case: Case, seed: int, made_from: Mapping[str, Any]) -> Measurement:
        with needing("train", "networks of obfuscators"):
            from passerby.models.obfuscators import (  # noqa: PLC0415  (needs torch)
                create_obfuscator,
                network_cost,
            )
        width, height = PAPER_SIZE
        cost = network_cost(create_obfuscator(case.model), height, width)
        return Measurement(
            study=COST.name,
            case=cast("CostCase", case),
            scale=self.request.scale,
            seed=seed,
            made_from=made_from,
            figures={"GMACs": cost.macs / 1e9, "M weights": cost.parameters / 1e6},
            groups=np.zeros(0, np.int64),
            by_item={},
            training={"recipe": None},
            stamp=stamp_of(self.request.command),
        )
