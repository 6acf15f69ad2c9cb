"""What ``passerby anonymize`` does once its options are known."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from passerby.cli.console import complain
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_FAILED
from passerby.cli.outcome import exit_code, is_unremarkable, print_end, print_summary, told
from passerby.cli.progress import Quiet, Terminal
from passerby.detection.combined import model_hashes
from passerby.detection.saving import check_can_hold
from passerby.errors import ConfigError, OutputError
from passerby.files.permit import Permit, identities
from passerby.media import Input
from passerby.pipeline.obfuscation import obfuscator_hashes
from passerby.pipeline.settings import RunSettings, Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.live import check_cut, check_duration
from passerby.runs.anonymize.report import write_report
from passerby.runs.anonymize.track_choice import check_numbers
from passerby.runtime.counting import counted
from passerby.sinks import plan
from passerby.sinks.path_conflicts import check_apart
from passerby.sinks.targets import Target, reserved, without_copies
from passerby.sources import expand, left_out

__all__ = ["run_anonymize"]


def run_anonymize(
    sources: Sequence[str],
    output: str | None,
    config: Path | None,
    settings: Settings,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Anonymize and return the exit code.

    Args:
        sources: Files, folders, addresses or cameras.
        output: A file or address for one input, a folder for several; beside the inputs if None.
        config: The file that some settings are from.
        settings: All of them.
        quiet: Show nothing but failures.
        as_json: Print a summary as JSON on the output stream, and nothing else.
    """
    silent = quiet or as_json
    inputs, remarks = _inputs(sources, output, silent=silent), left_out(sources)
    check_numbers(settings.cover, inputs)
    if (settings.run.edits is not None or settings.run.treat) and len(inputs) != 1:
        option = "--treat" if settings.run.edits is None else "--edits"
        raise ConfigError(f"{option} corrects one input, not {len(inputs)}: name one file")
    check_duration(settings.live, inputs)
    check_cut(settings.run, inputs, output)
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
        report = settings.run.report
        report_permit = permit if report is None else permit.beside(Path(report))
        batch = AnonymizationRun(settings, progress, permit)
        if not silent:
            for note in batch.notes:
                complain(note)
        try:
            batch.process(jobs)
            unwritten = _write_report(batch, models, (*batch.notes, *remarks), report_permit)
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
        write_report(Path(target), batch.items, log, batch.settings, models, notes, permit)
    except OutputError as error:
        return str(error)  # the results are printed all the same
    return None


def _inputs(sources: Sequence[str], output: str | None, *, silent: bool) -> list[Input]:
    """What is anonymized: copies that lie beside their originals are not anonymized again."""
    found = expand(sources)
    inputs = without_copies(found) if output is None else found
    if len(inputs) < len(found) and not silent:
        count = len(found) - len(inputs)
        complain(f"{counted(count, 'copy')} beside the originals left out")
    return inputs


def _check_side_outputs(run: RunSettings, jobs: int) -> None:
    """Find out before the work whether reports and detections can be written."""
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
        run.edits,
        find.detections,
        find.model,
        find.face_model,
        find.object_model,
        find.class_names,
    ]


def _models(settings: Settings) -> dict[str, str]:
    """The networks that the report names, with their hashes: none where none is used."""
    kinds = settings.cover.anonymizer().kinds
    if not settings.run.report:
        return {}
    if not kinds or settings.find.detections is not None:
        return obfuscator_hashes(settings)
    return model_hashes(kinds, settings.find.detection(kinds, settings.cover.classes))
