"""Work done ahead comes in order, and none of it is left over."""

import threading
import time

import pytest

from passerby.train.engine.ahead import AHEAD, made_ahead


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_what_is_made_comes_in_order(workers: int) -> None:
    def make(number: int) -> int:
        time.sleep(0.01 * (number % 3))
        return 10 * number

    assert list(made_ahead(make, range(12), workers)) == [10 * number for number in range(12)]
    assert list(made_ahead(make, [], workers)) == []


def test_no_more_is_made_ahead_than_is_said() -> None:
    made: list[int] = []
    for number in made_ahead(lambda number: made.append(number) or number, range(50), 2):
        time.sleep(0.005)
        assert len(made) <= number + 1 + 2 * AHEAD


def test_it_is_made_by_other_threads_of_the_same_process() -> None:
    names = set(made_ahead(lambda _number: threading.current_thread().name, range(8), 2))
    assert threading.current_thread().name not in names


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_comes_in_its_place(workers: int) -> None:
    def make(number: int) -> float:
        return 1 / (3 - number)

    made = made_ahead(make, range(9), workers)
    assert [next(made) for _ in range(3)] == [1 / 3, 1 / 2, 1]
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    made = made_ahead(lambda number: number, range(1000), 3)
    next(made)
    made.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
