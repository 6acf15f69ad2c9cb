"""``passerby anonymize``: cover people in pictures, videos and live streams."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Group, Parameter
from pydantic import BaseModel

from passerby.cli.console import complain
from passerby.cli.defaults import default_text
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_FAILED
from passerby.cli.outcome import exit_code, is_unremarkable, print_end, print_summary, told
from passerby.cli.progress import Quiet, Terminal
from passerby.config import read_toml, validated
from passerby.detection.combined import model_hashes
from passerby.detection.saving import check_can_hold
from passerby.errors import ConfigError, OutputError
from passerby.files.permit import Permit, identities
from passerby.media import Input
from passerby.pipeline.settings import (
    CoverSettings,
    FindSettings,
    LiveSettings,
    RunSettings,
    Settings,
    TimeSettings,
)
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.live import check_duration
from passerby.runs.anonymize.report import write_report
from passerby.runs.anonymize.track_choice import check_numbers
from passerby.sinks import Encoding, plan
from passerby.sinks.path_conflicts import check_apart
from passerby.sinks.targets import Target, reserved, without_copies
from passerby.sources import expand, left_out

__all__ = ["anonymize_command", "app"]

_EPILOGUE = """People and faces are found, followed over time and blacked out. A frame that nobody
can vouch for goes out fully covered. Sound is left out and metadata removed unless you say
otherwise.

Examples:

  passerby anonymize street.mp4 -o safe.mp4 --report safe.json

  passerby anonymize photos/ -o safe/ --regions people --self-check

  passerby anonymize rtsp://camera/main -o udp://127.0.0.1:5000

Exit codes: 0 all done; 1 an input failed; 2 wrong use; 3 with --strict, something that nobody can
vouch for; 130 or 143 interrupted."""

app = App(
    name="anonymize",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_WHAT = Group("Which pixels, and how", sort_key=1)
_FINDING = Group("Finding people", sort_key=2)
TIME = Group("Over time", sort_key=3)
_WRITING = Group("Writing", sort_key=4)
LIVE = Group("Cameras and live streams", sort_key=5)
RUN = Group("The run", sort_key=6)


@app.default
def anonymize_command(  # noqa: PLR0913  (one group of options each)
    *sources: str,
    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None,
    config: Path | None = None,
    quiet: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    cover: Annotated[CoverSettings | None, Parameter(name="*", group=_WHAT)] = None,
    find: Annotated[FindSettings | None, Parameter(name="*", group=_FINDING)] = None,
    time: Annotated[TimeSettings | None, Parameter(name="*", group=TIME)] = None,
    write: Annotated[Encoding | None, Parameter(name="*", group=_WRITING)] = None,
    live: Annotated[LiveSettings | None, Parameter(name="*", group=LIVE)] = None,
    run: Annotated[RunSettings | None, Parameter(name="*", group=RUN)] = None,
) -> int:
    """Anonymize and return the exit code.

    Args:
        sources: Files, folders (with all below them), addresses (rtsp://, http://, ...) or
            cameras (camera:0).
        output: A file or address for one input, a folder for several. By default
            NAME_anonymized.EXT beside each input.
        config: A TOML file with any of these options, in the tables [cover], [find], [time],
            [write], [live] and [run]. Options given here win.
        quiet: Show nothing but failures.
        as_json: Print a summary as JSON on the output stream, and nothing else.
        cover: Which pixels are covered, and how.
        find: How people are found.
        time: How detections are carried over time.
        write: How results are written.
        live: How cameras and live streams are treated.
        run: What a run leaves behind, and how careful it is.
    """
    if not sources:
        raise ConfigError("nothing to anonymize: name a file, a folder, an address or camera:0")
    names = ("cover", "find", "time", "write", "live", "run")
    groups = (cover, find, time, write, live, run)
    settings = _merged(config, dict(zip(names, groups, strict=True)))
    silent = quiet or as_json
    inputs, remarks = _inputs(sources, output, silent=silent), left_out(sources)
    check_numbers(settings.cover, inputs)
    check_duration(settings.live, inputs)
    jobs = plan(inputs, output, overwrite=settings.run.overwrite)
    _check_side_outputs(settings.run, len(jobs))
    written, read = _files(config, settings, jobs)
    check_apart(written, read)
    check_ending(settings.run.report, "JSON", ".json")
    models = _models(settings)
    unwritten = None
    console = Quiet() if silent else Terminal(told, is_unremarkable, len(jobs))
    with reserved(inputs, output) as folder, console as progress:
        spared = identities(Path(name) for name in read if name is not None)
        permit = Permit(settings.run.overwrite, folder, spared)
        batch = AnonymizationRun(settings, progress, permit)
        if not silent:
            for note in batch.notes:
                complain(note)
        try:
            batch.process(jobs)
            unwritten = _write_report(batch, models, (*batch.notes, *remarks), permit)
        finally:
            batch.close()
    if unwritten is not None:
        complain(unwritten)
    if as_json:
        print_summary(batch.items, batch.notes, remarks)
    elif not quiet:
        print_end(batch.items, remarks, settings.run.report)
    code = exit_code(batch.items, strict=settings.run.strict)
    return code if unwritten is None else EXIT_FAILED


def _write_report(
    batch: AnonymizationRun, models: Mapping[str, str], notes: Sequence[str], permit: Permit
) -> str | None:
    """Write the report if one is asked for; returns why it could not be written."""
    target, log = batch.settings.run.report, batch.records.log
    if target is None or log is None:
        return None
    try:
        permit = replace(permit, below=None)
        write_report(Path(target), batch.items, log, batch.settings, models, notes, permit)
    except OutputError as error:
        return str(error)  # what was done is told all the same
    return None


def _inputs(sources: Sequence[str], output: str | None, *, silent: bool) -> list[Input]:
    """What is anonymized: copies that lie beside their originals are not anonymized again."""
    found = expand(sources)
    inputs = without_copies(found) if output is None else found
    if len(inputs) < len(found) and not silent:
        count = len(found) - len(inputs)
        complain(f"{count} copies beside their originals are left out")
    return inputs


def _merged(config: Path | None, groups: Mapping[str, BaseModel | None]) -> Settings:
    """Defaults, then the file, then the command line."""
    values: dict[str, Any] = read_toml(config) if config is not None else {}
    # The file is checked on its own first, so that the message says where a mistake is.
    origin = str(config) if config is not None else "command line"
    validated(Settings, values, origin)
    for name, group in groups.items():
        given = {} if group is None else group.model_dump(include=group.model_fields_set)
        values[name] = {**values.get(name, {}), **given}
    return validated(Settings, values, "command line")


def _check_side_outputs(run: RunSettings, jobs: int) -> None:
    """Find out before the work whether what is written beside the output can be."""
    if run.save_detections and jobs != 1:
        raise ConfigError(f"--save-detections takes one input, not {jobs}: use --report")
    if run.save_detections:
        check_can_hold(Path(run.save_detections), still=False)
    for path in (Path(name) for name in (run.report, run.save_detections) if name):
        if path.exists() and not run.overwrite:
            raise OutputError(f"{path} exists: add --overwrite or name another file")
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}: make it first")


def _files(
    config: Path | None, settings: Settings, jobs: Sequence[tuple[Input, Target | None]]
) -> tuple[list[Path | str | None], list[Path | str | None]]:
    """All that is written, and all that is read; live streams are no files."""
    find, run = settings.find, settings.run
    targets = [target for _, target in jobs if isinstance(target, Path)]
    written = [*targets, run.report, run.save_detections]
    inputs = [one.path for one, _ in jobs if one.problem is None]
    return written, [
        *inputs,
        config,
        find.detections,
        find.model,
        find.face_model,
        find.object_model,
        find.class_names,
    ]


def _models(settings: Settings) -> dict[str, str]:
    """The networks that the report names, with their hashes: none where none is used."""
    kinds = settings.cover.anonymizer().kinds
    if not (settings.run.report and kinds and settings.find.detections is None):
        return {}
    return model_hashes(kinds, settings.find.detection(kinds, settings.cover.classes))
