"""Answers as files, worked out from measurements alone."""

from collections.abc import Iterable
from pathlib import Path

from passerby.errors import InputError
from passerby.evaluate.reid.result_files import write_json
from passerby.files.output_folder import OutputFolder
from passerby.files.partial import REPLACING, write_text
from passerby.reproduce.answer import MARGIN, Answer, answer_of
from passerby.reproduce.answer_record import as_dict
from passerby.reproduce.answer_tables import effects_csv, figures_csv, latex
from passerby.reproduce.experiment import Experiment
from passerby.reproduce.markdown import page
from passerby.reproduce.measurement import read_measurements
from passerby.reproduce.plot import draw_effects
from passerby.reproduce.workspace import Workspace

__all__ = ["SCALES", "write_answers"]

SCALES = ("quick", "paper")


def write_answers(
    workspace: Workspace, experiments: Iterable[Experiment], margin: float = MARGIN
) -> list[Path]:
    """Answer all tables for which there is a measurement: Markdown, JSON, CSV, LaTeX and a picture.

    Args:
        workspace: Where measurements lie and answers are written.
        experiments: The tables that are asked for.
        margin: In points; a smaller effect does not matter.

    Returns:
        The Markdown files.

    Raises:
        ConfigError: If the margin is not above 0, or matplotlib is not installed.
        InputError: If there is no measurement, or some cannot be read or do not go together.
        OutputError: If an answer cannot be written, or another run writes into the workspace.
    """
    measurements = read_measurements(workspace.measurements)
    answers = [
        answer
        for experiment in experiments
        for scale in SCALES
        if (answer := answer_of(experiment, scale, measurements, margin)) is not None
    ]
    if not answers:
        raise InputError(
            f"{workspace.measurements} holds no measurement of these tables: run one of them"
        )
    with OutputFolder.made(workspace.root).locked():
        return [_write(workspace, answer) for answer in answers]


def _write(workspace: Workspace, answer: Answer) -> Path:
    def file(suffix: str) -> Path:
        return workspace.answer(answer.experiment.name, answer.scale, suffix)

    write_json(file(".json"), as_dict(answer), REPLACING)
    draw_effects(file(".png"), answer)
    write_text(file("-figures.csv"), figures_csv(answer), REPLACING)
    write_text(file("-effects.csv"), effects_csv(answer), REPLACING)
    write_text(file(".tex"), latex(answer), REPLACING)
    write_text(file(".md"), page(answer), REPLACING)
    return file(".md")
