"""What the user should know about settings before the work: how people are found and covered."""

from passerby.detection.combined import heads_stand_in
from passerby.detection.files import SUFFIXES_OF_TEXT
from passerby.pipeline.obfuscation import opened_anonymizer
from passerby.pipeline.settings import Settings
from passerby.runtime.counting import counted

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
    weak = opened_anonymizer(settings).weakness
    return () if weak is None else (weak,)


def notes_on_detections_file(
    path: str | None, unlisted: int, *, says_size: bool, says_source: bool
) -> tuple[str, ...]:
    """What a file of detections does not say of an input.

    Args:
        path: Of the file.
        unlisted: Of how many frames at the end it says nothing.
        says_size: Whether it says how large the pictures are that its boxes are for.
        says_source: Whether it says which file its boxes are of.
    """
    notes = []
    if not says_source:
        notes.append(
            f"{path} does not say which file its boxes are of, so the copy cannot be vouched for: "
            "if they are of this one, begin it as --save-detections does"
        )
    if unlisted:
        is_text = str(path).lower().endswith(SUFFIXES_OF_TEXT)
        remedy = ": MOT text cannot say that a frame is empty, COCO JSON can" if is_text else ""
        notes.append(
            f"{path} says nothing about the last {counted(unlisted, 'frame')}, which cannot be "
            f"vouched for{remedy}"
        )
    if not says_size:
        notes.append(
            f"{path} does not say how large the picture is: its boxes are taken as they are, and "
            "would miss people in a copy of another size"
        )
    return tuple(notes)
