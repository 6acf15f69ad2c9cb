"""What Python code calls: one picture at a time, or all frames of a source."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from passerby.config import validated
from passerby.detection.appearance import detect_shown
from passerby.detections import Detections
from passerby.errors import ConfigError, PrivacyError
from passerby.locations import location_of
from passerby.models.cards import PixelFormat
from passerby.pipeline.description import signature_of
from passerby.pipeline.detection_settings import DetectSettings
from passerby.pipeline.frame_detections import FrameDetections, detect_frames
from passerby.pipeline.obfuscation import opened_anonymizer
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.signatures.describer import Describer
from passerby.signatures.opening import Runtime, default_model, open_describer
from passerby.sources import open_source
from passerby.sources.arrays import Capture, frames_of
from passerby.types import AnonymizedFrame, Detector, Frame, Image, Source

__all__ = ["anonymize", "anonymize_stream", "describe", "detect", "detect_stream"]

_Frames: TypeAlias = str | Path | Source | Iterable[Image | Frame] | Capture
"""Everything that frames can be read from."""


def anonymize(
    frame: Frame | Image,
    *,
    detections: Detections | None = None,
    **options: Any,  # noqa: ANN401  (the fields of `Settings`, which checks them)
) -> AnonymizedFrame:
    """Anonymize one picture.

    Args:
        frame: A `Frame`, or an image of shape (height, width, 3), BGR, uint8. It is not changed.
        detections: The people in it; they are looked for if this is left out.
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
        if not isinstance(detections, Detections):
            raise ConfigError(
                f"detections must be passerby.Detections, not {type(detections).__name__}: "
                "Detections.of makes them of boxes"
            )
        return opened_anonymizer(settings)(raw, detections)
    return _pipeline(settings).frame(raw).frame


def anonymize_stream(
    source: _Frames,
    settings: Settings | None = None,
    *,
    rate: float | None = None,
    **options: Any,  # noqa: ANN401  (the fields of `Settings`, which checks them)
) -> Iterator[FrameResult]:
    """Anonymize all frames of a video, a picture or a stream, one after the other.

    Args:
        source: A path, an address, a camera ("camera:0"), an open source, any iterable of images
            (BGR, uint8) or `Frame` objects, or a ``cv2.VideoCapture``.
        settings: All settings at once ...
        rate: Frames per second of images without times; by default they are timed by the clock,
            like those of a camera.
        options: ... or single ones, as on the command line.

    Yields:
        Each frame with what is known about the people in it. Frames come out later than they went
        in, by ``lookahead`` seconds, so that gaps are filled from both sides.

    Raises:
        ConfigError: If frames cannot be read from such a source.
        InputError: If the source cannot be read, or breaks off.

    Example:
        >>> import numpy as np
        >>> camera = (np.full((90, 60, 3), 200, np.uint8) for _ in range(3))
        >>> [result.frame.index for result in anonymize_stream(camera, regions="top", rate=25)]
        [0, 1, 2]
    """
    if not isinstance(settings, Settings | None):
        raise ConfigError(
            f"settings must be passerby.Settings, not {type(settings).__name__}: "
            "Settings.of makes them of options"
        )
    chosen = settings if settings is not None else Settings.of(**options)
    with closing(_opened(source, rate)) as opened, Pipeline(chosen) as pipeline:
        if isinstance(source, (str, Path)):
            live = opened.medium.kind == "live"
            pipeline.check_source(None if live else location_of(source), opened.medium.name)
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
        Boxes in pixels, which may reach beyond the edges: people, then heads, then faces, each
        kind sorted by score. A network that knows no heads gives none.

    Raises:
        ConfigError: If an option is unknown or does not fit.
        DetectionError: If the detector cannot tell.
        ModelError: If a model is missing or damaged.
    """
    raw = frame if isinstance(frame, Frame) else Frame(frame)
    return detect_shown(_detector(_detect_settings(options)), raw)


def describe(
    frame: AnonymizedFrame | Frame | Image,
    *,
    model: str | None = None,
    raw: bool = False,
    pixels: PixelFormat | None = None,
    runtime: Runtime = "onnx",
) -> npt.NDArray[np.float32]:
    """Return the signature of a picture of one person.

    Args:
        frame: What `anonymize` made; or, with ``raw``, a `Frame` or an image (BGR, uint8).
        model: As in `passerby.signatures.opening.open_describer`; by default the network that
            comes with passerby.
        raw: Whether a raw picture is allowed: its signature identifies the person.
        pixels: The pixel format that an ONNX file expects, if the file does not say so.
        runtime: What runs the network.

    Returns:
        Shape (d,), not normalised.

    Raises:
        ConfigError: If there is no such model, or the frame is not an image.
        DetectionError: If the network fails.
        ModelError: If the model is missing or damaged.
        PrivacyError: If it is raw and ``raw`` is not set.

    Example:
        >>> crop = np.full((128, 64, 3), 200, np.uint8)
        >>> describe(anonymize(crop, regions="top")).shape
        (256,)
    """
    if not isinstance(frame, AnonymizedFrame):
        frame = frame if isinstance(frame, Frame) else Frame(frame)
        if not raw:
            raise PrivacyError(
                "signatures of raw images identify people: anonymize the picture, or say raw=True"
            )
    return signature_of(_describer(model or default_model(), pixels, runtime), frame)


def detect_stream(
    source: _Frames,
    *,
    rate: float | None = None,
    **options: Any,  # noqa: ANN401  (the fields of `DetectSettings`, which checks them)
) -> Iterator[FrameDetections]:
    """Find people and their heads in the frames of a video, a picture or a live stream.

    Args:
        source: What `anonymize_stream` takes.
        rate: Frames per second of images without times.
        options: Those of `detect`, and ``every``.

    Yields:
        What was seen in each frame that was searched.

    Raises:
        ConfigError: If frames cannot be read from such a source.
        InputError: If the source cannot be read, or breaks off.
    """
    settings = _detect_settings(options)
    with closing(_opened(source, rate)) as opened:
        every = 1 if opened.medium.unrelated else settings.every
        yield from detect_frames(opened, settings.detector(), every)


def _opened(source: object, rate: float | None) -> Source:
    """The argument of the caller as a source."""
    if isinstance(source, (str, Path)) or hasattr(source, "medium"):
        if rate is not None:
            raise ConfigError("rate is for images that come without times: leave it out here")
        return open_source(source) if isinstance(source, (str, Path)) else cast("Source", source)
    return frames_of(source, rate)


def _detect_settings(options: dict[str, Any]) -> DetectSettings:
    return validated(DetectSettings, options, "settings")


@lru_cache(maxsize=4)
def _detector(settings: DetectSettings) -> Detector:
    """Networks take long to load; the last few are kept."""
    return settings.detector()


@lru_cache(maxsize=4)
def _describer(model: str, pixels: PixelFormat | None, runtime: Runtime) -> Describer:
    """Networks take long to load; the last few are kept."""
    return open_describer(model, pixels, runtime)


@lru_cache(maxsize=4)
def _pipeline(settings: Settings) -> Pipeline:
    """Networks take long to load; the last few are kept."""
    return Pipeline(settings)
