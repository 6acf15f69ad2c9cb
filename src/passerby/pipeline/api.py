"""What Python code calls: one picture at a time, or all frames of a source."""

from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from passerby.config import validated
from passerby.detection.appearance import detect_shown
from passerby.detections import Detections
from passerby.pipeline.detection_settings import DetectSettings
from passerby.pipeline.looks import Look, look_at
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline, Result
from passerby.sources import open_source
from passerby.types import AnonymizedFrame, Detector, Frame, Image, Source

__all__ = ["anonymize", "anonymize_stream", "detect", "detect_stream"]


def anonymize(
    frame: Frame | Image,
    *,
    detections: Detections | None = None,
    **options: Any,  # noqa: ANN401  (the fields of `Settings`, which checks them)
) -> AnonymizedFrame:
    """Anonymize one picture.

    Args:
        frame: A `Frame`, or an image of shape (height, width, 3), BGR, uint8. It is not changed.
        detections: Who is in it; looked for if left out.
        options: Those of the command line, such as ``regions``, ``operator`` and ``strength``.

    Raises:
        ConfigError: If an option is unknown or does not fit.
        ModelError: If a detector's weights are missing.

    Example:
        >>> import numpy as np
        >>> picture = np.full((90, 60, 3), 200, np.uint8)
        >>> person = Detections.of([[20, 10, 40, 80]])
        >>> covered = anonymize(picture, detections=person, regions="heads", operator="blackout")
        >>> covered.image[20, 30].tolist(), covered.image[60, 30].tolist()
        ([0, 0, 0], [200, 200, 200])
    """
    raw = frame if isinstance(frame, Frame) else Frame(frame)
    settings = Settings.of(**options)
    if detections is not None:
        return settings.cover.anonymizer()(raw, detections)
    return _pipeline(settings).frame(raw).frame


def anonymize_stream(
    source: str | Path | Source,
    settings: Settings | None = None,
    **options: Any,  # noqa: ANN401  (the fields of `Settings`, which checks them)
) -> Iterator[Result]:
    """Anonymize all frames of a video, a folder's picture or a live stream, one after the other.

    Args:
        source: A path, an address, a camera ("camera:0"), or an open source.
        settings: All settings at once ...
        options: ... or single ones, as on the command line.

    Yields:
        Each frame with what is known about the people in it.

    Raises:
        InputError: If the source cannot be read, or breaks off.
    """
    chosen = settings if settings is not None else Settings.of(**options)
    opened = open_source(source) if isinstance(source, (str, Path)) else source
    with closing(opened), Pipeline(chosen) as pipeline:
        yield from pipeline.run(opened)


def detect(
    frame: Frame | Image,
    **options: Any,  # noqa: ANN401  (the fields of `DetectSettings`, which checks them)
) -> Detections:
    """Find people and their heads in one picture.

    Args:
        frame: A `Frame`, or an image of shape (height, width, 3), BGR, uint8.
        options: Those of the command line: ``model``, ``threshold``, ``size``, ``faces``,
            ``face_model``, ``face_threshold``, ``threads``.

    Returns:
        Boxes in pixels, which may reach beyond the edges: persons, then heads, then faces, each
        kind best first. A network that knows no heads gives none.

    Raises:
        ConfigError: If an option is unknown or does not fit.
        DetectionError: If the detector cannot tell.
        ModelError: If a model is missing or damaged.
    """
    raw = frame if isinstance(frame, Frame) else Frame(frame)
    return detect_shown(_detector(_detect_settings(options)), raw)


def detect_stream(
    source: str | Path | Source,
    **options: Any,  # noqa: ANN401  (the fields of `DetectSettings`, which checks them)
) -> Iterator[Look]:
    """Find people and their heads in the frames of a video, a picture or a live stream.

    Args:
        source: A path, an address, a camera ("camera:0"), or an open source.
        options: Those of `detect`, and ``every``.

    Yields:
        What was seen in each frame that was looked at.

    Raises:
        InputError: If the source cannot be read, or breaks off.
    """
    settings = _detect_settings(options)
    opened = open_source(source) if isinstance(source, (str, Path)) else source
    with closing(opened):
        yield from look_at(opened, settings.detector(), settings.every)


def _detect_settings(options: dict[str, Any]) -> DetectSettings:
    return validated(DetectSettings, options, "settings")


@lru_cache(maxsize=4)
def _detector(settings: DetectSettings) -> Detector:
    """Networks take long to load; the last few are kept."""
    return settings.detector()


@lru_cache(maxsize=4)
def _pipeline(settings: Settings) -> Pipeline:
    """Networks take long to load; the last few are kept."""
    return Pipeline(settings)
