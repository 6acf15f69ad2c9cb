"""A batch is the same after it was written as bytes, and bytes that are no batch are refused."""

import json
import pickle
from contextlib import suppress
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.errors import PrivacyError, StoreError
from passerby.protection import UNKNOWN
from passerby.store.batch_codec import cameras_of, decode_batch, encode_batch
from passerby.store.write_batch import WriteBatch


def full() -> WriteBatch:
    """A batch with something of each kind."""
    batch = WriteBatch(started="hall")
    track, part = (batch.begin_track(name, NOON, "follow") for name in ("hall", "door"))
    for second in range(3):
        batch.add_snippet(track, NOON + second, frame(second), 0.25 * second)
        batch.add_signature(part, NOON + second, vector(second), frame(), ORIGIN, 0.1)
    batch.join_track(part, track, [NOON, NOON + 1])
    batch.withdraw_track(7)
    batch.end_track(track, NOON + 9, began=NOON - 5)
    batch.end_track(part, NOON + 8)
    batch.count("door", "till \N{LATIN SMALL LETTER O WITH DIAERESIS}", "enter", NOON, 3)
    return batch


def test_a_batch_comes_back_as_it_was() -> None:
    batch = full()
    assert decode_batch(encode_batch(batch)) == batch
    assert decode_batch(encode_batch(empty := WriteBatch())) == empty
    assert cameras_of(batch) == {"hall", "door"}
    assert cameras_of(empty) == set()


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_is_another_batch(place: int, change: int) -> None:
    content = bytearray(encode_batch(full()))
    content[place % len(content)] ^= change
    with suppress(StoreError, PrivacyError):  # and nothing else
        decode_batch(bytes(content))


@given(st.binary(max_size=200))
def test_what_is_no_batch_is_refused(content: bytes) -> None:
    with pytest.raises(StoreError, match="no batch"):
        decode_batch(content)


@pytest.mark.parametrize("recipe", ["", "{}", "[]", json.dumps(asdict(UNKNOWN))])
def test_pictures_that_may_show_people_are_refused(recipe: str) -> None:
    batch = full()
    batch.snippets[1] = replace(batch.snippets[1], protection=recipe)
    with pytest.raises(PrivacyError, match="hides people is asked for"):
        decode_batch(encode_batch(batch))


def test_a_batch_that_is_cut_off_or_too_long_is_refused() -> None:
    content = encode_batch(full())
    for wrong in (content[:-1], content + b"x", content[:3], pickle.dumps(full())):
        with pytest.raises(StoreError, match="no batch"):
            decode_batch(wrong)


def test_numbers_that_no_database_holds_are_refused() -> None:
    for number in (2**63, -(2**63) - 1, np.inf):
        batch = WriteBatch(number=number)
        with pytest.raises(StoreError, match="no batch"):
            decode_batch(encode_batch(batch))
