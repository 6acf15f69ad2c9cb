"""What the user should know about settings before the work: how people are found and covered."""

from passerby.detection.combined import heads_stand_in
from passerby.pipeline.settings import Settings

__all__ = ["notes_on", "notes_on_cover", "notes_on_detections_file", "notes_on_search"]

HEADS_STAND_IN = (
    "no face detector is installed, so heads are used instead: "
    "`passerby models pull` downloads one, which is better at finding close faces"
)


def notes_on(settings: Settings) -> tuple[str, ...]:
    """All of them.

    Raises:
        ConfigError: If the model of people does not exist or finds no people.
        ModelError: If it is given by its path and cannot be opened.
    """
    return (*notes_on_search(settings), *notes_on_cover(settings))


def notes_on_search(settings: Settings) -> tuple[str, ...]:
    """Whether heads are looked for in place of faces; raises as `notes_on` does."""
    kinds = settings.cover.anonymizer().kinds
    if settings.find.detections is not None:
        return ()
    detection = settings.find.detection(kinds, settings.cover.classes)
    return (HEADS_STAND_IN,) if heads_stand_in(kinds, detection) else ()


def notes_on_cover(settings: Settings) -> tuple[str, ...]:
    """Whether what is covered stays recognisable."""
    weak = settings.cover.anonymizer().weakness
    return () if weak is None else (weak,)


def notes_on_detections_file(path: str | None, unlisted: int) -> tuple[str, ...]:
    """Whether a file of detections says nothing of so many frames at the end of a video."""
    if not unlisted:
        return ()
    note = (
        f"{path} says nothing about the last {unlisted} frames, so they are not vouched for: "
        "MOT text cannot say that a frame is empty, COCO JSON can"
    )
    return (note,)
