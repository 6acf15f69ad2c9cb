"""Signatures of many images, read and described at the same time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import islice

import numpy as np
import numpy.typing as npt

from passerby.runtime.workers import cores
from passerby.signatures.describer import Describer, Rows
from passerby.signatures.input import PictureBatch, resized
from passerby.types import Image

__all__ = ["describe_all", "signatures"]


def signatures(
    describer: Describer,
    images: Iterable[Image],
    *,
    batch: int | None = None,
    threads: int | None = None,
) -> Generator[npt.NDArray[np.float32], None, None]:
    """Yield the signature of each image, shape (d,), in their order.

    The thread that asks reads and resizes the images ahead of the threads that compute, a few
    batches at most, so that no number of images needs more memory.

    Args:
        describer: Makes the signatures.
        images: Of any size; read as they are needed.
        batch: How many are described at once; by default what the describer is quickest with.
        threads: How many compute, a batch each; by default one a core.

    Raises:
        DetectionError: If a run fails.
    """
    threads = threads or cores()
    batches = _batches(describer, iter(images), batch or describer.batch)
    pool = ThreadPoolExecutor(threads)
    try:
        waiting: deque[Future[Rows]] = deque(
            pool.submit(describer.describe, one) for one in islice(batches, 2 * threads)
        )
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(describer.describe, one) for one in islice(batches, 1))
    finally:
        pool.shutdown(cancel_futures=True)


def describe_all(
    describer: Describer,
    images: Iterable[Image],
    progress: Callable[[], None] = lambda: None,
    *,
    threads: int | None = None,
) -> Rows:
    """Return the signatures of images, shape (n, d); there must be one.

    Args:
        describer: Makes the signatures.
        images: Of any size; read as they are needed.
        progress: Called for each image that was described.
        threads: As for `signatures`.

    Raises:
        DetectionError: If a run fails.
    """
    found = []
    with closing(signatures(describer, images, threads=threads)) as rows:
        for row in rows:
            found.append(row)
            progress()
    return np.stack(found)


def _batches(describer: Describer, images: Iterator[Image], batch: int) -> Iterator[PictureBatch]:
    while pictures := [resized(image, describer.size) for image in islice(images, batch)]:
        yield np.stack(pictures)
