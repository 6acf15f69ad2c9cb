"""What one camera tells the store: tracks with their snippets and signatures, and sums of hours."""

from collections.abc import Iterable

from passerby.detections import Kind
from passerby.models.lookup import model_sha256
from passerby.pipeline.camera_tracks import CameraTracks, DescribedTrack
from passerby.pipeline.stages import FrameResult
from passerby.signatures.describer import Describer
from passerby.signatures.origin import Origin
from passerby.site.counting import ENTER, LEAVE, SECONDS
from passerby.site.settings import CameraSettings
from passerby.store.write_batch import WriteBatch
from passerby.tracking.analysis import Analysis
from passerby.tracking.tracklet import Tracklet

__all__ = ["CameraWatch"]

MICROSECONDS = 1_000_000


class CameraWatch:
    """Follows the people before one camera, and fills batches for the store.

    Args:
        camera: Its name and purpose.
        describer: Makes signatures; of a camera that only counts, none is asked for.
        interval: Seconds between two looks.
        size: Width and height of the frames.
        begins: When second 0 of its source was, in microseconds of UTC since 1970.

    Attributes:
        paths: Of the tracks that were handed on, by their numbers, if they are asked for.
    """

    def __init__(
        self,
        camera: CameraSettings,
        describer: Describer | None,
        interval: float,
        size: tuple[int, int],
        begins: int,
        *,
        keep_paths: bool = False,
    ) -> None:
        self.paths: dict[int, Tracklet] | None = {} if keep_paths else None
        self._camera, self._begins = camera, begins
        self._origin = None if describer is None else _origin(describer)
        self._counts_only = Analysis(interval) if describer is None else None
        self._tracks = None if describer is None else CameraTracks(describer, interval, size)

    def add(self, result: FrameResult, time: float) -> WriteBatch | None:
        """Take the next frame that leaves the pipeline.

        Args:
            result: The frame, with what was detected in it.
            time: In seconds of its source.

        Returns:
            What there is to store, if there is anything.

        Raises:
            DetectionError: If the describer fails.
            PrivacyError: If the frame does not hide people.
        """
        if self._tracks is not None:
            return self._batch(self._tracks.add(result, time))
        if not result.looked or result.sighted.failure is not None:
            return None
        seen = result.sighted.of_kind(Kind.PERSON, Kind.HEAD)
        self._analysis.add(result.frame.index, time, seen, result.frame.image)
        return self._counted(self._analysis.close())

    def flush(self) -> WriteBatch | None:
        """Return what is left: the source has ended."""
        if self._tracks is not None:
            return self._batch(self._tracks.flush())
        return self._counted(self._analysis.tracks())

    @property
    def _analysis(self) -> Analysis:
        assert self._counts_only is not None  # noqa: S101  (a camera that only counts)
        return self._counts_only

    def _batch(self, tracks: Iterable[DescribedTrack]) -> WriteBatch | None:
        tracks = list(tracks)
        batch = self._counted([one.path for one in tracks])
        if batch is None:
            return None
        assert self._origin is not None  # noqa: S101  (somebody described them)
        for one in tracks:
            number = batch.begin_track(
                self._camera.name, self._at(one.path.times[0]), self._camera.purpose
            )
            if self.paths is not None:
                self.paths[number] = one.path
            for snippet, vector in zip(one.snippets, one.signatures, strict=True):
                at = self._at(snippet.time)
                batch.add_snippet(number, at, snippet.frame, snippet.quality)
                batch.add_signature(
                    number, at, vector, snippet.frame, self._origin, snippet.quality
                )
            batch.end_track(number, self._at(one.path.times[-1]))
        return batch

    def _counted(self, paths: Iterable[Tracklet]) -> WriteBatch | None:
        """Who came, who went, and for how long they were in view."""
        batch, name = WriteBatch(), self._camera.name
        for path in paths:
            came, went = self._at(path.times[0]), self._at(path.times[-1])
            batch.count(name, "", ENTER, came)
            batch.count(name, "", LEAVE, went)
            batch.count(name, "", SECONDS, came, max(1, round(path.lived)))
        return batch if batch.counted else None

    def _at(self, seconds: float) -> int:
        return self._begins + round(float(seconds) * MICROSECONDS)


def _origin(describer: Describer) -> Origin:
    sha256 = model_sha256(describer.path)
    return Origin(model=describer.name, model_sha256=sha256, images="anonymized")
