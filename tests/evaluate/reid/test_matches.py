"""Who is right, who is left out: compared with a loop over all pairs."""

from collections.abc import Callable

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.reid.matches import Matches, Pairs
from passerby.evaluate.reid.protocol import Protocol
from passerby.signatures.signatures import Signatures


def side(ids: list[int], cameras: list[int]) -> Signatures:
    return Signatures(np.ones((len(ids), 2)), np.array(ids), np.array(cameras))


def pairs(found: Pairs) -> set[tuple[int, int]]:
    return set(zip(found.queries.tolist(), found.images.tolist(), strict=True))


@pytest.mark.parametrize("drop", [True, False])
@pytest.mark.parametrize("junk", [(), (0,), (0, 3)])
def test_all_pairs_are_judged_as_by_a_loop(
    people: Callable[..., tuple[Signatures, Signatures]], drop: bool, junk: tuple[int, ...]
) -> None:
    query, gallery = people(15, 40, persons=5)
    found = Matches.of(query, gallery, Protocol(drop_same_camera=drop, junk_ids=junk))
    matches, left_out, kept = set(), set(), np.zeros(15, int)
    for q in range(15):
        for g in range(40):
            same = query.ids[q] == gallery.ids[g]
            if gallery.ids[g] in junk:
                continue
            if same and drop and query.cameras[q] == gallery.cameras[g]:
                left_out.add((q, g))
                continue
            kept[q] += 1
            if same:
                matches.add((q, g))
    assert (pairs(found.matches), pairs(found.junk)) == (matches, left_out)
    assert found.kept.tolist() == kept.tolist()
    assert found.per_query.tolist() == [sum(q == one for q, _ in matches) for one in range(15)]
    assert sorted(found.matches.queries.tolist()) == found.matches.queries.tolist()


def test_what_is_left_out_is_infinitely_far() -> None:
    query = side([1, 2, 3], [1, 1, 1])
    gallery = side([2, 1, -1, 2], [1, 2, 2, 2])
    matches = Matches.of(query, gallery, Protocol())
    block = np.zeros((2, 4), np.float32)
    matches.leave_out(slice(1, 3), block)
    assert np.isinf(block).tolist() == [[True, False, True, False], [False, False, True, False]]


def test_pairs_of_a_block_are_numbered_from_its_start() -> None:
    found = Pairs(np.array([0, 1, 1, 3]), np.array([5, 6, 7, 8])).within(slice(1, 3))
    assert pairs(found) == {(0, 6), (0, 7)}


@pytest.mark.parametrize(
    ("gallery", "told"),
    [
        (side([1, 2], [1, 1]), "are by the query's own camera"),
        (side([7, 8, 9, 10], [1, 2, 3, 4]), r"queries \[1, 2\]..., gallery \[7, 8, 9\]"),
        (side([-1, -1], [2, 2]), "no gallery image has the id of a query"),
    ],
)
def test_no_match_at_all_is_explained(gallery: Signatures, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        Matches.of(side([1, 2], [1, 1]), gallery, Protocol())
    assert "\n" not in str(caught.value)
