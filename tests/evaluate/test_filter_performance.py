"""Distances to the ideal filter: as printed, and on even terms."""

import pytest

from passerby.errors import InputError
from passerby.evaluate.filter_performance import filter_performance, filter_performance_folded

PRINTED = [  # Table 5.2: AP, AUC, filter performance; the ideal AP is that of Table 5.1
    (0.216, 0.500, 1.0, 0.784),
    (0.821, 0.372, 1.0, 0.220),
    (0.864, 0.540, 0.938, 0.084),
    (0.286, 0.573, 0.938, 0.656),
    (0.347, 0.500, 0.938, 0.591),
    (0.000, 0.530, 0.938, 0.938),
    (0.000, 0.500, 0.938, 0.938),
    (0.482, 0.504, 0.938, 0.456),
]


@pytest.mark.parametrize(("precision", "auc", "ideal", "printed"), PRINTED)
def test_it_is_the_number_of_the_thesis(precision, auc, ideal, printed) -> None:
    assert filter_performance(precision, auc, ideal) == pytest.approx(printed, abs=0.0011)


def test_a_re_id_that_is_always_wrong_costs_as_much_as_one_that_is_always_right() -> None:
    for auc in (0.0, 1.0):
        assert filter_performance_folded(1, auc) == 1
        assert filter_performance(1, auc) == 0.5
    assert filter_performance_folded(0.3, 0.4) == pytest.approx(filter_performance_folded(0.3, 0.6))
    assert filter_performance_folded(0, 0.5) == 1


def test_a_detector_that_is_better_than_without_a_filter_is_ideal() -> None:
    assert filter_performance_folded(0.95, 0.5, ideal=0.938) == 0
    assert filter_performance(0.95, 0.5, ideal=0.938) == pytest.approx(0.012)


@pytest.mark.parametrize("figures", [(-0.1, 0.5, 1), (0.5, 1.1, 1), (0.5, 0.5, float("nan"))])
def test_what_is_no_share_is_refused(figures) -> None:
    for performance in (filter_performance, filter_performance_folded):
        with pytest.raises(InputError, match="a figure must be between 0 and 1"):
            performance(*figures)
