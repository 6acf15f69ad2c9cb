"""A copy of which some groups of pictures are those of an earlier copy, packet by packet."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from passerby.errors import OutputError
from passerby.files.partial import ANEW, Permit
from passerby.media import Medium, Stretch
from passerby.sinks.encoding import Encoding
from passerby.sinks.joining import VideoSpan, join_videos
from passerby.sinks.videos import VideoSink
from passerby.types import AnonymizedFrame, require_anonymized

__all__ = ["SplicingSink", "Stretches"]

Stretches = Sequence[tuple[int, int]]
"""Numbers of the first frame of each stretch and of the one behind its last, in order."""


class SplicingSink:
    """Encodes stretches of a video, and takes all between from a copy that was made before.

    Args:
        target: The copy to write; its ending is that of the earlier one.
        medium: Of the source, whose sound and metadata are added as they are asked for.
        encoding: How the earlier copy was encoded.
        earlier: That copy.
        anew: What is encoded: between whole groups of the earlier copy; see
            `passerby.sinks.joining.stored_pictures`.
        times: When each of all frames is shown, in seconds since the first.
        permit: What may happen to a file that is there.

    Attributes:
        sha256: Of the file, once it is committed.
        notes: What the user should know about how it is written.

    Raises:
        OutputError: If there can be no files beside the target.
    """

    def __init__(
        self,
        target: Path,
        medium: Medium,
        encoding: Encoding,
        earlier: Path,
        anew: Stretches,
        times: Sequence[float],
        permit: Permit = ANEW,
    ) -> None:
        self.sha256: str | None = None
        self.notes: tuple[str, ...] = ()
        self._target, self._medium, self._encoding = target, medium, encoding
        self._earlier, self._anew, self._times, self._permit = earlier, anew, times, permit
        self._pictures = encoding.model_copy(
            update={"audio": "drop", "mute_span": (), "metadata": "drop"}
        )
        self._parts: list[VideoSpan] = []
        self._part: VideoSink | None = None
        try:
            self._folder = TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent)
        except OSError as error:
            raise OutputError(f"{target} cannot be written ({error.strerror})") from error

    def write(self, frame: AnonymizedFrame) -> None:
        """Take the next frame that is encoded anew.

        Raises:
            PrivacyError: If it is not anonymized.
            OutputError: If it cannot be written.
        """
        require_anonymized(frame)
        first, stop = self._anew[len(self._parts)]
        if self._part is None:
            self._part = self._opened(frame, first, stop)
        self._part.write(frame)
        if frame.index == stop - 1:
            self._part.commit()
            self._part = None
            self._parts.append(VideoSpan(self._path(first)))

    def commit(self) -> None:
        """Join all stretches and give the copy its final name.

        Raises:
            InputError: If the earlier copy has other frames.
            OutputError: If a frame is missing, or the copy cannot be written.
        """
        try:
            if len(self._parts) != len(self._anew):
                raise OutputError(f"{self._target}: not all frames came that are encoded anew")
            self.sha256 = join_videos(
                self._spans(), self._times, self._target, self._medium, self._encoding, self._permit
            )
        finally:
            self.abort()

    def abort(self) -> None:
        """Throw away what was encoded."""
        if self._part is not None:
            self._part.abort()
            self._part = None
        self._folder.cleanup()

    def _spans(self) -> list[VideoSpan]:
        """What is encoded anew, and what stays between."""
        spans, begin = list[VideoSpan](), 0
        for (first, stop), part in zip(self._anew, self._parts, strict=True):
            if begin < first:
                spans.append(VideoSpan(self._earlier, begin, first))
            spans.append(part)
            begin = stop
        if begin < len(self._times):
            spans.append(VideoSpan(self._earlier, begin))
        return spans

    def _opened(self, frame: AnonymizedFrame, first: int, stop: int) -> VideoSink:
        """A stretch as a video of its own, whose times count from its first frame."""
        begin = Fraction(0)
        if frame.pts is not None and frame.time_base is not None:
            begin = frame.pts * frame.time_base
        end = Fraction(self._times[stop]) if stop < len(self._times) else self._medium.duration
        medium = replace(
            self._medium,
            stretch=Stretch(first, begin, end),
            duration=None if end is None else end - begin,
        )
        return VideoSink(self._path(first), medium, self._pictures)

    def _path(self, first: int) -> Path:
        return Path(self._folder.name) / f"{first}{self._target.suffix}"
