"""Numbers and their nouns agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.runtime.counting import counted

NOUNS = {
    "frame": "frames",
    "query": "queries",
    "gallery": "galleries",
    "identity": "identities",
    "key": "keys",
    "box": "boxes",
    "match": "matches",
    "class": "classes",
    "person": "people",
    "linked folder": "linked folders",
    "data stream": "data streams",
}


@pytest.mark.parametrize("noun", NOUNS)
@given(number=st.integers(0, 10**7))
def test_one_is_singular_and_all_else_plural(noun: str, number: int) -> None:
    expected = noun if number == 1 else NOUNS[noun]
    assert counted(number, noun) == f"{number:,} {expected}"
