"""What the tables about re-identification have in common."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from passerby.extras import needing
from passerby.reproduce.experiment import STUDIES, Case, CaseProgress, Study, Warn
from passerby.reproduce.markup import json_text, markdown_table, plain_text
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.reid.case import ReidCase
from passerby.reproduce.reid.originals import OWN
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace

__all__ = ["REID", "ReidStudy"]


@dataclass(frozen=True)
class ReidStudy(Study):
    """Re-identification: mAP and rank-1 of queries, drawn by people."""

    name: str = "re-identification"
    case: type[ReidCase] = ReidCase
    unit: str = ", in percent"
    items: str = "queries"
    groups: str = "people"

    def measure(
        self, request: Request, workspace: Workspace, progress: CaseProgress, warn: Warn
    ) -> None:
        """Train and test."""
        with needing("train", "training"):
            from passerby.reproduce.reid.run import measure_table  # noqa: PLC0415  (needs torch)
        measure_table(request, workspace, progress, warn)

    def alike(self, measured: Measurement) -> Mapping[tuple[str, str], object]:
        """Data, images, recipes and rules."""
        case = cast("ReidCase", measured.case)
        trained_on, tested_on = (
            f"{condition} {case.dataset}" for condition in (case.trained_on, case.tested_on)
        )
        return {
            ("images", case.dataset): measured.made_from["index"],
            ("test images", tested_on): measured.made_from["images"],
            ("training images", trained_on): measured.training["anonymized_by"],
            ("rules", f"{case.rules} {case.dataset}"): measured.made_from["rules"],
            ("recipe", case.model): measured.training["recipe"],
            ("first weights", case.model): measured.training["weights"],
        }

    def missing(self, case: Case, there: Collection[str]) -> str:
        """The data set is not there, or the row was not asked for."""
        (name,) = case.datasets
        return "" if name in there else f"not run: give --data {name}=ROOT"

    def provenance(self, measured: Measurement) -> Iterator[tuple[str, str]]:
        """Data, first weights and recipe."""
        case = measured.case
        (dataset,) = case.datasets
        yield "data", plain_text(f"{dataset}, index sha256 {measured.made_from['index']}")
        weights = " ".join(text for text in measured.training["weights"].values() if text)
        yield "first weights", plain_text(f"{case.model}: {weights}")
        yield (
            "recipe",
            f"{plain_text(case.model)}: {json_text(measured.training['recipe'])}",
        )

    def sections(self, measurements: Sequence[Measurement]) -> Iterator[str]:
        """Where a face was found."""
        known = {
            one.case.datasets[0]: one.training["faces"]
            for one in measurements
            if one.training.get("faces") is not None
        }
        if not known:
            return
        yield "## Where a face was found"
        yield markdown_table(
            ("data set", "subset", "images", "with a face", "detector"),
            (
                [
                    *(dataset, subset, f"{share['images']:,}", f"{share['share']:.1%}"),
                    f"{faces['detector']}, threshold {faces['threshold']}",
                ]
                for dataset, faces in known.items()
                for subset, share in faces["with_faces"].items()
            ),
        )

    def notes(self, measurements: Sequence[Measurement]) -> list[str]:
        """Which data sets another one stands for."""
        own = {one.case.datasets[0] for one in measurements if one.training.get("dataset") == OWN}
        return [
            f"A data set of one's own stands for {name}: only effects can be compared."
            for name in sorted(own)
        ]


REID = ReidStudy()
STUDIES.add(REID.name, REID)
