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


@pytest.mark.parametrize(
    ("verb", "one", "two"),
    [
        ("were read", "1 frame was read", "2 frames were read"),
        ("have no time", "1 frame has no time", "2 frames have no time"),
        ("do not count", "1 frame does not count", "2 frames do not count"),
        ("lie in it", "1 frame lies in it", "2 frames lie in it"),
        ("", "1 frame", "2 frames"),
    ],
)
def test_verbs_agree(verb: str, one: str, two: str) -> None:
    assert (counted(1, "frame", verb), counted(2, "frame", verb)) == (one, two)
