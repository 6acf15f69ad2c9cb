"""A contact sheet of the people in a data set, anonymized before they are drawn."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from passerby.datasets import ReidDataset, Sample
from passerby.errors import PrivacyError
from passerby.files.partial import ANEW, Permit
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline
from passerby.runs.vouchers import twin_vouchers, vouched_picture
from passerby.runtime.error_line import error_about
from passerby.runtime.reasons import reason_of
from passerby.sinks.contact_sheet import ContactSheet, Note
from passerby.sources import open_source
from passerby.twins.manifest import MANIFEST
from passerby.types import AnonymizedFrame

__all__ = ["draw_people"]

_Item = TypeVar("_Item")

CROP_SIZE = (96, 192)
"""Width and height within which each image is shown."""


def draw_people(
    dataset: ReidDataset,
    sheet: Path,
    settings: Settings,
    *,
    people: int = 12,
    columns: int = 8,
    permit: Permit = ANEW,
    complain: Callable[[str], None] = lambda _complaint: None,
) -> int:
    """Draw some people, a row each, with images from as many cameras as there are.

    Those of an anonymized twin are shown as they are, if that hides people.

    Args:
        dataset: Its index.
        sheet: The PNG to write.
        settings: How other images are anonymized.
        people: How many to show, evenly chosen among all.
        columns: How many images of each.
        permit: What may happen to a file that is there.
        complain: Told of each image that cannot be read; it is left out.

    Returns:
        How many images it shows.

    Raises:
        ConfigError: If the sheet is no PNG.
        ModelError: If a detector's weights are missing.
        OutputError: If the sheet cannot be written, or none of the images can be read.
        PrivacyError: If an image of a twin is not what its manifest says.
    """
    shown = 0
    chosen = _chosen(dataset, people, columns)
    target = ContactSheet(sheet, columns, crop_size=CROP_SIZE, permit=permit)
    try:
        with _opener(dataset, settings) as opened:
            for rank, sample in enumerate(chosen):
                try:
                    frame = opened(sample)
                except PrivacyError:
                    raise
                except Exception as error:  # noqa: BLE001  (whatever it is, it is left out)
                    complain(error_about(sample.path, reason_of(error)))
                    continue
                lines = (
                    f"person {dataset.names.get(sample.identity, sample.identity)}",
                    f"camera {sample.camera}",
                )
                target.write(frame, Note(lines, rank=rank))
                shown += 1
        target.commit()
    finally:
        target.abort()
    return shown


@contextmanager
def _opener(
    dataset: ReidDataset, settings: Settings
) -> Iterator[Callable[[Sample], AnonymizedFrame]]:
    """What opens an image as it may be shown: of a twin that hides people, or anonymized here."""
    if (dataset.root / MANIFEST).exists():
        vouchers = twin_vouchers(dataset.root)
        if not any(voucher.protection.weakness for voucher in vouchers.values()):
            yield lambda sample: vouched_picture(dataset.file(sample.path), vouchers)
            return
    with Pipeline(settings) as pipeline:

        def anonymized(sample: Sample) -> AnonymizedFrame:
            with open_source(dataset.file(sample.path)) as source:
                return next(iter(pipeline.run(source, sample.path))).frame

        yield anonymized


def _chosen(dataset: ReidDataset, people: int, columns: int) -> list[Sample]:
    """Images of some people; those who fill a row come before those who do not."""
    of_person: dict[int, list[Sample]] = {}
    for sample in dataset.samples:
        if not sample.distractor:
            of_person.setdefault(sample.identity, []).append(sample)
    often = [person for person in sorted(of_person) if len(of_person[person]) >= columns]
    seldom = sorted(set(of_person) - set(often))
    shown = [*_evenly(often, people), *_evenly(seldom, people - min(people, len(often)))]
    return [sample for person in shown for sample in _by_camera(of_person[person], columns)]


def _by_camera(samples: list[Sample], most: int) -> list[Sample]:
    """Up to ``most`` images, evenly chosen in the order of the cameras."""
    return _evenly(sorted(samples, key=lambda one: (one.camera, one.path)), most)


def _evenly(items: list[_Item], most: int) -> list[_Item]:
    if len(items) <= most:
        return items
    return [items[number * len(items) // most] for number in range(most)]
