"""How large is too large."""

import pytest

from passerby.errors import InputError
from passerby.sources.limits import MAX_PIXELS, check_size


def test_the_limit_itself_passes() -> None:
    check_size("a.png", MAX_PIXELS, 1)
    check_size("a.gif", MAX_PIXELS // 10, 1, 10)


@pytest.mark.parametrize("size", [(20_000, 20_000, 1), (MAX_PIXELS + 1, 1, 1), (10_000, 1_000, 18)])
def test_more_is_refused(size: tuple[int, int, int]) -> None:
    with pytest.raises(InputError, match="more than the limit of 178 million"):
        check_size("a.png", *size)
