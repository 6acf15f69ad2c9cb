"""Starts the processes of a site, watches them, starts anew what fails, and ends them in order."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, time_ns
from typing import Any, NamedTuple

from passerby.errors import OutputError
from passerby.runtime.backoff import Backoff
from passerby.site.camera_process import CameraStart, run_camera
from passerby.site.child import Beat, CameraLost, OperatorNote
from passerby.site.forwarder_process import ForwarderStart, run_forwarder
from passerby.site.live_view import live_place
from passerby.site.matcher_process import run_matcher
from passerby.site.settings import SiteSettings
from passerby.site.writer_process import WriterStart, run_writer
from passerby.sources import is_stream
from passerby.store.site_key import read_site_key

__all__ = ["WHOLE", "CameraState", "SitePart", "Supervisor"]

WRITER, MATCHER = "writer", "matcher"
"""Names of the processes that are no cameras; a space keeps them apart from those."""

_STEP = 0.2
_GRACE = 30.0
"""Seconds in which a process must end that was told to."""
_START = 60.0
"""Seconds in which a process must be at work at first."""
_SLOWER = 10
"""How much longer than a live stream a video may show nothing new."""
_STEADY = 60.0
"""Seconds after which earlier failures of a process are forgotten."""
_MOST_FAILURES = 5
"""In a row, after which a video is given up; a live stream never is."""


@dataclass(slots=True)
class CameraState:
    """What is known of a camera.

    Attributes:
        frames, dropped, tracks: As in `Beat`, over all starts of its process.
        time: Of its last frame, in seconds of its source.
        restarts: How often its process was started anew.
        ended: Whether its video has come to its end.
        failed: Whether it was given up.
    """

    frames: int = 0
    dropped: int = 0
    tracks: int = 0
    time: float = 0.0
    restarts: int = 0
    ended: bool = False
    failed: bool = False


class SitePart(NamedTuple):
    """What of a site one machine does.

    Attributes:
        cameras: Those that it watches; None for all of the site.
        queue: Address of the store's database, with the name of this machine, if another one holds
            the store; None if this one does.
    """

    cameras: tuple[str, ...] | None = None
    queue: str | None = None


WHOLE = SitePart()
"""All of it."""


@dataclass(slots=True)
class _Running:
    """A process that was started, or is to be."""

    target: Callable[..., None]
    start: Any
    process: BaseProcess | None = None
    status: Connection | None = None
    started: float = 0.0
    heard: float = 0.0
    ready: bool = False
    failures: int = 0
    due: float = 0.0
    before: CameraState = field(default_factory=CameraState)


class Supervisor:
    """Runs a site.

    Args:
        site: What its file says.
        note: Told what an operator should know.
        epoch: When videos begin that do not say it, in microseconds of UTC since 1970; now, if
            None.
        tracks: A folder for the boxes of all tracks, a file of MOT text for each camera; None if
            they are not written.
        part: What of the site this machine does. Without cameras, it runs until it is stopped.
    """

    def __init__(
        self,
        site: SiteSettings,
        note: Callable[[str], None],
        epoch: int | None = None,
        tracks: Path | None = None,
        part: SitePart = WHOLE,
    ) -> None:
        self._tracks = tracks
        self._site, self._note = site, note
        self._epoch = time_ns() // 1000 if epoch is None else epoch
        self._context = get_context("spawn")
        self._backoff = Backoff(first=1.0, longest=60.0)
        self._running: dict[str, _Running] = {}
        all_names = tuple(one.name for one in site.cameras)
        names = all_names if part.cameras is None else part.cameras
        self._states = {site.camera(name).name: CameraState() for name in names}
        self._queue = part.queue

    @property
    def states(self) -> Mapping[str, CameraState]:
        """What is known of each camera, by its name."""
        return self._states

    def run(self, seconds: float | None, advance: Callable[[], None]) -> None:
        """Run until all videos have come to their end, or so many seconds have passed.

        However it is left, all processes have ended then: cameras first, then the writer, when it
        has committed what they saw, and the matcher last.

        Args:
            seconds: Most that it runs; None for no limit.
            advance: Called some times a second.

        Raises:
            OutputError: If the writer cannot begin.
        """
        until = float("inf") if seconds is None else monotonic() + seconds
        with TemporaryDirectory(prefix="passerby-") as folder:
            self._plan(str(Path(folder) / "writer"), secrets.token_bytes(32))
            try:
                self._begin()
                while monotonic() < until and not self._is_over():
                    self._watch(_STEP)
                    advance()
            finally:
                self._end()

    def _plan(self, address: str, secret: bytes) -> None:
        site = self._site
        names = tuple(self._states)
        key = None
        if self._queue is not None:
            forwarder = ForwarderStart(site.store, self._queue, names, address, secret)
            self._running[f" {WRITER}"] = _Running(run_forwarder, forwarder)
        else:
            key = read_site_key(site.store.key_file)
            writer = WriterStart(site, names, address, secret)
            self._running[f" {WRITER}"] = _Running(run_writer, writer)
            if any(one.purpose == "matching" for one in site.cameras):
                self._running[f" {MATCHER}"] = _Running(run_matcher, site)
        for name in self._states:
            start = CameraStart(
                site,
                name,
                address,
                secret,
                self._epoch,
                tracks=self._tracks,
                live=None if key is None else live_place(site, name, key),
            )
            self._running[name] = _Running(run_camera, start)

    def _begin(self) -> None:
        """Start the writer, and the others when it is ready."""
        writer = self._running[f" {WRITER}"]
        self._start(writer)
        if not self._is_ready(writer):
            raise OutputError("the site did not begin: its store cannot be written")
        for one in self._running.values():
            if one is not writer:
                self._start(one)

    def _start(self, one: _Running) -> None:
        reader, status = self._context.Pipe(duplex=False)
        name = next(key for key, value in self._running.items() if value is one).strip()
        one.process = self._context.Process(
            target=one.target, args=(one.start, status), name=f"passerby {name}"
        )
        one.process.start()
        status.close()
        one.status, one.started, one.heard = reader, monotonic(), monotonic()
        one.ready = False

    def _is_ready(self, one: _Running) -> bool:
        """Wait until a process that was started reports that it is at work; false if it fails."""
        until = monotonic() + _START
        while not one.ready and one.process is not None and monotonic() < until:
            alive = one.process.is_alive()
            self._hear(_STEP if alive else 0)
            if not alive:
                break
        return one.ready

    def _watch(self, seconds: float) -> None:
        self._hear(seconds)
        now = monotonic()
        for name, one in self._running.items():
            process = one.process
            if process is None:
                if one.due <= now and not self._is_done(name):
                    self._start(one)
            elif not process.is_alive():
                self._ended(name, one)
            elif name in self._states and now - one.heard > self._patience(name, one):
                self._note(f"{name}: no picture for {now - one.heard:.0f} s, so it is started anew")
                process.kill()
                one.heard = now

    def _patience(self, name: str, one: _Running) -> float:
        """Seconds for which a camera may show no picture; a busy machine may hold up a video."""
        seconds = self._site.watchdog_seconds
        if not is_stream(self._site.camera(name).source):
            seconds *= _SLOWER
        return seconds if one.ready else seconds + _START

    def _hear(self, seconds: float) -> None:
        """Take the reports that are there, or wait for the first of them."""
        listened = {one.status: name for name, one in self._running.items() if one.status}
        there = set(wait(list(listened), seconds))
        for status, name in listened.items():
            if status not in there:
                continue
            one = self._running[name]
            try:
                report = status.recv()
            except (EOFError, OSError):
                one.status = None
                continue
            if isinstance(report, OperatorNote):
                self._note(report.text)
            elif isinstance(report, CameraLost):
                self._lose(report.name)
            elif isinstance(report, Beat):
                one.ready, one.heard = True, monotonic()
                if name in self._states:
                    self._count(name, one, report)

    def _lose(self, name: str) -> None:
        """Watch a camera no more: another machine does."""
        self._states[name].failed = True
        process = self._running[name].process
        if process is not None:
            process.terminate()

    def _count(self, name: str, one: _Running, beat: Beat) -> None:
        state, before = self._states[name], one.before
        state.frames = before.frames + beat.frames
        state.dropped = before.dropped + beat.dropped
        state.tracks = before.tracks + beat.tracks
        state.time = max(beat.time, before.time)

    def _ended(self, name: str, one: _Running) -> None:
        """Decide what follows on the end of a process."""
        process, one.process = one.process, None
        assert process is not None  # noqa: S101  (it has ended)
        while one.status is not None:
            self._hear(0)
        state = self._states.get(name)
        if state is not None and (process.exitcode == 0 or state.failed):
            state.ended = not state.failed
            return
        steady = monotonic() - one.started > _STEADY
        one.failures = 1 if steady else one.failures + 1
        delay = self._backoff.delay(one.failures)
        one.due = monotonic() + delay
        what = name.strip()
        if isinstance(one.start, WriterStart):
            one.start = one.start._replace(again=True)
        if state is not None:
            one.before = replace(state)
            if not is_stream(self._site.camera(name).source):
                one.start = one.start._replace(resume=state.time)
                if one.failures >= _MOST_FAILURES:
                    state.failed = True
                    self._note(f"{what}: given up after {one.failures} failures in a row")
                    return
            state.restarts += 1
        self._note(f"{what}: its process ended ({_way(process.exitcode)}); again in {delay:.0f} s")

    def _is_done(self, name: str) -> bool:
        state = self._states.get(name)
        return state is not None and (state.ended or state.failed)

    def _is_over(self) -> bool:
        return bool(self._states) and all(map(self._is_done, self._states))

    def _end(self) -> None:
        self._stop([name for name in self._running if name in self._states])
        self._stop([f" {WRITER}"])
        matcher = self._running.get(f" {MATCHER}")
        if matcher is None:
            return
        if matcher.process is None and self._running[f" {WRITER}"].ready:
            self._start(matcher)  # it failed just now, and what is left is still to be linked
        self._is_ready(matcher)  # it must hear that it is to end
        self._stop([f" {MATCHER}"])

    def _stop(self, names: list[str]) -> None:
        """Tell processes to end, and end those that do not."""
        stopped = [self._running[name] for name in names]
        alive = [one.process for one in stopped if one.process is not None]
        for process in alive:
            process.terminate()
        until = monotonic() + _GRACE
        while any(process.is_alive() for process in alive) and monotonic() < until:
            self._hear(_STEP)
        for process in alive:
            if process.is_alive():
                self._note(f"{process.name} did not end within {_GRACE:.0f} s, and was killed")
                process.kill()
            process.join()
        for one in stopped:
            while one.status is not None:
                self._hear(0)
            one.process = None


def _way(code: int | None) -> str:
    with suppress(TypeError):
        if code is not None and code < 0:
            return f"signal {-code}"
    return f"exit code {code}"
