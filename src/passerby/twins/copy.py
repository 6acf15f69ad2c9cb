"""Anonymizes pictures of a folder into another one, under the same names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from passerby.detections import Kind
from passerby.files.output_folder import OutputFolder
from passerby.files.permit import Permit, identities
from passerby.files.reading import Reading
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.runtime.error_line import error_about
from passerby.runtime.reasons import reason_of
from passerby.sinks.images import ImageSink
from passerby.sources.images import ImageSource
from passerby.sources.inputs import check_readable
from passerby.twins.manifest import ManifestEntry

__all__ = ["Failure", "copy_pictures"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture that has no copy.

    Attributes:
        path: Relative to the folder, with slashes.
        reason: In one line.
    """

    path: str
    reason: str


def copy_pictures(
    source: Path,
    target: OutputFolder,
    settings: Settings,
    paths: Sequence[str],
    ambiguous: frozenset[str] = frozenset(),
) -> list[ManifestEntry | Failure]:
    """Anonymize pictures and say what became of each.

    Args:
        source: The folder of the originals.
        target: The folder of the copies.
        settings: What to cover and how to find it.
        paths: Of the pictures, relative to both folders, with slashes.
        ambiguous: Those that a file of detections cannot tell apart, see `Pipeline.distrust`.

    Raises:
        ModelError: If a detector's weights are missing.
    """
    pipeline = _pipeline(settings)
    pipeline.distrust(ambiguous)
    outcomes: list[ManifestEntry | Failure] = []
    for path in paths:
        try:
            outcomes.append(_copied(source / path, target, path, pipeline))
        except Exception as error:  # noqa: BLE001  (whatever it is, it is this picture's failure)
            outcomes.append(Failure(path, error_about(path, reason_of(error))))
    return outcomes


@lru_cache(maxsize=1)
def _pipeline(settings: Settings) -> Pipeline:
    """One a process: networks take long to load."""
    return Pipeline(settings)


def _copied(source: Path, target: OutputFolder, path: str, pipeline: Pipeline) -> ManifestEntry:
    with Reading(source) as reading:
        check_readable(source)
        pipeline.check_source(source, path)
        with ImageSource(source) as opened:
            permit = Permit(overwrite=True, below=target, spared=identities([source]))
            sink = ImageSink(target.path / path, opened.medium, pipeline.settings.write, permit)
            try:
                results = list(_written(pipeline, opened, sink, path))
                source_sha256 = reading.sha256()
                reading.check()
                sink.commit()
            finally:
                sink.abort()
    faces = sum(len(result.sighted.of_kind(Kind.FACE)) for result in results)
    found = sum(len(result.sighted.of_kind(*pipeline.looks_for)) for result in results)
    return ManifestEntry(
        path,
        source_sha256=source_sha256,
        sha256=sink.sha256 or "",
        faces=faces if pipeline.counts_faces else None,
        covered_in_full=any(result.frame.covered_in_full for result in results),
        found=found if pipeline.looks_for else None,
    )


def _written(
    pipeline: Pipeline, source: ImageSource, sink: ImageSink, path: str
) -> Iterator[FrameResult]:
    for result in pipeline.run(source, path):
        sink.write(result.frame)
        yield result
