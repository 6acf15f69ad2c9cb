"""Where a network looks in images, drawn over covered copies of them.

Images are read to be described; what is drawn has passed the anonymizer, which leaves a few coarse
cells of each, as in ranked lists (decision 7).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from passerby.anonymization.preview import preview
from passerby.files.partial import ANEW, Permit
from passerby.runs.describe.image_lists import ImageList
from passerby.runs.describe.image_reader import ImageReader
from passerby.runtime.error_line import error_about
from passerby.runtime.reasons import reason_of
from passerby.signatures.describer import Describer
from passerby.signatures.occlusion import Heat, occlusion_map
from passerby.sinks.attention_maps import AttentionMap, AttentionMaps
from passerby.types import Image

__all__ = ["draw_attention"]


@runtime_checkable
class _KnowsItsMaps(Protocol):
    """A describer that can be asked for what it computes on the way, which torch's can."""

    def activation_map(self, image: Image) -> Heat: ...


def draw_attention(  # noqa: PLR0913  (one setting each)
    target: Path,
    images: ImageList,
    reader: ImageReader,
    describer: Describer,
    count: int,
    *,
    threads: int | None = None,
    progress: Callable[[int], None] = lambda _count: None,
    complain: Callable[[str], None] = lambda _complaint: None,
    permit: Permit = ANEW,
) -> None:
    """Draw some of the images, evenly spaced, and beside each where the network looks.

    Args:
        target: A ``.png`` file.
        images: What to choose from.
        reader: Reads them.
        describer: Any network that makes signatures.
        count: How many images, at most.
        threads: How many compute; by default one a core.
        progress: Called for each image that was looked at.
        complain: Told of each image that cannot be read; it is left out.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the target is no PNG.
        DetectionError: If the network fails.
        OutputError: If the picture cannot be written, or none of the images can be read.
    """
    chosen = np.linspace(0, len(images) - 1, min(count, len(images))).round().astype(np.intp)
    sheet = AttentionMaps(target, permit)
    try:
        for number in chosen.tolist():
            progress(1)
            try:
                frame = reader.read(images.files[number])
            except Exception as error:  # noqa: BLE001  (whatever it is, the image is left out)
                complain(error_about(str(images.files[number]), reason_of(error)))
                continue
            maps = _maps(describer, frame.image, threads)
            sheet.write(preview(frame), maps)
        sheet.commit()
    except BaseException:
        sheet.abort()
        raise


def _maps(describer: Describer, image: Image, threads: int | None) -> list[AttentionMap]:
    hidden = occlusion_map(describer, image, threads=threads)
    maps = [AttentionMap(hidden, f"hidden: {hidden.max():.0f}\N{DEGREE SIGN}")]
    if isinstance(describer, _KnowsItsMaps):
        maps.append(AttentionMap(describer.activation_map(image), "activation"))
    return maps
