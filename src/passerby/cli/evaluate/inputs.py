"""Where the signatures that are compared come from: files, or a data set and a network."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from passerby.cli.datasets.options import WhichDataset
from passerby.cli.evaluate.console import progress
from passerby.datasets import DATASETS, ReidDataset
from passerby.evaluate.reid.description import Described, images_of
from passerby.evaluate.reid.origin import Origin
from passerby.evaluate.reid.signature_files import read_signatures
from passerby.evaluate.reid.signatures import Signatures
from passerby.models.lookup import is_path, sha256_of
from passerby.models.signature_network import SignatureNetwork

__all__ = ["Compared", "describe", "from_files"]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Queries, a gallery, and what is known of them."""

    query: Signatures
    gallery: Signatures
    origin: Origin
    dataset: ReidDataset | None = None


def from_files(query: Path, gallery: Path) -> Compared:
    """Read signatures that somebody made."""
    return Compared(read_signatures(query), read_signatures(gallery), Origin())


def describe(
    root: Path, which: WhichDataset, network: SignatureNetwork, model: str, *, all_splits: bool
) -> list[Compared]:
    """Make the signatures of a data set, of one split or of all of them."""
    datasets = list(_splits(root, which, all_splits=all_splits))
    with progress("describing", images_of(datasets)) as advance:
        described = Described(network, lambda: advance(1))
        return [
            Compared(*described.query_and_gallery(one), _origin(one, network, model), one)
            for one in datasets
        ]


def _splits(root: Path, which: WhichDataset, *, all_splits: bool) -> Iterator[ReidDataset]:
    first = which.read(root)
    yield first
    if all_splits:
        count = DATASETS[first.name].splits or 1
        for split in range(count):
            if split != which.split:
                yield replace(which, name=first.name, split=split).read(root)


def _origin(dataset: ReidDataset, network: SignatureNetwork, model: str) -> Origin:
    return Origin(
        data_set=dataset.name,
        split=dataset.split,
        index_sha256=dataset.sha256,
        model=Path(model).name if is_path(model) else model,
        model_sha256=sha256_of(network.path),
    )
