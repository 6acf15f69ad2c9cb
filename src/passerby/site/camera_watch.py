"""What one camera tells the store: tracks with their snippets and signatures, and sums of hours.

A row of the store begins with the first snippet of a short track. When it is known which short
tracks are of one person, their rows are joined, and what is left of the person is added.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from passerby.detections import Kind
from passerby.models.lookup import model_sha256
from passerby.pipeline.camera_news import CameraNews, DescribedSnippet, EndedTrack, PeopleNews
from passerby.pipeline.stages import FrameResult
from passerby.signatures.describer import Describer
from passerby.signatures.origin import Origin
from passerby.site.counted_zones import zone_stays
from passerby.site.counting import ENTER, LEAVE, SECONDS, TO
from passerby.site.settings import CameraSettings
from passerby.store.write_batch import WriteBatch
from passerby.tracking.analysis import Analysis
from passerby.tracking.tracklet import Tracklet

__all__ = ["MOST_LOOKS", "CameraWatch"]

MICROSECONDS = 1_000_000

MOST_LOOKS = 8000
"""Looks at all who are still in view that are remembered, some 2 MB: some people sit for hours."""

_MOST_TIMES = 60
"""Latest seconds of a row of which it is known whether there is a snippet."""


@dataclass(slots=True)
class _Row:
    """A track in the store that may go on.

    Attributes:
        number: Of the track.
        times: Of its snippets in the store, by the second of the source: the first, and the latest.
    """

    number: int
    times: dict[int, int] = field(default_factory=dict)

    def tell(self, snippets: Mapping[int, int]) -> None:
        """Note when snippets were taken.

        Only the first and the latest seconds are asked for again, and somebody may sit for hours.
        """
        self.times |= snippets
        for second in sorted(self.times)[1:-_MOST_TIMES]:
            del self.times[second]


class CameraWatch:
    """Follows the people before one camera, and fills batches for the store.

    Args:
        camera: Its name and purpose.
        describer: Makes signatures; of a camera that only counts, none is asked for.
        interval: As in `Analysis`.
        size: Width and height of the frames.
        begins: When second 0 of its source was, in microseconds of UTC since 1970.

    Attributes:
        paths: Of the tracks that were handed on, by their numbers, if they are asked for; then no
            look is forgotten.
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
        self._camera, self._begins, self._size = camera, begins, size
        self._origin = None if describer is None else _origin(describer)
        looks = None if keep_paths else MOST_LOOKS
        self._counts_only = Analysis(interval, most_looks=looks) if describer is None else None
        self._news = None
        if describer is not None:
            self._news = CameraNews(describer, interval, size, most_looks=looks)
        self._rows: dict[int, _Row] = {}

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
        if self._news is not None:
            return self._batch(self._news.add(result, time))
        if not result.looked or result.sighted.failure is not None:
            return None
        seen = result.sighted.of_kind(Kind.PERSON, Kind.HEAD)
        self._analysis.add(result.frame.index, time, seen, result.frame.image)
        return self._counted(self._analysis.close())

    def flush(self) -> WriteBatch | None:
        """Return what is left: the source has ended."""
        if self._news is not None:
            return self._batch(self._news.flush())
        return self._counted(self._analysis.tracks())

    @property
    def _analysis(self) -> Analysis:
        assert self._counts_only is not None  # noqa: S101  (a camera that only counts)
        return self._counts_only

    def _batch(self, news: PeopleNews) -> WriteBatch | None:
        batch = WriteBatch()
        for part in news.parts:
            row = self._rows.get(part.part)
            if row is None:
                row = self._rows[part.part] = self._begun(batch, part.began)
            self._describe(batch, row, part.snippets)
        for track in news.ended:
            self._end(batch, track)
        for number in news.nobody:
            if number in self._rows:
                batch.withdraw_track(self._rows.pop(number).number)
        return None if batch.is_empty else batch

    def _end(self, batch: WriteBatch, track: EndedTrack) -> None:
        """Join the rows of somebody's parts, and end what comes of them."""
        rows = [self._rows.pop(part) for part in track.parts if part in self._rows]
        first, last = track.path.times[0], track.path.times[-1]
        if not rows and not track.snippets:
            return  # there is no picture of the person
        row = rows[0] if rows else self._begun(batch, first)
        for other in rows[1:]:
            twice = [at for second, at in other.times.items() if second in row.times]
            batch.join_track(other.number, row.number, twice)
            row.tell(other.times)
        self._describe(batch, row, track.snippets)
        batch.end_track(row.number, self._at(last), began=self._at(first))
        self._count(batch, track.path)
        if self.paths is not None:
            self.paths[row.number] = track.path

    def _begun(self, batch: WriteBatch, seconds: float) -> _Row:
        camera = self._camera
        return _Row(batch.begin_track(camera.name, self._at(seconds), camera.purpose))

    def _describe(self, batch: WriteBatch, row: _Row, snippets: Iterable[DescribedSnippet]) -> None:
        """Add pictures of seconds of which there is none yet."""
        assert self._origin is not None  # noqa: S101  (somebody described them)
        for snippet, vector in snippets:
            at, number = self._at(snippet.time), row.number
            if int(snippet.time) in row.times:
                continue
            row.tell({int(snippet.time): at})
            batch.add_snippet(number, at, snippet.frame, snippet.quality)
            batch.add_signature(number, at, vector, snippet.frame, self._origin, snippet.quality)

    def _counted(self, paths: Iterable[Tracklet]) -> WriteBatch | None:
        batch = WriteBatch()
        for path in paths:
            self._count(batch, path)
        return None if batch.is_empty else batch

    def _count(self, batch: WriteBatch, path: Tracklet) -> None:
        """Who came, who went, and for how long they were in view."""
        name = self._camera.name
        came, went = self._at(path.times[0]), self._at(path.times[-1])
        batch.count(name, "", ENTER, came)
        batch.count(name, "", LEAVE, went)
        batch.count(name, "", SECONDS, came, max(1, round(path.lived)))
        stays = zone_stays(path, self._camera.zones, self._size)
        for one in stays:
            came, went = self._at(one.came), self._at(one.went)
            batch.count(name, one.zone, ENTER, came)
            batch.count(name, one.zone, LEAVE, went)
            batch.count(name, one.zone, SECONDS, came, max(1, round(one.went - one.came)))
        for one, other in pairwise(stays):
            if one.zone != other.zone:
                batch.count(name, one.zone, TO + other.zone, self._at(other.came))

    def _at(self, seconds: float) -> int:
        return self._begins + round(float(seconds) * MICROSECONDS)


def _origin(describer: Describer) -> Origin:
    sha256 = model_sha256(describer.path)
    return Origin(model=describer.name, model_sha256=sha256, images="anonymized")
