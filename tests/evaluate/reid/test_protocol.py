"""Rules that cannot be followed are refused."""

from collections.abc import Callable

import pytest

from passerby.errors import ConfigError
from passerby.evaluate.reid.protocol import Protocol
from passerby.matching.coarse_to_fine import CoarseToFine
from passerby.matching.reranking import Reranking


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Protocol(distance="hamming"), "unknown distance 'hamming': choose one of cosine"),
        (lambda: Protocol(max_rank=0), "needs 1 rank or more, not 0"),
        (lambda: Reranking(k1=0), "k1=0, k2=6"),
        (lambda: Reranking(k1=5, k2=6), "k1=5, k2=6"),
        (lambda: Reranking(k2=0), "k2=0"),
        (lambda: Reranking(original_weight=1.5), "lambda must be 0 to 1, not 1.5"),
        (lambda: CoarseToFine(top=0), "needs 1 image or more, not 0"),
    ],
)
def test_a_rule_out_of_range_is_refused(make: Callable[[], object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        make()


def test_the_defaults_are_those_of_market_1501_and_of_the_paper_on_reranking() -> None:
    protocol = Protocol()
    assert (protocol.drop_same_camera, protocol.junk_ids) == (True, (-1,))
    assert Reranking() == Reranking(k1=20, k2=6, original_weight=0.3)
