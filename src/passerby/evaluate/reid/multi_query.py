"""Several images of a person by one camera as one query (Zheng et al. 2015, section 5.3)."""

import numpy as np

from passerby.errors import InputError
from passerby.signatures.signatures import Signatures, check_comparable, chunks

__all__ = ["multi_query"]


def multi_query(query: Signatures, images: Signatures, *, unit: bool = True) -> Signatures:
    """Replace each query by the mean of all images of its person by its camera.

    Args:
        query: Single images; equal persons and cameras become equal queries.
        images: All images of the people asked for, such as Market-1501's ``gt_bbox``.
        unit: Whether every signature counts with length one, as is right for cosines.

    Raises:
        InputError: If signatures do not fit each other, or a query has no image.
    """
    check_comparable(query, images)
    labels = np.stack([images.ids, images.cameras], axis=1)
    groups, group = np.unique(labels, axis=0, return_inverse=True)
    group = group.reshape(-1)
    sums = np.zeros((len(groups), images.dimensions))
    for rows, part in chunks(images.features):
        lengths = np.linalg.norm(part, axis=1, keepdims=True)
        scaled = part / np.where(unit & (lengths > 0), lengths, 1)
        np.add.at(sums, group[rows], scaled)
    means = sums / np.bincount(group)[:, None]
    number = {tuple(label): place for place, label in enumerate(groups.tolist())}
    wanted = zip(query.ids.tolist(), query.cameras.tolist(), strict=True)
    try:
        chosen = [number[label] for label in wanted]
    except KeyError as error:
        person, camera = error.args[0]
        raise InputError(
            f"no image of person {person} by camera {camera}: give all images of every query"
        ) from None
    return Signatures(means[chosen].astype(np.float32), query.ids, query.cameras)
