"""How images of people are read to be described: as what a record vouches for, or raw.

Signatures of raw images identify people. So images are read as anonymized ones, unless a user asks
for raw ones by name (decision 14).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from passerby.errors import ConfigError
from passerby.pipeline.description import Reader, raw_frame
from passerby.runs.review.queue import read_report
from passerby.runs.vouchers import Vouchers, run_vouchers, twin_vouchers, vouched_picture
from passerby.twins.manifest import MANIFEST

__all__ = ["RAW", "ImageReader", "image_reader"]


@dataclass(frozen=True, slots=True)
class ImageReader:
    """Reads images.

    Attributes:
        read: Takes a path.
        facts: What is said of the images in the header of a file of signatures: whether they are
            raw, and if not, why somebody may be recognised in them all the same.
    """

    read: Reader
    facts: dict[str, Any] = field(default_factory=dict)


RAW = ImageReader(raw_frame, {"images": "raw"})
"""Takes every image as it is."""


def image_reader(
    sources: Sequence[Path], *, raw: bool = False, report: Path | None = None
) -> ImageReader:
    """Choose how images are read.

    Args:
        sources: Images, folders of them, or data sets. What lies in an anonymized twin, its
            manifest vouches for.
        raw: Whether images that nobody vouches for are taken as they are.
        report: Of the run that wrote the images, to vouch for them.

    Raises:
        ConfigError: If nobody vouches for one of the sources, and raw images are not asked for.
        InputError: If a manifest or the report cannot be read.
    """
    twins = [_twin_of(source) for source in sources]
    unknown = [source for source, twin in zip(sources, twins, strict=True) if twin is None]
    if not unknown or report is not None:
        records = [twin_vouchers(twin) for twin in dict.fromkeys(twins) if twin is not None]
        if report is not None:
            records.append(run_vouchers(report, read_report(report)))
        return _vouched({sha: voucher for record in records for sha, voucher in record.items()})
    if raw:
        return RAW
    raise ConfigError(
        f"nobody vouches that {unknown[0]} is anonymized, and signatures of raw images identify "
        "people: name a twin (passerby datasets anonymize) or add --raw"
    )


def _vouched(vouchers: Vouchers) -> ImageReader:
    weak = (voucher.protection.weakness for voucher in vouchers.values())
    facts = {"images": "anonymized", "weakness": next((one for one in weak if one), None)}
    return ImageReader(partial(vouched_picture, vouchers=vouchers), facts)


def _twin_of(source: Path) -> Path | None:
    """The twin in which a file or folder lies, if any."""
    path = source.absolute()
    return next((one for one in (path, *path.parents) if (one / MANIFEST).is_file()), None)
