"""Tables of what obfuscated frames leave to detectors, and of how alike they are to clear ones."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from passerby.detection.people import PeopleDetector
from passerby.evaluate.bootstrap import bootstrap_over_groups
from passerby.evaluate.detection import average_precision
from passerby.evaluate.detection.jackknife import by_picture
from passerby.evaluate.obfuscation import ObfuscatedFrames
from passerby.evaluate.similarity import MeanImage
from passerby.files.hashing import sha256_of
from passerby.models.lookup import model_sha256, resolve
from passerby.reproduce.experiment import STUDIES, Case, CaseProgress, Study, Warn
from passerby.reproduce.markup import json_text, markdown_table, plain_text
from passerby.reproduce.measurement import Measurement
from passerby.reproduce.measuring import measure_cases, stamp_of
from passerby.reproduce.obfuscator.case import ObfuscationCase
from passerby.reproduce.obfuscator.detectors import PAPER_DETECTORS, STAND_INS
from passerby.reproduce.obfuscator.methods import PAPER_SIZE, paper_frames, untrained
from passerby.reproduce.obfuscator.trainers import TRAINERS, TrainingOrder
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace
from passerby.sources import expand
from passerby.types import Image

__all__ = ["OBFUSCATION", "ObfuscationStudy"]

_WEAKEST = 0.01
"""Lowest score of a box that judges give."""

_DIGITS = 10
"""Of a hash in a name."""


@dataclass(frozen=True)
class ObfuscationStudy(Study):
    """Obfuscation: average precision of persons, and similarity, over frames."""

    name: str = "obfuscation"
    case: type[ObfuscationCase] = ObfuscationCase
    unit: str = ", AP50 in percent"
    items: str = "frames"
    groups: str = "frames"

    def measure(
        self, request: Request, workspace: Workspace, progress: CaseProgress, warn: Warn
    ) -> None:
        """Train what is to be trained, and judge; say what cannot be."""
        run = _Run(request, workspace, progress)
        for line in request.experiment.chosen(request.rows):
            reason = _lacking(line.case, request.roots.keys(), request.detectors)
            if reason:
                warn(f"{', '.join(filter(None, (line.row, line.setting)))}: {reason}")
        measure_cases(request, workspace, run)

    def alike(self, measured: Measurement) -> Mapping[tuple[str, str], object]:
        """Frames and judges."""
        case = cast("ObfuscationCase", measured.case)
        return {
            ("frames", case.tested_on): measured.made_from["frames"],
            ("judge", PAPER_DETECTORS[case.judge]): measured.made_from["judge"],
            ("recipe", case.model): measured.training["recipe"],
        }

    def missing(self, case: Case, there: Collection[str]) -> str:
        """Recipes that nobody trains by, clips that are not there, and detectors."""
        return _lacking(case, there, {})

    def provenance(self, measured: Measurement) -> Iterator[tuple[str, str]]:
        """Frames, judges and recipes."""
        case = cast("ObfuscationCase", measured.case)
        frames, judge = measured.made_from["frames"], measured.made_from["judge"]
        size = "x".join(map(str, frames["size"]))
        yield (
            "data",
            plain_text(
                f"{case.tested_on}, sha256 {frames['sha256']}, {frames['count']} frames of {size}"
            ),
        )
        yield (
            "judge",
            plain_text(
                f"{PAPER_DETECTORS[case.judge]}: {judge['model']}, sha256 {judge['sha256']}"
            ),
        )
        if case.network is not None:
            yield (
                "recipe",
                f"{plain_text(case.model)}: {json_text(measured.training['recipe'])}",
            )

    def sections(self, measurements: Sequence[Measurement]) -> Iterator[str]:
        """How far AP50 varies with the frames."""
        yield "## AP50 over frames"
        yield markdown_table(
            ("tested on", "method", "judge", "seed", "AP50", "95 % over frames"),
            map(_over_frames, measurements),
        )

    def notes(self, measurements: Sequence[Measurement]) -> list[str]:
        """Who stands for the paper's detectors."""
        played = {
            cast("ObfuscationCase", one.case).judge: one.made_from["judge"]["model"]
            for one in measurements
        }
        return [
            f"{model} stands for {PAPER_DETECTORS[role]}: levels differ from the paper's for that."
            for role, model in sorted(played.items())
        ]


OBFUSCATION = ObfuscationStudy()
STUDIES.add(OBFUSCATION.name, OBFUSCATION)


def _lacking(case: Case, there: Collection[str], detectors: Mapping[str, str]) -> str:
    """Why a case cannot be run with these clips and detectors; empty if it can."""
    one = cast("ObfuscationCase", case)
    if one.network is not None and one.method not in TRAINERS:
        return f"not run: nothing here trains by the recipe {one.method}"
    for name in one.datasets:
        if name not in there:
            return f"not run: give --data {name}=CLIP"
    if one.judge not in {*STAND_INS, *detectors}:
        return f"not run: give --detector {one.judge}=MODEL"
    return ""


@dataclass
class _Run:
    """One pass over a table; clips are read, and judges opened, once."""

    request: Request
    workspace: Workspace
    progress: CaseProgress
    judges: dict[str, PeopleDetector] = field(default_factory=dict)
    frames: dict[str, list[Image]] = field(default_factory=dict)

    def made_from(self, case: Case, seed: int) -> Mapping[str, Any] | None:
        one = cast("ObfuscationCase", case)
        if _lacking(one, self.request.roots.keys(), self.request.detectors):
            return None
        judge = self._model(one.judge)
        frames = self._frames(one.tested_on)
        made_from: dict[str, Any] = {
            "method": one.method,
            "frames": {
                "sha256": _sha256(self.request.roots[one.tested_on]),
                "count": len(frames),
                "size": list(PAPER_SIZE),
            },
            "judge": {"model": Path(judge).name, "sha256": model_sha256(resolve(judge))},
        }
        if one.network is not None:
            order = self._order(one, seed)
            made_from["training"] = TRAINERS[one.method].fingerprint(order)
        return made_from

    def measure(self, case: Case, seed: int, made_from: Mapping[str, Any]) -> Measurement:
        one = cast("ObfuscationCase", case)
        frames = self._frames(one.tested_on)
        obfuscate = untrained(one.method, frames, seed)
        facts: Mapping[str, Any] = {"recipe": None}
        if obfuscate is None:
            folder = self.workspace.training(_training_name(one, seed, made_from["training"]))
            trained = TRAINERS[one.method].train(self._order(one, seed), folder, self.progress)
            obfuscate, facts = trained.obfuscate, trained.facts
        judged = self._judged(one, frames, [obfuscate(frame) for frame in frames])
        return Measurement(
            study=OBFUSCATION.name,
            case=one,
            scale=self.request.scale,
            seed=seed,
            made_from=made_from,
            figures=_figures(judged, one.judge),
            groups=np.arange(len(frames)),
            by_item={"AP50": 100 * by_picture(average_precision, judged.ranking(one.judge))},
            training=facts,
            stamp=stamp_of(self.request.command),
        )

    def _judged(
        self, case: ObfuscationCase, frames: Sequence[Image], obfuscated: Sequence[Image]
    ) -> ObfuscatedFrames:
        mean = MeanImage()
        for frame in frames:
            mean.add(frame)
        judge = self._judge(self._model(case.judge))
        judged = ObfuscatedFrames({case.judge: judge}, mean.pixels)
        for done, pair in enumerate(zip(frames, obfuscated, strict=True), 1):
            judged.add(*pair)
            self.progress(f"judging {case.method} on {case.tested_on}", done, len(frames))
        return judged

    def _model(self, role: str) -> str:
        """Who plays the role of a detector."""
        return {**STAND_INS, **self.request.detectors}[role]

    def _judge(self, model: str) -> PeopleDetector:
        if model not in self.judges:
            self.judges[model] = PeopleDetector(model, threshold=_WEAKEST)
        return self.judges[model]

    def _frames(self, clip: str) -> list[Image]:
        if clip not in self.frames:
            self.frames[clip] = paper_frames(self.request.roots[clip], self.request.scale)
        return self.frames[clip]

    def _order(self, case: ObfuscationCase, seed: int) -> TrainingOrder:
        return TrainingOrder(
            clip=self.request.roots[case.trained_on],
            detector=self._model(case.detector),
            width=case.width,
            scale=self.request.scale,
            seed=seed,
        )


def _over_frames(measured: Measurement) -> list[str]:
    case = cast("ObfuscationCase", measured.case)
    values = measured.by_item["AP50"]
    interval = bootstrap_over_groups(values, measured.groups)
    return [
        *(case.tested_on, case.model if case.network else case.method),
        *(PAPER_DETECTORS[case.judge], str(measured.seed), f"{values.mean():.1f}"),
        f"{interval.low:.1f} to {interval.high:.1f}",
    ]


def _figures(judged: ObfuscatedFrames, judge: str) -> dict[str, float]:
    """All that tables have; a figure that is infinite or not there is left out."""
    found, alike = judged.detection(judge), judged.similarity
    figures = {
        "AP50": 100 * found.average_precision.value,
        "counting error": found.counting.absolute,
        "SSIM": alike.ssim.value,
        "MSE": alike.mse.value,
        "PSNR": alike.psnr.value,
        "NMI": alike.nmi.value,
        "explained of people": alike.explained_people.value,
    }
    return {name: value for name, value in figures.items() if np.isfinite(value)}


def _training_name(case: ObfuscationCase, seed: int, fingerprint: str) -> str:
    """The folder of a training, for people and without doubt."""
    parts = case.method, case.trained_on, case.detector, f"width{case.width:g}", f"seed{seed}"
    return f"{'-'.join(parts)}-{fingerprint[:_DIGITS]}"


@lru_cache(maxsize=16)
def _sha256(clip: Path) -> str:
    """Hash the names and contents of a clip's files."""
    files = [one.path for one in expand([clip]) if one.path is not None]
    lines = "".join(f"{file.name} {sha256_of(file)}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
