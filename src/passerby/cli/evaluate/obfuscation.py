"""``passerby evaluate obfuscation``: what a copy leaves to detectors, and of the clear frames."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Table, print_table
from passerby.cli.endings import check_ending
from passerby.cli.evaluate.console import check_new
from passerby.cli.exit_codes import EXIT_OK
from passerby.detection.people import PeopleDetector
from passerby.errors import ConfigError
from passerby.evaluate.bootstrap import Estimate
from passerby.evaluate.detection.people import CONFIDENT
from passerby.evaluate.reid.result_files import write_json
from passerby.evaluate.similarity.over_frames import FrameSimilarity
from passerby.evaluate.tables import Cell, as_csv, as_latex
from passerby.files.partial import Permit, write_text
from passerby.models.cards import is_path
from passerby.models.lookup import default
from passerby.runs.evaluate.obfuscation import ObfuscationResult, evaluate_obfuscation

__all__ = ["obfuscation"]

_WEAKEST = 0.01
"""Lowest score of a box: a curve that ends early has a lower average precision."""

_COLUMNS = ("what", "figure", "value", "95 % low", "95 % high")
_FIGURES = {
    "ssim": "SSIM",
    "mse": "MSE",
    "psnr": "PSNR",
    "nmi": "NMI",
    "explained": "explained variance",
    "explained_people": "explained of people",
}
_WIDTH = 120
"""Columns of the terminal that the tables need."""


def obfuscation(  # noqa: PLR0913  (one option each)
    clear: Path,
    anonymized: Path,
    *,
    judge: tuple[str, ...] = (),
    truth: Path | None = None,
    confidence: Annotated[float, Parameter(validator=Number(gt=0, lte=1))] = CONFIDENT,
    size: int | None = None,
    every: Annotated[int, Parameter(validator=Number(gte=1))] = 1,
    json: Path | None = None,
    csv: Path | None = None,
    latex: Path | None = None,
    overwrite: bool = False,
) -> int:
    """Measure how well people are found in an anonymized copy, and how alike it is to the original.

    Each judge is a detector. What it finds in the clear frames is the ground truth for what it
    finds in the copy, unless --truth gives labels. Similarity stands beside that of frames that
    say nothing: the camera's mean image, and a blur that leaves patches of colour. It compares
    frames, and does not say what an attacker could rebuild. Only figures are written.

    Example: passerby evaluate obfuscation street.mp4 covered.mp4 --every 25

    Example: passerby evaluate obfuscation street.mp4 covered.mp4 --judge passerby-people
    --judge yolox-nano --json figures.json

    Args:
        clear: The original clip: a video, or a folder of pictures.
        anonymized: Its anonymized copy.
        judge: A detector of people: a name (passerby models list) or an ONNX file; may be repeated.
            By default the model that finds people.
        truth: Boxes of people: MOT text, or COCO JSON if it ends with .json. Only frames with boxes
            count.
        confidence: Lowest score of a person who counts.
        size: Long side at which judges look at frames, in pixels; by default chosen by the frame.
        every: Compare every Nth frame. Frames of a video that follow each other are alike: some
            seconds between them save time, and keep the intervals honest.
        json: Write all figures, with intervals.
        csv: Write a row for each figure.
        latex: Write the same as a table for a paper; it needs the package booktabs.
        overwrite: Replace files that exist.
    """
    models = judge or (default("person").name,)
    read = [clear, anonymized, truth, *models]
    check_new(json, csv, latex, read=read, overwrite=overwrite)
    check_ending(json, "JSON", ".json")
    check_ending(csv, "CSV", ".csv")
    check_ending(latex, "LaTeX", ".tex")
    judges = _judges(models, size)
    with Bar() as bar:
        task = bar.add_task("comparing", total=None)
        found = evaluate_obfuscation(
            clear,
            anonymized,
            judges,
            truth=truth,
            confidence=confidence,
            every=every,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _print(found)
    permit = Permit(overwrite)
    if json is not None:
        chosen = {"confidence": confidence, "size": size, "every": every}
        write_json(json, {"truth": _truth(truth), **chosen, **_record(found)}, permit)
    if csv is not None:
        write_text(csv, as_csv(_COLUMNS, _rows(found)), permit)
    if latex is not None:
        write_text(latex, as_latex(_COLUMNS, _rows(found), digits=4), permit)
    return EXIT_OK


def _judges(models: tuple[str, ...], size: int | None) -> dict[str, PeopleDetector]:
    judges: dict[str, PeopleDetector] = {}
    for model in models:
        name = Path(model).stem if is_path(model) else model
        if name in judges:
            raise ConfigError(f"two judges are called {name}: name each once, or rename a file")
        judges[name] = PeopleDetector(model, threshold=_WEAKEST, size=size)
    return judges


def _truth(truth: Path | None) -> str:
    return "what each judge finds in clear frames" if truth is None else "labels"


def _print(found: ObfuscationResult) -> None:
    people = Table("judge", "people", "AP50", "counting error", "bias")
    for name, one in found.detection.items():
        counting = one.counting
        error = Estimate(counting.absolute, counting.interval)
        cells = _shown(one.average_precision), _shown(error), f"{counting.bias:+.3f}"
        people.add_row(name, f"{one.people:,}", *cells)
    print_table(people, _WIDTH)
    alike = Table("similarity", *found.similarity)
    of_frames = [_estimates(figures) for figures in found.similarity.values()]
    for figure, shown in _FIGURES.items():
        alike.add_row(shown, *(_shown(estimates[figure]) for estimates in of_frames))
    print_table(alike, _WIDTH)


def _shown(estimate: Estimate) -> str:
    low, high = estimate.interval.low, estimate.interval.high
    if not math.isfinite(estimate.value):
        return "-" if math.isnan(estimate.value) else "equal"
    return f"{estimate.value:.4g} ({low:.4g} to {high:.4g})"


def _estimates(figures: FrameSimilarity) -> dict[str, Estimate]:
    every = (figures.ssim, figures.mse, figures.psnr, figures.nmi)
    explained = (figures.explained, figures.explained_people)
    return dict(zip(_FIGURES, (*every, *explained), strict=True))


def _rows(found: ObfuscationResult) -> Iterator[list[Cell]]:
    for name, one in found.detection.items():
        counting = one.counting
        yield _row(name, "AP50", one.average_precision)
        yield _row(name, "counting error", Estimate(counting.absolute, counting.interval))
        yield [name, "bias", counting.bias, None, None]
    for name, figures in found.similarity.items():
        for figure, estimate in _estimates(figures).items():
            yield _row(name, _FIGURES[figure], estimate)


def _row(name: str, figure: str, estimate: Estimate) -> list[Cell]:
    numbers = estimate.value, estimate.interval.low, estimate.interval.high
    return [name, figure, *(number if math.isfinite(number) else None for number in numbers)]


def _record(found: ObfuscationResult) -> dict[str, Any]:
    """Ready for JSON, which has no infinite numbers: those of equal frames are null."""
    return {
        "frames": found.frames,
        "detection": {name: _finite(asdict(one)) for name, one in found.detection.items()},
        "similarity": {name: _finite(asdict(one)) for name, one in found.similarity.items()},
    }


def _finite(value: Any) -> Any:  # noqa: ANN401  (whatever JSON takes)
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
