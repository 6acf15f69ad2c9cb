"""What was found for some queries, shown with every image covered.

Pictures of a data set are raw, whoever it belongs to. They pass the anonymizer like any other
frame before they are drawn, which leaves a few coarse cells of each (decision 7).
"""

from pathlib import Path

import numpy as np

from passerby.anonymization.preview import preview
from passerby.datasets import ReidDataset
from passerby.evaluate.reid.evaluation import ranking_distances
from passerby.evaluate.reid.matches import Matches
from passerby.evaluate.reid.protocol import Protocol
from passerby.files.partial import ANEW, Permit
from passerby.matching.neighbours import Indices
from passerby.pipeline.description import Reader
from passerby.signatures.signatures import Signatures
from passerby.sinks.ranked_lists import ListRole, Mark, RankedLists

__all__ = ["draw_ranked_lists", "nearest_images"]


def nearest_images(
    query: Signatures, gallery: Signatures, protocol: Protocol, queries: Indices, count: int
) -> list[Indices]:
    """Return the nearest images of some queries, nearest first, those left out excepted.

    Args:
        query: All queries.
        gallery: What is searched.
        protocol: The rules, without coarse-to-fine re-ranking.
        queries: Numbers of the queries to look for.
        count: How many images for each, at most.
    """
    matches = Matches.of(query, gallery, protocol)
    distances, _ = ranking_distances(query, gallery, protocol, matches.dropped)
    found = []
    for number in queries.tolist():
        rows = slice(number, number + 1)
        block = distances[rows].copy()
        matches.leave_out(rows, block)
        order = np.argsort(block[0], kind="stable")[:count]
        found.append(order[np.isfinite(block[0, order])])
    return found


def draw_ranked_lists(
    target: Path,
    dataset: ReidDataset,
    read: Reader,
    queries: Indices,
    found: list[Indices],
    permit: Permit = ANEW,
) -> None:
    """Draw one row for each query: its image, then those found for it.

    Args:
        target: A ``.png`` file.
        dataset: Where the images lie.
        read: Reads them.
        queries: Numbers of the queries.
        found: For each of them numbers of gallery images, nearest first.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If the target is no PNG.
        InputError: If an image cannot be read.
        OutputError: If the picture cannot be written.
    """
    query, gallery = dataset.part("query"), dataset.part("gallery")
    sheet = RankedLists(target, permit)

    def write(path: str, role: ListRole, text: str) -> None:
        sheet.write(preview(read(dataset.file(path))), Mark(role, text))

    try:
        for number, images in zip(queries.tolist(), found, strict=True):
            person = query.identities[number]
            write(query.paths[number], "query", f"camera {query.cameras[number]}")
            for image in images.tolist():
                role: ListRole = "match" if gallery.identities[image] == person else "other"
                write(gallery.paths[image], role, f"camera {gallery.cameras[image]}")
        sheet.commit()
    except BaseException:
        sheet.abort()
        raise
