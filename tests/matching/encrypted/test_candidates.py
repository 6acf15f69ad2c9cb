"""What an answer says in clear: there and back, and what a stranger may have made of it."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import InputError
from passerby.matching.encrypted.candidates import Candidates, GalleryAnswer
from passerby.matching.encrypted.pieces import join_pieces, split_pieces

ANSWER = GalleryAnswer(
    Candidates(
        np.array([915375718402949862, 915375718402949870, 915375999999999999]),
        np.array([1_800_000_000, 1_800_000_000, 1_800_000_067]),
        np.array([0, 1, 0]),
        ("hall", "stairs"),
    ),
    (b"first", b"second"),
)


@given(
    st.lists(st.tuples(st.integers(0, 2**62), st.integers(-(2**40), 2**40), st.integers(0, 1))),
    st.lists(st.binary(max_size=20), max_size=3),
)
def test_answers_come_back(rows: list[tuple[int, int, int]], scores: list[bytes]) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    sent = GalleryAnswer(Candidates(*columns, ("hall", "stairs")), scores)
    read = GalleryAnswer.read(sent.to_bytes())
    assert read.scores == scores
    assert read.candidates.cameras == ("hall", "stairs")
    for before, after in zip(
        columns,
        (read.candidates.tracks, read.candidates.began, read.candidates.camera),
        strict=True,
    ):
        assert after.tolist() == before.tolist()


def test_it_is_small() -> None:
    rng = np.random.default_rng(0)
    began = np.sort(rng.integers(0, 86_400_000, 10_000))
    numbers = (218_000_000_000 + began << 22) | rng.integers(0, 1 << 22, 10_000)
    whom = Candidates(numbers, began // 1000, rng.integers(0, 10, 10_000), ["c"] * 10)
    assert len(GalleryAnswer(whom, ()).to_bytes()) < 85_000


def changed(place: int, piece: bytes) -> bytes:
    pieces = list(split_pieces(ANSWER.to_bytes()))
    pieces[place] = piece
    return join_pieces(pieces)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not the answer of a gallery"),
        (changed(0, b"{}"), "is not the answer of a gallery"),
        (changed(0, b"\xff"), "is not the answer of a gallery"),
        (changed(0, b'{"people":2000000,"cameras":[]}'), "is not the answer of a gallery"),
        (changed(0, b'{"people":2,"cameras":["a","b"]}'), "has other people than it says"),
        (changed(0, b'{"people":4,"cameras":["a","b"]}'), "has other people than it says"),
        (changed(0, b'{"people":3,"cameras":["a"]}'), "names a camera that it does not list"),
        (changed(1, b"no zlib"), "is damaged"),
        (changed(2, zlib.compress(bytes(10_000_000))), "has other people than it says"),
        (join_pieces(list(split_pieces(ANSWER.to_bytes()))[:3]), "ends too early"),
        (ANSWER.to_bytes()[:-1], "ends too early"),
    ],
)
def test_answers_that_are_none_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        GalleryAnswer.read(content)
