import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import ConfigError
from passerby.runtime.backoff import Backoff


def test_doubles_up_to_the_longest() -> None:
    backoff = Backoff(first=0.5, longest=6, jitter=0)
    assert [backoff.delay(n) for n in range(1, 7)] == [0.5, 1, 2, 4, 6, 6]


def test_takes_off_the_share_that_chance_says() -> None:
    draws = iter([0.0, 1.0, 0.5])
    backoff = Backoff(first=8, longest=8, jitter=0.25, chance=lambda: next(draws))
    assert [backoff.delay(1) for _ in range(3)] == [8, 6, 7]


@given(st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 1))
def test_every_wait_lies_between_its_bounds(failures: int, jitter: float, chance: float) -> None:
    wait = Backoff(first=0.5, longest=30, jitter=jitter, chance=lambda: chance).delay(failures)
    assert 0.5 * (1 - jitter) <= wait <= 30


@pytest.mark.parametrize(
    "values",
    [
        {"first": 0.0},
        {"first": -1.0},
        {"first": float("nan")},
        {"first": 5.0, "longest": 4.0},
        {"jitter": -0.1},
        {"jitter": 1.1},
        {"jitter": float("nan")},
    ],
)
def test_refuses_waits_that_make_no_sense(values: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="back-off"):
        Backoff(**values)
