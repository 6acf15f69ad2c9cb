"""Anonymizes pictures of a folder into another one, under the same names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from passerby.detections import Kind
from passerby.errors import InputError
from passerby.pipeline.manifest import Entry
from passerby.pipeline.report import sha256_of
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline, Result
from passerby.sinks import ImageSink
from passerby.sources import ImageSource
from passerby.sources.inputs import check_readable

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
    source: Path, target: Path, settings: Settings, paths: Sequence[str]
) -> list[Entry | Failure]:
    """Anonymize pictures and say what became of each.

    Args:
        source: The folder of the originals.
        target: The folder of the copies.
        settings: What to cover and how to find it.
        paths: Of the pictures, relative to both folders, with slashes.

    Raises:
        ModelError: If a detector's weights are missing.
        OutputError: If a copy cannot be written.
    """
    pipeline = _pipeline(settings)
    outcomes: list[Entry | Failure] = []
    for path in paths:
        try:
            outcomes.append(_copied(source / path, target / path, path, pipeline))
        except InputError as error:
            outcomes.append(Failure(path, str(error)))
    return outcomes


@lru_cache(maxsize=1)
def _pipeline(settings: Settings) -> Pipeline:
    """One a process: networks take long to load."""
    return Pipeline(settings)


def _copied(source: Path, target: Path, path: str, pipeline: Pipeline) -> Entry:
    check_readable(source)
    with ImageSource(source) as opened:
        sink = ImageSink(target, opened.medium, pipeline.settings.write)
        try:
            results = _written(pipeline, opened, sink, path)
        finally:
            sink.abort()
    faces = sum(len(result.sighted.of_kind(Kind.FACE)) for result in results)
    return Entry(
        path,
        source_sha256=sha256_of(source),
        sha256=sha256_of(target),
        faces=faces if pipeline.counts_faces else None,
        covered_in_full=any(result.frame.covered_in_full for result in results),
    )


def _written(pipeline: Pipeline, source: ImageSource, sink: ImageSink, path: str) -> list[Result]:
    results = []
    for result in pipeline.run(source, path):
        sink.write(result.frame)
        results.append(result)
    sink.commit()
    return results
