"""Hashes tell data apart, and nothing else."""

from dataclasses import replace

import numpy as np

from passerby.signatures.origin import Data, Origin
from passerby.signatures.signatures import Signatures

ONE = Signatures(np.arange(6.0).reshape(3, 2), np.array([1, 2, 3]), np.array([1, 1, 2]))


def test_every_array_counts() -> None:
    others = [
        replace(ONE, features=np.asarray(ONE.features) + 1),
        replace(ONE, ids=ONE.ids[::-1]),
        replace(ONE, cameras=ONE.cameras[::-1]),
    ]
    hashes = {Data.of(one, ONE).query_sha256 for one in (ONE, *others)}
    assert len(hashes) == 4
    assert all(len(one) == 64 for one in hashes)


def test_the_same_numbers_have_the_same_hash_in_any_precision() -> None:
    half = replace(ONE, features=np.asarray(ONE.features, np.float16))
    assert Data.of(half, ONE).query_sha256 == Data.of(ONE, ONE).gallery_sha256


def test_an_origin_that_is_not_known_is_empty() -> None:
    assert Data.of(ONE, ONE).origin == Origin()
