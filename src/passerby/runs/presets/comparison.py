"""One picture under every preset, side by side; each is anonymized before it is drawn."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from passerby.anonymization import PRESETS
from passerby.errors import InputError, ModelError
from passerby.files.partial import ANEW, Permit
from passerby.pipeline.notes import notes_on
from passerby.pipeline.settings import CoverSettings, FindSettings, Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.sinks.contact_sheet import ContactSheet, Note
from passerby.sources import open_source

__all__ = ["compare_presets"]

_LONG_SIDE = 384
"""Pixels of the longer side of the picture, as it is shown."""


def compare_presets(
    picture: Path, sheet: Path, find: FindSettings, *, columns: int = 6, permit: Permit = ANEW
) -> tuple[str, ...]:
    """Draw a picture as each preset leaves it.

    Args:
        picture: A still one, of one person or of a place.
        sheet: The PNG to write.
        find: How people and faces are found.
        columns: Pictures in a row.
        permit: What may happen to a file that is there.

    Returns:
        What the user should know: which presets leave people recognisable, and which are left out
        because the network that they need is not here.

    Raises:
        ConfigError: If the sheet is no PNG.
        InputError: If the picture cannot be read.
        OutputError: If the sheet cannot be written.
    """
    target = ContactSheet(sheet, columns, crop_size=_shown_size(picture), permit=permit)
    told: dict[str, None] = {}
    lacking: dict[str, list[str]] = {}
    try:
        for rank, name in enumerate(PRESETS):
            settings = Settings(cover=CoverSettings(preset=name), find=find)
            try:
                result = _anonymized(picture, settings)
            except ModelError as error:
                lacking.setdefault(str(error), []).append(name)
                continue
            told |= dict.fromkeys(notes_on(settings))
            target.write(result.frame, Note((name, *_caption(name, result)), rank=rank))
        target.commit()
    finally:
        target.abort()
    left_out = [f"{', '.join(names)} left out: {why}" for why, names in lacking.items()]
    return (*told, *left_out)


def _shown_size(picture: Path) -> tuple[int, int]:
    """Width and height in which the picture is shown."""
    with closing(open_source(picture)) as source:
        width, height = source.medium.width, source.medium.height
    scale = _LONG_SIDE / max(width, height)
    return max(1, round(scale * width)), max(1, round(scale * height))


def _anonymized(picture: Path, settings: Settings) -> FrameResult:
    with closing(open_source(picture)) as source, Pipeline(settings) as pipeline:
        if source.medium.kind != "image":
            raise InputError(f"{picture} is not a still picture: name one")
        return next(iter(pipeline.run(source, picture.name)))


def _caption(name: str, result: FrameResult) -> Iterator[str]:
    """What the preset does, and what is wrong with it here."""
    preset = PRESETS[name]
    yield preset.summary
    if preset.weakness is not None:
        yield f"Weak: {preset.weakness}."
    if result.frame.covered_in_full:
        yield "Detection failed, so the whole picture is covered."
    elif preset.region.kinds and not len(result.sighted.of_kind(*preset.region.kinds)):
        yield "Nobody was found."
