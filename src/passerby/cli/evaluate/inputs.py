"""Where the signatures that are compared come from: files, or a data set and a network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from passerby.cli.datasets.options import DatasetOptions
from passerby.cli.evaluate.console import progress
from passerby.datasets import DATASETS, ReidDataset
from passerby.errors import InputError
from passerby.models.lookup import model_sha256
from passerby.pipeline.description import Described, images_of
from passerby.runs.describe.image_reader import RAW, ImageReader, image_reader
from passerby.signatures.describer import Describer
from passerby.signatures.origin import Origin
from passerby.signatures.reader import NAMES_OF_PEOPLE, read_header, read_origin, read_signatures
from passerby.signatures.signatures import Signatures

__all__ = ["Compared", "describe_splits", "from_files", "splits"]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Queries, a gallery, and what is known of them."""

    query: Signatures
    gallery: Signatures
    origin: Origin
    dataset: ReidDataset | None = None
    reader: ImageReader = RAW


def from_files(query: Path, gallery: Path) -> Compared:
    """Read signatures that somebody made.

    Raises:
        InputError: If a file cannot be read, two networks made them, or they number people
            differently.
    """
    asked, searched = read_origin(query), read_origin(gallery)
    models = {one.model_sha256 for one in (asked, searched) if one.model_sha256}
    if len(models) > 1:
        raise InputError(
            f"{query} was made by {asked.model}, {gallery} by {searched.model}, another network: "
            "describe both with one"
        )
    _check_names(query, gallery)
    return Compared(read_signatures(query), read_signatures(gallery), asked)


def _check_names(query: Path, gallery: Path) -> None:
    """Make sure that a number means the same person in both files, if people have names."""
    first, second = (read_header(path).get(NAMES_OF_PEOPLE, ()) for path in (query, gallery))
    alike = all(one == other for one, other in zip(first, second, strict=False))
    if bool(first) != bool(second) or not alike:
        raise InputError(
            f"{query} and {gallery} number the names of people differently: describe both as one "
            "data set"
        )


def describe_splits(
    datasets: Sequence[ReidDataset], describer: Describer, *, raw: bool
) -> list[Compared]:
    """Make the signatures of the queries and galleries of splits of one data set.

    Args:
        datasets: The splits.
        describer: The network.
        raw: Whether images that nobody vouches for are described as they are.

    Raises:
        ConfigError: If nobody vouches for the images, and raw ones are not asked for.
        InputError: If an image cannot be read.
        PrivacyError: If an image of a twin is not what its manifest says.
    """
    reader = image_reader([datasets[0].root], raw=raw)
    with progress("describing", images_of(datasets)) as advance:
        described = Described(describer, reader.read, lambda: advance(1))
        return [
            Compared(
                *described.query_and_gallery(one),
                _origin(one, describer, reader),
                one,
                reader,
            )
            for one in datasets
        ]


def splits(root: Path, which: DatasetOptions, *, all_splits: bool) -> Iterator[ReidDataset]:
    """Read a data set: one split of it, or all of them."""
    first = which.read(root)
    yield first
    if all_splits:
        count = DATASETS[first.name].splits or 1
        for split in range(count):
            if split != which.split:
                yield replace(which, name=first.name, split=split).read(root)


def _origin(dataset: ReidDataset, describer: Describer, reader: ImageReader) -> Origin:
    return Origin(
        data_set=dataset.name,
        split=dataset.split,
        index_sha256=dataset.sha256,
        model=describer.name,
        model_sha256=model_sha256(describer.path),
        images=reader.facts["images"],
    )
