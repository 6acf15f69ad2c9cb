"""Work done by threads ahead of whoever needs it, handed over in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

__all__ = ["made_ahead"]

Made = TypeVar("Made")

AHEAD = 2
"""How many are made or kept, for each thread."""


def made_ahead(make: Callable[[int], Made], numbers: Iterable[int], workers: int) -> Iterator[Made]:
    """Yield ``make`` of each number, in order, made by threads ahead of time.

    They are threads, not processes: what they make may be raw pixels, which do not cross from one
    process to another.

    Args:
        make: May be called by several threads at a time.
        numbers: Of what is to be made.
        workers: How many threads; 0 makes everything here, when it is asked for.

    Example:
        >>> list(made_ahead(lambda number: number**2, range(4), 2))
        [0, 1, 4, 9]
    """
    if workers == 0:
        yield from map(make, numbers)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        rest = iter(numbers)
        waiting: deque[Future[Made]] = deque(
            pool.submit(make, number) for number in islice(rest, AHEAD * workers)
        )
        while waiting:
            ready = waiting.popleft().result()
            waiting.extend(pool.submit(make, number) for number in islice(rest, 1))
            yield ready
    finally:
        pool.shutdown(cancel_futures=True)
