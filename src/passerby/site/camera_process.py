"""The process of one camera: raw pixels come into it, and anonymized ones alone leave it."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from time import monotonic, time_ns
from typing import NamedTuple

from passerby.errors import InputError, OutputError, PasserbyError
from passerby.pipeline.film import DEFAULT_RATE, LONGEST_INTERVAL, LOOK_FRAMES
from passerby.pipeline.settings import LiveSettings, Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.runtime.reasons import reason_of
from passerby.signatures.describer import Describer
from passerby.signatures.opening import open_describer
from passerby.site.camera_watch import MICROSECONDS, CameraWatch
from passerby.site.child import Beat, Child, StatusPipe
from passerby.site.live_view import LivePlace, LiveView
from passerby.site.outbox import Outbox
from passerby.site.settings import CameraSettings, SiteSettings
from passerby.site.track_paths import write_paths
from passerby.sources import is_stream, open_source
from passerby.sources.streams import LiveStream
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame, Source

__all__ = ["CameraStart", "open_camera", "run_camera"]

_BEAT = 0.5
"""Seconds between two signs of life."""

_DRAIN = 60.0
"""Seconds in which the writer must take what is left."""


class CameraStart(NamedTuple):
    """How the process of a camera begins.

    Attributes:
        site: What the site file says.
        name: Of the camera.
        address: Of the writer's socket.
        secret: That the writer knows.
        epoch: When videos begin that do not say it, in microseconds of UTC since 1970.
        resume: Seconds of a video that were handled before; they are passed over.
        tracks: A folder for the boxes of all tracks; None if they are not written.
        live: Where its newest picture can be had; None if it cannot.
    """

    site: SiteSettings
    name: str
    address: str
    secret: bytes
    epoch: int
    resume: float = 0.0
    tracks: Path | None = None
    live: LivePlace | None = None


def run_camera(start: CameraStart, status: StatusPipe) -> None:
    """Handle the frames of a camera until its source ends, or the process is told to stop.

    Ends with exit code 1 after a failure that was reported.
    """
    sources: list[Source] = []
    child = Child(status, stopped=lambda: _stop_all(sources))
    try:
        _run(start, child, sources)
    except PasserbyError as error:
        child.note(f"{start.name}: {error}")
        raise SystemExit(1) from None
    except Exception as error:  # noqa: BLE001  (the site goes on)
        # Its words alone: what a traceback shows may hold pixels.
        child.note(f"{start.name}: {reason_of(error)}")
        raise SystemExit(1) from None


def _stop_all(sources: Iterable[Source]) -> None:
    """Let streams end; what was read still comes. A video is left after its next frame."""
    for source in sources:
        if isinstance(source, LiveStream):  # in a thread: this one may hold a lock of it
            Thread(target=source.finish, name="finish", daemon=True).start()


def _run(start: CameraStart, child: Child, sources: list[Source]) -> None:
    camera = start.site.camera(start.name)
    settings = start.site.settings_of(camera)
    describer = open_describer(start.site.signature_model) if camera.purpose == "matching" else None
    beats = _Beats(child)
    outbox = Outbox(start.address, start.secret, waiting=beats.beat)
    with closing(outbox), Pipeline(settings) as pipeline:
        outbox.put(WriteBatch(started=start.name))
        with closing(open_camera(camera.source, settings.live)) as source:
            sources.append(source)
            beats.source = source
            watch = _watch(start, camera, settings, describer, source)
            frames = _frames(source, start.resume, child, beats)
            for result in _shown(_results(pipeline, source, frames), start, child):
                beats.hand_on(outbox, watch.add(result, result.frame.time or 0.0))
            beats.hand_on(outbox, watch.flush())
            outbox.drain(_DRAIN)
            beats.beat(now=True)
    if start.tracks is not None and watch.paths is not None:
        write_paths(start.tracks, start.name, watch.paths)


def _watch(
    start: CameraStart,
    camera: CameraSettings,
    settings: Settings,
    describer: Describer | None,
    source: Source,
) -> CameraWatch:
    """Begin to watch the people in a source."""
    rate = float(source.medium.rate or DEFAULT_RATE)
    interval = min((settings.find.every or LOOK_FRAMES) / rate, LONGEST_INTERVAL)
    size = source.medium.width, source.medium.height
    begins, paths = _begins(camera, start, source), start.tracks is not None
    return CameraWatch(camera, describer, interval, size, begins, keep_paths=paths)


def open_camera(source: str, live: LiveSettings) -> Source:
    """Open the video, stream or camera of a site.

    Raises:
        InputError: If it cannot be opened, or is a picture.
    """
    options = live.model_dump(exclude={"duration"}) if is_stream(source) else {}
    opened = open_source(source, **options)
    if opened.medium.unrelated:
        opened.close()
        raise InputError(f"{source} is a picture, before which nobody walks: name a video")
    return opened


def _begins(camera: CameraSettings, start: CameraStart, source: Source) -> int:
    """When second 0 of a source was."""
    if isinstance(source, LiveStream):
        return time_ns() // 1000
    if camera.begins is not None:
        return round(camera.begins.timestamp() * MICROSECONDS)
    return start.epoch


def _frames(source: Source, resume: float, child: Child, beats: "_Beats") -> Iterator[Frame]:
    """Yield the frames of a source until it ends, or the process is told to stop."""
    for frame in source:
        if not child.goes_on:
            return
        if (frame.time or 0.0) < resume:
            beats.beat()
            continue
        beats.frame(frame.time or 0.0)
        yield frame


def _results(pipeline: Pipeline, source: Source, frames: Iterable[Frame]) -> Iterator[FrameResult]:
    """Anonymize frames, one after the other."""
    film = pipeline.film(source.medium, source.medium.name)
    for frame in frames:
        yield from map(pipeline.released, film.push(frame))
    yield from map(pipeline.released, film.flush())


def _shown(
    results: Iterable[FrameResult], start: CameraStart, child: Child
) -> Iterator[FrameResult]:
    """Let whoever looks on see each picture; where there can be no live view, all goes on."""
    view = None
    if start.live is not None:
        try:
            view = LiveView(start.live)
        except OutputError as error:
            child.note(f"{start.name}: {error}")
    try:
        for result in results:
            if view is not None:
                view.show(result.frame)
            yield result
    finally:
        if view is not None:
            view.close()


class _Beats:
    """Signs of life, not too many.

    Attributes:
        tracks: That were handed on.
        source: Whose frames are counted; None before it is open.
    """

    def __init__(self, child: Child) -> None:
        self.tracks = 0
        self.source: Source | None = None
        self._child = child
        self._frames, self._time = 0, 0.0
        self._last = -_BEAT

    def hand_on(self, outbox: Outbox, batch: WriteBatch | None) -> None:
        """Give the writer what there is, and count the tracks in it."""
        if batch is not None:
            self.tracks += len(batch.ended)
            outbox.put(batch)

    def frame(self, time: float) -> None:
        """Count a frame."""
        self._frames, self._time = self._frames + 1, time
        self.beat()

    def beat(self, *, now: bool = False) -> None:
        """Give a sign of life, unless the last was just now."""
        if self.source is None or (monotonic() - self._last < _BEAT and not now):
            return
        self._last = monotonic()
        dropped = 0
        if isinstance(self.source, LiveStream):
            dropped = self.source.statistics.frames_late
        self._child.tell(Beat(self._frames, dropped, self._time, self.tracks))
