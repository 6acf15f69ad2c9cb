"""``passerby reproduce``: the tables of papers, measured again."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Column, Table, complain, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError
from passerby.reproduce import EXPERIMENTS, Experiment
from passerby.reproduce.answer import MARGIN
from passerby.reproduce.answer_files import write_answers
from passerby.reproduce.request import Request
from passerby.reproduce.workspace import Workspace
from passerby.runtime.workers import cores

__all__ = ["app"]

_EPILOGUE = """Example: passerby reproduce van-rooijen-table2 --data market1501=Market-1501 -o out

The folder keeps anonymized twins, training runs, one file of figures for each case and seed, and
the answer as Markdown, JSON and PNG. Use the same folder for all tables: shared networks are
trained once. The same command resumes an interrupted run. Twins and training runs are made from
pictures of people and should stay with you; measurements and answers are text and show nobody."""

app = App(
    name="reproduce",
    help="Measure the tables of papers again, and compare them with the published figures.",
    help_epilogue=_EPILOGUE,
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)

Margin = Annotated[
    float, Parameter(help="Largest effect that does not matter, in percentage points.")
]


@app.command(name="list", help_epilogue="")
def list_tables() -> int:
    """List the tables, and how many networks are trained for each."""
    tables = Table(Column("table", no_wrap=True), "rows", "training runs per seed", "content")
    for name, one in EXPERIMENTS.items():
        tables.add_row(name, str(len(one.rows)), str(len(one.trainings)), one.title)
    print_table(tables)
    return EXIT_OK


@app.command(name="report", help_epilogue="")
def report_table(folder: Path, *, margin: Margin = MARGIN) -> int:
    """Answer all tables again from the measurements in a folder, without training.

    Example: passerby reproduce report out

    Args:
        folder: Folder with ``measurements``; gets the answers.
        margin: Largest effect that does not matter, in percentage points.
    """
    return _answered(Workspace(folder), *EXPERIMENTS.values(), margin=margin)


@app.default
def reproduce(  # noqa: PLR0913  (one option each)
    table: str,
    *,
    data: Annotated[tuple[str, ...], Parameter(name="--data")] = (),
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("reproduced"),
    scale: Literal["quick", "paper"] = "quick",
    seeds: str = "0,1,2",
    rows: str | None = None,
    weights: str = "scratch",
    margin: Margin = MARGIN,
    detector: Annotated[tuple[str, ...], Parameter(name="--detector")] = (),
    workers: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
) -> int:
    """Train, test and answer one table; see `passerby reproduce list`.

    Args:
        table: Name of the table.
        data: NAME=ROOT of each data set or clip that you have, or of one of your own in its place;
            rows of others are listed as not run.
        output: Folder for everything that is made.
        scale: As published, or small enough for two processor cores.
        seeds: Seeds of the training runs, separated by commas.
        rows: Only these rows of the table, separated by commas.
        weights: Initial weights: scratch, imagenet, or the path of a file.
        margin: Largest effect that does not matter, in percentage points.
        detector: ROLE=MODEL for a detector of De Coninck et al. (resnet50, mobilenetv3-large,
            mobilenetv3-large-320, mask-rcnn, yolov5s): a name or an ONNX file that stands for it.
        workers: Processes that anonymize and threads that prepare batches; by default one per core.
    """
    experiment = EXPERIMENTS[table]
    roots = {name: Path(root) for name, root in map(_pair, data)}
    detectors = dict(_pair(text, "--detector", "yolov5s=yolov5s.onnx") for text in detector)
    chosen = {"scale": scale, "seeds": seeds, "rows": rows, "weights": weights}
    request = Request(
        experiment=experiment,
        roots=roots,
        scale=scale,
        seeds=_numbers(seeds),
        rows=_words(rows or ""),
        weights=weights,
        workers=workers or cores(),
        command=_command(table, roots, detectors, chosen),
        detectors=detectors,
    )
    workspace = Workspace(output)
    with _progress() as progress:
        experiment.study.measure(request, workspace, progress, complain)
    return _answered(workspace, experiment, margin=margin)


def _pair(
    text: str, option: str = "--data", example: str = "market1501=Market-1501"
) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        what = "NAME=ROOT" if option == "--data" else "ROLE=MODEL"
        raise ConfigError(f"{option} is {text!r}: write {what}, as in {example}")
    return name, value


def _numbers(text: str) -> tuple[int, ...]:
    words = _words(text)
    if not words or not all(word.isdecimal() for word in words):
        raise ConfigError(f"--seeds is {text!r}: write numbers from 0, as in 0,1,2")
    return tuple(dict.fromkeys(int(word) for word in words))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _command(
    table: str,
    roots: dict[str, Path],
    detectors: dict[str, str],
    chosen: dict[str, str | None],
) -> str:
    """How to run it again, with nothing of this machine in it but the names of folders."""
    words = ["passerby", "reproduce", table]
    for dataset, root in roots.items():
        words += ["--data", f"{dataset}={root.resolve().name}"]
    for role, model in detectors.items():
        words += ["--detector", f"{role}={Path(model).name}"]
    for option, value in chosen.items():
        if value:
            words += [f"--{option}", Path(value).name if option == "weights" else value]
    return shlex.join(words)


def _answered(workspace: Workspace, *experiments: Experiment, margin: float) -> int:
    for path in write_answers(workspace, experiments, margin):
        say(str(path))
    return EXIT_OK


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Draw a bar on standard error; yields what says how much of what is done."""
    with Bar(stays=True) as bar:
        task = bar.add_task("reading data sets", total=None)

        def progress(what: str, done: int, total: int) -> None:
            bar.describe(task, what)
            bar.update(task, completed=done, total=total)

        yield progress
