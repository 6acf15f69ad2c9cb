"""What a run says of live streams: frames that came late, connections that were lost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from passerby.errors import ConfigError
from passerby.media import Input
from passerby.pipeline.settings import LiveSettings, RunSettings
from passerby.runtime.counting import counted
from passerby.sinks.stream_sink import StreamSink
from passerby.sources import is_stream
from passerby.sources.streams import LiveStream
from passerby.types import Sink, Source

__all__ = ["LiveStatistics", "check_cut", "check_duration", "live_note", "live_statistics"]

LiveStatistics = Mapping[str, float]
"""Counters of `StreamStatistics` and, with "sent_" before each, of `SendStatistics`."""


def check_duration(live: LiveSettings, inputs: Sequence[Input]) -> None:
    """Make sure that a duration is given only where there is a live stream that it can end.

    Raises:
        ConfigError: If all inputs are files.
    """
    if live.duration is not None and all(one.path is not None for one in inputs):
        raise ConfigError("duration is only for cameras and live streams: leave it out for files")


def check_cut(run: RunSettings, inputs: Sequence[Input], output: str | None) -> None:
    """Make sure that a stretch is cut out of files alone, and into a file.

    Raises:
        ConfigError: If a camera or a stream is read or written.
    """
    is_live = any(one.path is None for one in inputs) or (output is not None and is_stream(output))
    if run.stretch is not None and is_live:
        raise ConfigError(
            "--from and --to cut files: leave them out for cameras and streams (--duration ends a "
            "stream that is read)"
        )


def live_statistics(source: Source, sink: Sink) -> LiveStatistics:
    """The counters of whichever of the two is live; empty if neither is."""
    received = asdict(source.statistics) if isinstance(source, LiveStream) else {}
    sent = asdict(sink.statistics) if isinstance(sink, StreamSink) else {}
    return {**received, **{f"sent_{name}": value for name, value in sent.items()}}


_TOLD = {
    "frames_read": "{} read",
    "frames_late": "{} too late",
    "frames_damaged": "{} too damaged",
    "reconnects": "reconnected {}",
    "seconds_without_picture": "{} without a picture",
    "sent_frames_sent": "{} sent",
    "sent_frames_dropped": "{} not sent for lack of a connection",
    "sent_reconnects": "receiver reconnected {}",
}
"""What is said of each counter, for what it counts."""


def live_note(statistics: LiveStatistics) -> str:
    """The same in a line for people, with nothing that is zero."""
    told = ((_TOLD[name], _amount(name, value)) for name, value in statistics.items() if value)
    return ", ".join(text.format(amount) for text, amount in told)


def _amount(name: str, value: float) -> str:
    if name == "seconds_without_picture":
        return f"{value:.1f} s"
    return counted(round(value), "time" if name.endswith("reconnects") else "frame")
