"""Pictures as they are in an anonymized twin, without one on disk."""

from collections.abc import Sequence
from pathlib import Path

from passerby.errors import InputError
from passerby.pipeline.notes import notes_on_cover
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline
from passerby.sinks.images import encoded
from passerby.sources.images import ImageSource, decoded
from passerby.sources.inputs import check_readable
from passerby.twins.fingerprint import fingerprint
from passerby.types import Image

__all__ = ["TwinPictures"]


class TwinPictures:
    """Reads pictures as `passerby.twins.twin.make_twin` would have written them.

    A twin keeps the format of its original: its pixels have been through JPEG where the original's
    have. So have these, with the same encoder, so that both are the same bit for bit. Only noise
    without a seed differs from one time to the next.

    It is not for several threads at a time.

    Args:
        settings: What to cover, how to find it, and the quality of JPEG and WebP.

    Attributes:
        made_by: All that the pictures depend on.

    Raises:
        ConfigError: If the settings do not fit each other.
        InputError: If a file of detections cannot be read.
        ModelError: If a detector's weights are missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._pipeline = Pipeline(settings)
        self.made_by = fingerprint(settings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about how people are looked for and covered."""
        return (*self._pipeline.notes, *notes_on_cover(self._pipeline.settings))

    def expect(self, paths: Sequence[str]) -> None:
        """Cover those in full that a file of detections cannot tell apart.

        Args:
            paths: Of all pictures, relative to the root of the data set, with slashes.
        """
        self._pipeline.distrust(self._pipeline.ambiguous_among(paths))

    def __call__(self, root: Path, path: str) -> Image:
        """Anonymize a picture in memory.

        Args:
            root: Of the data set.
            path: Of the picture, relative to the root, with slashes.

        Returns:
            Shape (height, width, 3), BGR.

        Raises:
            InputError: If it cannot be read.
        """
        file = root / path
        check_readable(file)
        self._pipeline.check_source(file, path)
        with ImageSource(file) as source:
            frames = [result.frame for result in self._pipeline.run(source, path)]
            medium = source.medium
        try:
            content = encoded(frames, file.suffix, medium, self._pipeline.settings.write)
        except (OSError, ValueError) as error:
            raise InputError(f"{file} cannot be encoded again ({error}): convert it") from error
        return decoded(content, file)
