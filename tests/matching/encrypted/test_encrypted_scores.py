"""Scores under encryption beside NumPy's, and whatever a stranger may send."""

import copy
import pickle
import random
from typing import NamedTuple

import numpy as np
import pytest

pytest.importorskip("tenseal", reason="the extra `encrypted` is not installed")

from tenseal import sealapi

from passerby.errors import InputError
from passerby.matching.encrypted.gallery import (
    BLUR,
    EncodedBlock,
    EvaluationKeys,
    encoded_blocks,
    encrypted_scores,
)
from passerby.matching.encrypted.packing import Packing
from passerby.matching.encrypted.pieces import join_pieces, split_pieces
from passerby.matching.encrypted.query_keys import QueryKeys
from passerby.matching.encrypted.scheme import SCALE, SLOTS, to_bytes

DIMENSION = 12
NOISE = 2e-5
"""No score is further off than this and half of the blur."""


class Parties(NamedTuple):
    """Two of them who trust each other with nothing."""

    asking: QueryKeys
    keys: bytes
    answering: EvaluationKeys


@pytest.fixture(scope="module")
def parties() -> Parties:
    asking = QueryKeys(DIMENSION)
    keys = asking.evaluation_keys()
    return Parties(asking, keys, EvaluationKeys.read(keys, DIMENSION))


def people(count: int, dimension: int = DIMENSION, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, dimension))


def cosines(rows: np.ndarray, query: np.ndarray) -> np.ndarray:
    return rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)


def asked(parties: Parties, rows: np.ndarray, query: np.ndarray, blur: float = BLUR) -> np.ndarray:
    blocks = encoded_blocks(rows)
    sent = parties.asking.encrypted(query)
    answers = encrypted_scores(sent, parties.answering, blocks, blur=blur)
    return parties.asking.scores(answers, len(rows))


@pytest.mark.parametrize("count", [1, 100, SLOTS - DIMENSION, SLOTS - DIMENSION + 1])
def test_scores_are_cosines(parties: Parties, count: int) -> None:
    rows, query = people(count), people(1, seed=1)[0]
    error = asked(parties, rows, query) - cosines(rows, query)
    assert np.abs(error).max() < BLUR / 2 + NOISE


def test_without_blur_only_noise_is_left(parties: Parties) -> None:
    rows, query = people(200), people(1, seed=1)[0]
    error = asked(parties, rows, query, blur=0) - cosines(rows, query)
    assert 0 < np.abs(error).max() < NOISE


def test_scores_are_blurred_evenly_and_anew(parties: Parties) -> None:
    rows, query = people(3000), people(1, seed=1)[0]
    first, second = (asked(parties, rows, query, blur=0.2) - cosines(rows, query) for _ in "ab")
    assert np.abs(first).max() <= 0.1 + NOISE
    assert np.std(first) == pytest.approx(0.2 / np.sqrt(12), rel=0.05)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1


@pytest.mark.parametrize("dimension", [1, 2, 100])
def test_any_length_of_signatures(dimension: int) -> None:
    asking = QueryKeys(dimension)
    answering = EvaluationKeys.read(asking.evaluation_keys(), dimension)
    rows, query = people(5, dimension), people(1, dimension, seed=1)[0]
    scores = asked(Parties(asking, b"", answering), rows, query)
    assert scores == pytest.approx(cosines(rows, query), abs=BLUR)


def test_the_scale_of_signatures_does_not_matter(parties: Parties) -> None:
    rows, query = people(6), people(1, seed=1)[0]
    scores = asked(parties, rows * np.array([[1e-20], [1], [1e20], [3], [4], [5]]), 1e9 * query)
    assert scores == pytest.approx(cosines(rows, query), abs=BLUR)


def test_who_sends_longer_queries_sees_through_the_blur(parties: Parties) -> None:
    """What the page on limits says: nobody can see how long an encrypted query is."""
    rows, query = people(3000), people(1, seed=1)[0]
    plain = sealapi.Plaintext()
    long = 6 * query / np.linalg.norm(query)
    parties.asking._encoder.encode(np.resize(long, SLOTS).tolist(), SCALE, plain)
    sent = to_bytes(parties.asking._encryptor.encrypt_symmetric(plain))
    answers = encrypted_scores(sent, parties.answering, encoded_blocks(rows), blur=0.2)
    error = parties.asking.scores(answers, 3000) / 6 - cosines(rows, query)
    assert np.std(error) == pytest.approx(0.2 / 6 / np.sqrt(12), rel=0.05)


def test_nothing_can_be_read_without_the_secret_key(parties: Parties) -> None:
    rows, query = people(50), people(1, seed=1)[0]
    sent = parties.asking.encrypted(query)
    answers = encrypted_scores(sent, parties.answering, encoded_blocks(rows))
    other = QueryKeys(DIMENSION).scores(answers, 50)
    assert np.abs(other).max() > 2  # no cosines: noise of the size of the modulus


def test_equal_queries_and_equal_answers_look_different(parties: Parties) -> None:
    query = people(1)[0]
    assert parties.asking.encrypted(query) != parties.asking.encrypted(query)
    sent, blocks = parties.asking.encrypted(query), encoded_blocks(people(3))
    first, second = (encrypted_scores(sent, parties.answering, blocks, blur=0) for _ in "ab")
    assert first != second


def test_secret_keys_are_not_sent_copied_or_pickled(parties: Parties) -> None:
    secret = to_bytes(parties.asking._generator.secret_key())
    kernel = secret[200:232]
    for sent in (parties.keys, parties.asking.encrypted(people(1)[0])):
        assert kernel not in sent
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="secret keys stay"):
            attempt(parties.asking)


def test_what_is_sent_has_the_size_that_the_page_says(parties: Parties) -> None:
    assert len(parties.asking.encrypted(people(1)[0])) < 100_000
    sent = parties.asking.encrypted(people(1)[0])
    (answer,) = encrypted_scores(sent, parties.answering, encoded_blocks(people(10)))
    assert len(answer) < 100_000


# --- What a stranger may send -----------------------------------------------------------------


def test_a_query_of_another_length_is_refused(parties: Parties) -> None:
    with pytest.raises(InputError, match=r"shape \(13,\), but the keys are for 12 numbers"):
        parties.asking.encrypted(people(1, 13)[0])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_query_with_nan_is_refused(parties: Parties, value: float) -> None:
    query = people(1)[0]
    query[3] = value
    with pytest.raises(InputError, match="the query holds NaN or infinite"):
        parties.asking.encrypted(query)


def test_a_gallery_with_nan_is_refused() -> None:
    rows = people(5)
    rows[2, 3] = np.nan
    with pytest.raises(InputError, match="a signature of the gallery holds NaN"):
        encoded_blocks(rows)


def test_a_gallery_of_another_length_is_refused(parties: Parties) -> None:
    with pytest.raises(InputError, match=r"shape \(5, 13\) are in a gallery of 12"):
        EncodedBlock.of(Packing(DIMENSION, SLOTS), people(5, 13))
    with pytest.raises(InputError, match=r"for signatures of another length.* have 13 numbers"):
        EvaluationKeys.read(parties.keys, 13)


def test_an_encoded_gallery_of_another_length_is_refused(parties: Parties) -> None:
    sent = parties.asking.encrypted(people(1)[0])
    with pytest.raises(InputError, match=r"a gallery of 13 numbers .* keys for 12"):
        encrypted_scores(sent, parties.answering, encoded_blocks(people(5, 13)))


@pytest.mark.parametrize(
    "damage", ["cut", "bits of its head", "other bytes", "nothing", "an answer"]
)
def test_a_malformed_ciphertext_is_refused(parties: Parties, damage: str) -> None:
    blocks = encoded_blocks(people(5))
    sent = parties.asking.encrypted(people(1)[0])
    (answer,) = encrypted_scores(sent, parties.answering, blocks)
    bad = {
        "cut": sent[:-100],
        "bits of its head": bytes([sent[0] ^ 255]) + sent[1:],
        "other bytes": random.Random(0).randbytes(len(sent)),
        "nothing": b"",
        "an answer": answer,
    }[damage]
    with pytest.raises(InputError, match=r"is not an encrypted query|is no query"):
        encrypted_scores(bad, parties.answering, blocks)


def test_a_ciphertext_of_another_scale_is_refused(parties: Parties) -> None:
    plain = sealapi.Plaintext()
    parties.asking._encoder.encode([0.5] * SLOTS, 2.0**30, plain)
    bad = to_bytes(parties.asking._encryptor.encrypt_symmetric(plain))
    with pytest.raises(InputError, match="is no query"):
        encrypted_scores(bad, parties.answering, encoded_blocks(people(5)))


def test_keys_that_are_damaged_or_lacking_are_refused(parties: Parties) -> None:
    rotating, public = split_pieces(parties.keys)
    with pytest.raises(InputError, match="1 keys came where 2 are wanted"):
        EvaluationKeys.read(join_pieces([rotating]), DIMENSION)
    with pytest.raises(InputError, match="is not a set of keys"):
        EvaluationKeys.read(join_pieces([public, rotating]), DIMENSION)
    with pytest.raises(InputError, match="is not a public key"):
        EvaluationKeys.read(join_pieces([rotating, public[:-9]]), DIMENSION)
    with pytest.raises(InputError, match="ends too early"):
        EvaluationKeys.read(parties.keys[:-9], DIMENSION)


def test_random_bytes_and_flipped_bits_never_end_a_process(parties: Parties) -> None:
    blocks, chance = encoded_blocks(people(5)), random.Random(7)
    sent = parties.asking.encrypted(people(1)[0])
    outcomes = []
    for _ in range(40):
        bad = bytearray(sent)
        for _ in range(chance.randrange(1, 6)):
            bad[chance.randrange(200)] ^= 1 << chance.randrange(8)
        try:
            encrypted_scores(bytes(bad), parties.answering, blocks)
        except InputError:
            outcomes.append("refused")
        else:
            outcomes.append("computed")  # a ciphertext like any other, of noise
    assert outcomes.count("refused") > 20


def test_answers_that_are_damaged_or_too_few_are_refused(parties: Parties) -> None:
    sent = parties.asking.encrypted(people(1)[0])
    (answer,) = encrypted_scores(sent, parties.answering, encoded_blocks(people(5)))
    with pytest.raises(InputError, match="is not an answer"):
        parties.asking.scores([answer[:-5]], 5)
    with pytest.raises(InputError, match="1 ciphertexts came for 5000 people, who need 2"):
        parties.asking.scores([answer], 5000)
