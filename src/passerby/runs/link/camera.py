"""The tracks of one camera's film."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from passerby.detection.combined import detectors_for
from passerby.detections import Kind
from passerby.errors import InputError
from passerby.pipeline.camera_tracks import CameraTracks, DescribedTrack
from passerby.pipeline.film import DEFAULT_RATE
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline
from passerby.runtime.counting import counted
from passerby.signatures.describer import Describer
from passerby.sources import open_source
from passerby.types import Detector

__all__ = ["CameraFilm", "film_detector", "follow_film", "frames_in"]

_FOLLOWED = frozenset({Kind.PERSON, Kind.HEAD})


@dataclass(frozen=True)
class CameraFilm:
    """Who was before one camera.

    Attributes:
        camera: Its name.
        tracks: Everybody, in order of appearance.
        frames: How many the film has.
        seconds: How long it is.
    """

    camera: str
    tracks: tuple[DescribedTrack, ...]
    frames: int
    seconds: float


def film_detector(settings: Settings) -> Detector:
    """What finds the people to follow and what is to be covered, in one search.

    Raises:
        ModelError: If a network is missing or damaged.
    """
    kinds = _FOLLOWED | settings.cover.anonymizer().kinds
    return detectors_for(kinds, settings.find.detection(kinds))


def frames_in(path: Path) -> int | None:
    """How many frames a film has, as far as it says so.

    Raises:
        InputError: If it cannot be read, or is a picture.
    """
    with closing(open_source(path)) as source:
        if source.medium.unrelated:
            raise InputError(f"{path} is a picture, in which nobody can be followed: name a video")
        return source.medium.frames


def follow_film(
    path: Path,
    settings: Settings,
    describer: Describer,
    detector: Detector,
    advance: Callable[[], None] = lambda: None,
    *,
    raw: bool = False,
) -> CameraFilm:
    """Follow everybody through a film; no raw picture is described, stored or shown.

    Args:
        path: Of the video, whose name without its ending is that of the camera.
        settings: What is covered, and how people are found.
        describer: Makes signatures of covered snippets.
        detector: See `film_detector`.
        advance: Called after each frame.
        raw: See `CameraTracks`.

    Raises:
        DetectionError: If the describer fails, or people could not be looked for.
        InputError: If the film cannot be read to its end.
        PrivacyError: If the settings do not hide people, unless that is asked for.
    """
    frames, failed, tracks = 0, 0, []
    with closing(open_source(path)) as source, Pipeline(settings, detector) as pipeline:
        medium = source.medium
        rate = float(medium.rate or DEFAULT_RATE)
        every = settings.find.every or 1
        camera = CameraTracks(describer, every / rate, (medium.width, medium.height), raw=raw)
        for frames, result in enumerate(pipeline.run(source), 1):
            time = result.frame.time
            failed += result.frame.covered_in_full
            tracks += camera.add(result, (frames - 1) / rate if time is None else time)
            advance()
        tracks += camera.flush()
    if failed == frames and frames:
        raise InputError(
            f"{path}: people could be looked for in none of {counted(frames, 'frame')}"
        )
    ordered = sorted(tracks, key=lambda one: float(one.path.times[0]))
    return CameraFilm(path.stem, tuple(ordered), frames, frames / rate)
