"""Pieces of bytes, join_pieces and split_pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.errors import InputError
from passerby.matching.encrypted.pieces import join_pieces, split_pieces


@given(st.lists(st.binary(max_size=40)))
def test_pieces_come_back(pieces: list[bytes]) -> None:
    assert list(split_pieces(join_pieces(pieces))) == pieces


@given(st.lists(st.binary(max_size=9), min_size=1), st.integers(1, 3))
def test_what_is_cut_off_is_missed(pieces: list[bytes], cut: int) -> None:
    with pytest.raises(InputError, match="ends too early"):
        list(split_pieces(join_pieces(pieces)[:-cut]))
