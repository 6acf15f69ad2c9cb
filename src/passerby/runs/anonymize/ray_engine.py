"""Inputs handed out to the workers of a Ray cluster: on this machine, or on many."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from passerby.errors import ConfigError
from passerby.extras import needing
from passerby.files.output_folder import OutputFolder, holder_of
from passerby.files.permit import Permit
from passerby.files.unfinished import remove_stale
from passerby.locations import Location
from passerby.media import Input, Medium
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.basis import (
    Basis,
    basis_of_settings,
    differences,
    given_files,
    used_models,
)
from passerby.runs.anonymize.batch import AnonymizationRun, RunProgress
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.journal import RunJournal
from passerby.runs.anonymize.report import ReportEntry, entry_of
from passerby.runtime.addresses import public_name
from passerby.runtime.process import seclude

__all__ = ["check_jobs", "run_by_ray"]

LOST = 3
"""Times that an input is begun again because its worker was lost."""

_STORE = 80 << 20
"""Bytes of shared memory that Ray takes at least; addresses and reports are all that it holds."""

_LOOPBACK = "127.0.0.1"

_Job = tuple[Input, Location | str | None]


@dataclass(frozen=True, slots=True)
class _Done:
    """What a worker hands back of an input: boxes and numbers, no pixels.

    Attributes:
        item: What became of it.
        frames: What the report says of its frames, a line each.
        refusal: Why the worker would make another copy than this machine, if it would.
    """

    item: ItemReport | None
    frames: tuple[str, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class _Shared:
    """What is the same for all inputs.

    Attributes:
        among: All inputs.
        settings: Of the run.
        basis: What copies depend on.
        folder: That all copies go into, if there is one.
    """

    among: tuple[Input, ...]
    settings: Settings
    basis: Mapping[str, Any]
    folder: Path | None


def run_by_ray(
    jobs: Sequence[_Job],
    among: Sequence[Input],
    settings: Settings,
    basis: Basis,
    progress: RunProgress,
    journal: RunJournal | None = None,
    folder: OutputFolder | None = None,
) -> list[ReportEntry]:
    """Anonymize inputs on all workers of a cluster.

    Workers get addresses and settings, read the inputs and write the copies themselves. An input
    whose worker is lost is begun again by another one.

    Args:
        jobs: Inputs, and where their copies go.
        among: All inputs, if others do the rest.
        settings: Of the run.
        basis: What copies depend on; a worker with another one is refused.
        progress: Is told how far it is.
        journal: Is told what is begun and what is finished.
        folder: That all copies go into, if there is one.

    Returns:
        What the report says of each, in the order of the jobs.

    Raises:
        ConfigError: If the extra is missing, the cluster cannot be reached, or a worker differs.
    """
    check_jobs(jobs)
    entries: dict[int, ReportEntry] = {}
    with _tidied(folder), _cluster(settings.run.workers) as ray:
        work = ray.remote(num_cpus=1, max_retries=LOST)(_work)
        place = None if folder is None else folder.path
        shared = ray.put(_Shared(tuple(among), settings, dict(basis), place))
        left, running = iter(enumerate(jobs)), dict[Any, int]()
        most = 2 * max(int(ray.cluster_resources().get("CPU", 1)), 1)
        while True:
            for at, job in left:
                if journal is not None and isinstance(job[1], Location):
                    journal.begin(job[1])
                running[work.remote(job, shared)] = at
                if len(running) >= most:
                    break
            if not running:
                return [entries[at] for at in range(len(jobs))]
            (ready,), _ = ray.wait(list(running), num_returns=1)
            at = running.pop(ready)
            item, entry = _finished(ray, ready, *jobs[at])
            entries[at] = entry
            if journal is not None:
                journal.add(entry)
            progress.finish(item)


def check_jobs(jobs: Sequence[_Job]) -> None:
    """Make sure that any worker can do all of them.

    Raises:
        ConfigError: If one is a live stream, or other machines would take a path for another one.
    """
    for one, target in jobs:
        if one.path is None:
            raise ConfigError(f"--engine ray takes files, and {public_name(one)} is a live stream")
        places = [place for place in (one.path, target) if isinstance(place, Path)]
        if "RAY_ADDRESS" in os.environ and not all(place.is_absolute() for place in places):
            raise ConfigError(
                f"{one.path} may lie elsewhere on other machines: name inputs and outputs by "
                "absolute paths, or by addresses of objects"
            )


def _finished(
    ray: Any,  # noqa: ANN401  (a module that may be missing)
    ready: Any,  # noqa: ANN401  (of a type of Ray's)
    one: Input,
    target: Location | str | None,
) -> tuple[ItemReport, ReportEntry]:
    """What became of an input; that of one whose workers were lost is told like any failure."""
    try:
        done: _Done = ray.get(ready)
    except ray.exceptions.RayError:
        error = f"{public_name(one)}: its worker was lost {LOST + 1} times: see its machine's log"
        item = ItemReport(public_name(one), str(target), error=error, part=one.part)
        return item, entry_of(item, ())
    if done.item is None:
        raise ConfigError(done.refusal or "a worker did nothing")
    return done.item, entry_of(done.item, done.frames)


@contextmanager
def _tidied(folder: OutputFolder | None) -> Iterator[None]:
    """Remove in the end what killed workers had begun, where no other run writes."""
    try:
        yield
    finally:
        if folder is not None and holder_of(folder.path) is not None:
            remove_stale(folder.path)


@contextmanager
def _cluster(workers: int | None) -> Iterator[Any]:
    """Join the cluster that RAY_ADDRESS names, or begin one on this machine's loopback alone."""
    address = os.environ.get("RAY_ADDRESS")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if address is None:  # else Ray takes the address of the machine, whatever it is told
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    with needing("ray", "--engine ray"):
        import ray  # noqa: PLC0415
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address is None:
        options |= {
            "address": "local",
            "num_cpus": workers,
            "include_dashboard": False,
            "_node_ip_address": _LOOPBACK,
            "object_store_memory": _STORE,
        }
    # What Ray itself says of its workers is no result, and goes to the output stream.
    with redirect_stdout(StringIO()):
        try:
            ray.init(**options)
        except Exception as error:  # of many types, plain `Exception` among them
            where = "on this machine" if address is None else f"at {address}"
            raise ConfigError(
                f"the Ray cluster {where} does not answer: start it, or wait until the machine is "
                "less busy"
            ) from error
        try:
            if address is None and ray.util.get_node_ip_address() != _LOOPBACK:
                raise ConfigError("Ray was imported before, and listens to other machines, too")
            yield ray
        finally:
            ray.shutdown()


# --- In the worker ---------------------------------------------------------------------------


def _work(job: _Job, shared: _Shared) -> _Done:
    """Anonymize one input in a worker's process."""
    seclude()
    settings = shared.settings
    mine = basis_of_settings(settings, used_models(settings), given_files(settings))
    if unlike := differences(mine, shared.basis):
        return _Done(
            None,
            refusal=f"a worker on {platform.node()} has other {', '.join(unlike)}: install the "
            "same versions and networks on all machines",
        )
    run = _run(settings, shared.folder)
    run.process([job], shared.among)
    item, log = run.items.pop(), run.records.log
    return _Done(item, () if log is None else tuple(log.lines(item.span)))


class _Silent:
    """The bar is on another machine."""

    def start(self, name: str, medium: Medium) -> None:
        """Show nothing."""

    def advance(self) -> None:
        """Show nothing."""

    def finish(self, item: ItemReport) -> None:
        """Show nothing."""


_runs: dict[str, AnonymizationRun] = {}
"""The run that this process has open, with its networks, by its settings."""


def _run(settings: Settings, folder: Path | None) -> AnonymizationRun:
    key = settings.model_dump_json()
    if key not in _runs:
        for one in _runs.values():
            one.close()
        _runs.clear()
        below = None if folder is None else OutputFolder.made(folder)
        # Whoever began the run has found no copies there: what is there, a lost worker has left.
        _runs[key] = AnonymizationRun(settings, _Silent(), Permit(overwrite=True, below=below))
    return _runs[key]
