"""A picture that was uploaded, anonymized and described: raw in the process of queries alone."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.errors import PrivacyError
from passerby.pipeline.description import signature_of
from passerby.pipeline.stages import Pipeline
from passerby.signatures.describer import Describer
from passerby.sources.images import decoded
from passerby.types import Frame, require_anonymized

__all__ = ["describe_picture"]

_NAME = Path("the picture")
_MOST_PIXELS = 25_000_000
"""A file of some kilobytes can hold so many that memory ends: of one person, fewer are enough."""


def describe_picture(
    content: bytes, pipeline: Pipeline, describer: Describer
) -> npt.NDArray[np.float32]:
    """Anonymize a picture in memory, and describe what is left of it.

    Args:
        content: A file of a picture.
        pipeline: Anonymizes it.
        describer: Describes people.

    Returns:
        Shape (d,).

    Raises:
        InputError: If it cannot be read.
        PrivacyError: If it could not be anonymized.
    """
    result = pipeline.frame(Frame(decoded(content, _NAME, _MOST_PIXELS)))
    if result.detections.failure is not None:
        raise PrivacyError("the picture could not be anonymized: try another one")
    return signature_of(describer, require_anonymized(result.frame, strong=True))
