"""For programs with a loop of their own around a camera: one frame in, those that are ready out."""

from types import TracebackType
from typing import Any, Self

from passerby.errors import ConfigError
from passerby.pipeline.film import Film
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.sources.arrays import FrameNumbers
from passerby.types import Frame, Image

__all__ = ["CameraLoop"]


class CameraLoop:
    """Anonymizes the frames of one camera as they come.

    Args:
        settings: All settings at once ...
        options: ... or single ones, as on the command line.

    Raises:
        ConfigError: If an option is unknown or does not fit.
        ModelError: If a detector's weights are missing.

    Example:
        >>> import numpy as np
        >>> loop = CameraLoop(regions="top", lookahead=0)
        >>> [result.frame.index for result in loop.push(np.full((90, 60, 3), 200, np.uint8))]
        [0]
        >>> loop.close()
    """

    def __init__(
        self,
        settings: Settings | None = None,
        **options: Any,  # noqa: ANN401  (the fields of `Settings`, which checks them)
    ) -> None:
        if settings is not None and options:
            raise ConfigError("give settings or single options, not both")
        self._pipeline = Pipeline(Settings.of(**options) if settings is None else settings)
        self._numbers = FrameNumbers()
        self._film: Film | None = None

    def push(self, frame: Frame | Image) -> list[FrameResult]:
        """Take the next frame.

        Args:
            frame: An image (BGR, uint8), which is timed by the clock, or a `Frame`.

        Returns:
            The frames that may be shown by now, in order. At first there are none: each waits for
            ``lookahead`` seconds, so that gaps are filled from both sides, unless that is 0.

        Raises:
            ConfigError: If it is no image.
            InputError: If it has another size than those before: `flush` first.
        """
        numbered = self._numbers.next(frame)
        if self._film is None:
            medium = self._numbers.medium
            self._film = self._pipeline.film(medium, medium.name)
        return [self._pipeline.released(one) for one in self._film.push(numbered)]

    def flush(self) -> list[FrameResult]:
        """Return the frames that still wait; what is pushed after that is another stream."""
        film, self._film = self._film, None
        self._numbers = FrameNumbers()
        return [] if film is None else [self._pipeline.released(one) for one in film.flush()]

    def close(self) -> None:
        """Let the detectors go, and the frames that still wait; calling it twice does no harm."""
        self._film = None
        self._pipeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
