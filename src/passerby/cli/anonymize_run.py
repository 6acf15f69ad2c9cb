"""What ``passerby anonymize`` does once its options are known."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from passerby.cli.console import complain
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_FAILED
from passerby.cli.outcome import exit_code, is_unremarkable, print_end, print_summary, told
from passerby.cli.progress import Quiet, Terminal
from passerby.detection.saving import check_can_hold
from passerby.errors import ConfigError, OutputError
from passerby.files.output_folder import OutputFolder
from passerby.files.permit import Permit, identities
from passerby.locations import Location, ObjectPath, location_of
from passerby.media import Input
from passerby.pipeline.settings import RunSettings, Settings
from passerby.runs.anonymize.basis import Basis, basis_of_settings, given_files, used_models
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.journal import RunJournal
from passerby.runs.anonymize.live import check_cut, check_duration
from passerby.runs.anonymize.parts import copy_of_part, cut_inputs, target_of, whole_of
from passerby.runs.anonymize.ray_engine import run_by_ray
from passerby.runs.anonymize.report import ReportEntry, entries_of, report_head, write_report
from passerby.runs.anonymize.shards import Shard, ShardPlan, join_plan, list_hash, share
from passerby.runs.anonymize.track_choice import check_numbers
from passerby.runs.report.joining import join_parts, remove_parts
from passerby.runtime.counting import counted
from passerby.sinks import Encoding, plan
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.path_conflicts import check_apart
from passerby.sinks.targets import Target, check_absent, reserved, without_copies
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
    run, parts = settings.run, cut_inputs(inputs, settings)
    mine = _share(parts, output, settings.run)
    if run.shard is not None:
        output = f"{output}/"
    jobs = _planned(inputs, parts, mine, output, run)
    _check_side_outputs(run, len(jobs))
    written, read = _files(config, settings, jobs)
    check_apart(written, read)
    check_ending(run.report, "JSON", ".json")
    models = used_models(settings)
    files = given_files(settings) if run.resume or run.shard else {}
    basis = basis_of_settings(settings, models, files)
    with _journal(run, basis) as journal:
        chosen = [jobs[at] for at in mine]
        if journal is not None and run.shard is None:
            chosen = _with_finished(chosen, journal)
        work = _Work(parts, chosen, mine, basis, remarks, journal)
        if journal is not None and not run.overwrite:
            check_absent(_copies(work.jobs), journal.targets)
        places = [location_of(name) for name in read if name is not None]
        spared = identities(place for place in places if isinstance(place, Path))
        with _reserved(work, output, settings) as folder:
            permit = Permit(settings.run.overwrite, folder, spared)
            records, notes, unwritten = _anonymize(work, settings, permit, silent=silent)
    if unwritten is not None:
        complain(unwritten)
    if as_json:
        print_summary(records, notes, remarks)
    elif not quiet:
        print_end(records, remarks, settings.run.report)
    code = exit_code(records, strict=settings.run.strict)
    return code if unwritten is None else EXIT_FAILED


def _planned(
    inputs: Sequence[Input],
    parts: Sequence[Input],
    mine: Collection[int],
    output: str | None,
    run: RunSettings,
) -> list[tuple[Input, Target | None]]:
    """Where the copies of all inputs go, and those of the parts of videos that are cut."""
    own = {whole_of(parts[at]) for at in mine}
    wanted = [at for at, one in enumerate(inputs) if one in own]
    replaces = run.overwrite or run.resume or run.shard is not None
    copies = dict(plan(inputs, output, overwrite=replaces, wanted=wanted))
    return [(one, target_of(one, copies[whole_of(one)])) for one in parts]


def _copies(jobs: Iterable[tuple[Input, Target | None]]) -> list[Target | None]:
    """All files that come of these jobs, with those that parts are joined into."""
    targets = [target for _, target in jobs]
    cut = {
        copy_of_part(target) for one, target in jobs if one.part and isinstance(target, Location)
    }
    return [*targets, *cut]


def _with_finished(
    jobs: Sequence[tuple[Input, Target | None]], journal: RunJournal
) -> list[tuple[Input, Target | None]]:
    """The same jobs, with a whole video in the place of parts that were joined before."""
    chosen = dict[tuple[Input, Target | None], None]()
    for one, target in jobs:
        job = one, target
        if one.part is not None and isinstance(target, Location):
            whole = whole_of(one), copy_of_part(target)
            is_finished = whole in chosen or (
                one.part.number == 1 and journal.finished(*whole) is not None
            )
            job = whole if is_finished else job
        chosen[job] = None
    return list(chosen)


@dataclass(frozen=True, slots=True)
class _Work:
    """What a run has to do.

    Attributes:
        inputs: All of them, those of other shards and all parts too.
        jobs: What it does itself: inputs and where their copies go.
        positions: Of these among all inputs.
        basis: What copies depend on.
        remarks: What was left out.
        journal: What it has finished, if it may go on later.
    """

    inputs: Sequence[Input]
    jobs: Sequence[tuple[Input, Target | None]]
    positions: Sequence[int]
    basis: Basis
    remarks: Sequence[str]
    journal: RunJournal | None

    @property
    def list_sha256(self) -> str:
        """The hash of all inputs."""
        return list_hash(self.inputs)


def _anonymize(
    work: _Work, settings: Settings, permit: Permit, *, silent: bool
) -> tuple[list[Mapping[str, Any]], tuple[str, ...], str | None]:
    """Do what is left to do, and write the report of all.

    Returns:
        What the report says of each input; notes on how people were looked for; and why the report
        could not be written, if it could not.
    """
    kept = _finished(work, silent=silent)
    left = [job for at, job in enumerate(work.jobs) if at not in kept]
    report = settings.run.report
    report_permit = permit if report is None else permit.beside(Path(report))
    console = Quiet() if silent else Terminal(told, is_unremarkable, len(left))
    unwritten = None
    with console as progress:
        batch = AnonymizationRun(settings, progress, permit, work.journal)
        if not silent:
            for note in batch.notes:
                complain(note)
        try:
            if settings.run.engine == "ray":
                made = run_by_ray(
                    left,
                    work.inputs,
                    settings,
                    work.basis,
                    progress,
                    journal=work.journal,
                    folder=permit.below,
                )
            else:
                batch.process(left, work.inputs)
                made = entries_of(batch.items, batch.records.log)
            new = iter(made)
            entries = [kept.get(at) or next(new) for at in range(len(work.jobs))]
            parts = entries
            if settings.run.cut is not None and settings.run.shard is None:
                entries = _joined(parts, work, batch.encoding, permit)
            if report is not None:
                notes = (*batch.notes, *work.remarks)
                unwritten = _write_report(work, entries, settings, notes, report_permit)
            if unwritten is None:
                remove_parts(parts, entries)
        finally:
            batch.close()
    return [entry.record for entry in entries], batch.notes, unwritten


def _joined(
    parts: Sequence[ReportEntry], work: _Work, encoding: Encoding, permit: Permit
) -> list[ReportEntry]:
    """Join the parts of cut videos."""
    if work.journal is not None:
        copies = [copy for copy in _copies(work.jobs) if isinstance(copy, Location)]
        ours = work.journal.targets
        permit = replace(permit, overwrite=permit.overwrite or ours.issuperset(copies))
        for one in set(copies) - ours:
            work.journal.begin(one)
    return join_parts(parts, encoding, permit)


def _finished(work: _Work, *, silent: bool) -> dict[int, ReportEntry]:
    """What a run before has finished, by its position among the jobs."""
    if work.journal is None:
        return {}
    found = {at: work.journal.finished(*job) for at, job in enumerate(work.jobs)}
    kept = {at: entry for at, entry in found.items() if entry is not None}
    if kept and not silent:
        complain(f"{len(kept)} of {counted(len(work.jobs), 'input')} finished before")
    return kept


def _write_report(
    work: _Work,
    entries: Sequence[ReportEntry],
    settings: Settings,
    notes: Sequence[str],
    permit: Permit,
) -> str | None:
    """Write the report; returns why it could not be written."""
    head = report_head(settings, work.basis["models"], notes, work.basis["files"])
    if settings.run.shard is not None:
        shard = Shard.parse(settings.run.shard)
        head["shard"] = {
            "number": shard.number,
            "of": shard.of,
            "inputs": len(work.inputs),
            "list_sha256": work.list_sha256,
            "positions": list(work.positions),
        }
    if work.journal is not None:
        # The report of a run before is ours.
        permit = replace(permit, overwrite=True)
    try:
        write_report(Path(settings.run.report or ""), head, entries, permit)
    except OutputError as error:
        return str(error)  # the results are printed all the same
    if work.journal is not None:
        work.journal.discard()
    return None


def _share(inputs: Sequence[Input], output: str | None, run: RunSettings) -> list[int]:
    """The positions of the inputs that this run anonymizes."""
    if run.shard is None:
        return list(range(len(inputs)))
    if output is None or Path(output).suffix.lower() in VIDEO_FORMATS:
        raise ConfigError("shards write into one folder: name it with -o")
    return share(inputs, Shard.parse(run.shard))


@contextmanager
def _journal(run: RunSettings, basis: Basis) -> Iterator[RunJournal | None]:
    """Where a run that may go on later notes what it has finished."""
    if run.report is None or not (run.resume or run.shard):
        yield None
        return
    with RunJournal(Path(run.report), basis) as journal:
        yield journal


@contextmanager
def _reserved(work: _Work, output: str | None, settings: Settings) -> Iterator[OutputFolder | None]:
    """Keep other runs out of the output folder, but for other shards of the same work."""
    if settings.run.shard is None:
        with reserved(list(dict.fromkeys(map(whole_of, work.inputs))), output) as folder:
            yield folder
        return
    place = location_of(output or "")
    shards = Shard.parse(settings.run.shard).of
    shared = ShardPlan(shards, len(work.inputs), work.list_sha256, work.basis)
    if isinstance(place, ObjectPath):
        join_plan(place, shared)
        yield None
        return
    folder = OutputFolder.made(place)
    join_plan(folder, shared)
    yield folder


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
        if path.exists() and not (run.overwrite or run.resume or run.shard):
            raise OutputError(f"{path} exists: add --overwrite or name another file")
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}: make it first")


def _files(
    config: Path | None, settings: Settings, jobs: Sequence[tuple[Input, Target | None]]
) -> tuple[list[Location | str | None], list[Location | str | None]]:
    """All that is written, and all that is read; live streams are no files."""
    find, run = settings.find, settings.run
    written = [*_copies(jobs), run.report, run.save_detections]
    inputs = dict.fromkeys(one.path for one, _ in jobs if one.problem is None)
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
