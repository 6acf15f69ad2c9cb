"""Tables of filters that are trained with a detector and against a re-ID."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from passerby.evaluate.filter_performance import filter_performance, filter_performance_folded
from passerby.evaluate.roc import auc_folded
from passerby.reproduce.experiment import STUDIES, Case, CaseProgress, Study, Warn
from passerby.reproduce.markup import json_text, plain_text
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.measuring import measure_cases, stamp_of
from passerby.reproduce.obfuscator.case import FilterCase
from passerby.reproduce.obfuscator.trainers import TRAINERS, TrainingOrder
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

__all__ = ["FILTERS", "IDEAL", "RECIPE", "FilterStudy"]

RECIPE = "johansson-lundberg"

IDEAL = {"squares": 1.00, "top-down": 0.938}
"""Average precision without a filter (Table 5.1), which filter performance is measured against."""


@dataclass(frozen=True)
class FilterStudy(Study):
    """Filters: average precision of heat maps, and areas under ROC curves of pairs."""

    name: str = "filters"
    case: type[FilterCase] = FilterCase
    unit: str = ""
    items: str = "pictures"
    groups: str = "pictures"

    def measure(
        self, request: Request, workspace: Workspace, progress: CaseProgress, warn: Warn
    ) -> None:
        """Train, and take the figures of pictures kept apart."""
        reason = self.missing(request.experiment.lines[0].case, ())
        if reason:
            warn(f"{request.experiment.name}: {reason}")
        measure_cases(request, workspace, _Filters(request, workspace, progress))

    def alike(self, measured: Measurement) -> Mapping[tuple[str, str], object]:
        """Recipes."""
        return {("recipe", measured.case.model): measured.training["recipe"]}

    def missing(self, case: Case, there: Collection[str]) -> str:
        """Nothing may train filters here, and nothing trains a detector and a re-ID alone."""
        del there
        if RECIPE not in TRAINERS:
            return f"not run: nothing here trains by the recipe {RECIPE}"
        alone = not cast("FilterCase", case).variant
        return "not run: nothing here trains detector and re-ID without a filter" * alone

    def provenance(self, measured: Measurement) -> Iterator[tuple[str, str]]:
        """Recipes."""
        recipe = json_text(measured.training["recipe"])
        yield "recipe", f"{plain_text(measured.case.model)}: {recipe}"


FILTERS = FilterStudy()
STUDIES.add(FILTERS.name, FILTERS)


@dataclass
class _Filters:
    request: Request
    workspace: Workspace
    progress: CaseProgress

    def made_from(self, case: Case, seed: int) -> Mapping[str, Any] | None:
        if FILTERS.missing(case, ()):
            return None
        return {"training": TRAINERS[RECIPE].fingerprint(self._order(case, seed))}

    def measure(self, case: Case, seed: int, made_from: Mapping[str, Any]) -> Measurement:
        one = cast("FilterCase", case)
        folder = self.workspace.training(f"{one.file_name}-seed{seed}-{made_from['training'][:10]}")
        trained = TRAINERS[RECIPE].train(self._order(case, seed), folder, self.progress)
        return Measurement(
            study=FILTERS.name,
            case=one,
            scale=self.request.scale,
            seed=seed,
            made_from=made_from,
            figures=filter_figures(one, trained.figures),
            groups=np.zeros(0, np.int64),
            by_item={},
            training=trained.facts,
            stamp=stamp_of(self.request.command),
        )

    def _order(self, case: Case, seed: int) -> TrainingOrder:
        one = cast("FilterCase", case)
        return TrainingOrder(
            variant=one.variant, pictures=one.pictures, scale=self.request.scale, seed=seed
        )


def filter_figures(case: FilterCase, measured: Mapping[str, float]) -> dict[str, float]:
    """Work out filter performance, as published and with a re-ID that was trained anew.

    Args:
        case: Says what the ideal is.
        measured: ``AP`` and ``AUC`` of the detector and re-ID in the loop, and maybe ``fresh AUC``.
    """
    figures = dict(measured)
    ideal = IDEAL[case.pictures]
    if case.variant and {"AP", "AUC"} <= measured.keys():
        figures["filter performance"] = filter_performance(measured["AP"], measured["AUC"], ideal)
    if "fresh AUC" in measured:
        figures["fresh AUC, folded"] = auc_folded(measured["fresh AUC"])
    if case.variant and {"AP", "fresh AUC"} <= measured.keys():
        figures["filter performance, folded"] = filter_performance_folded(
            measured["AP"], measured["fresh AUC"], ideal
        )
    return figures
