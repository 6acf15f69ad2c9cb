"""Peaks of heat maps, against the sentences of the thesis read pixel by pixel."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from passerby.errors import InputError
from passerby.evaluate.detection import (
    PeakMatches,
    heat_map_average_precision,
    interpolated_average_precision,
    match_heat_maps,
    peak_mask,
)


def warm(*centres: tuple[int, int], size=(24, 32), height: float = 1.0) -> np.ndarray:
    rows, columns = np.mgrid[: size[0], : size[1]]
    map_ = np.zeros(size, np.float32)
    for row, column in centres:
        squared = (rows - row) ** 2 + (columns - column) ** 2
        map_ = np.maximum(map_, height * np.exp(-squared / 8).astype(np.float32))
    return map_


def marked_slowly(heat_map, least) -> set[tuple[int, int]]:
    height, width = heat_map.shape

    def around(row, column):
        return [
            (r, c)
            for r in range(max(row - 1, 0), min(row + 2, height))
            for c in range(max(column - 1, 0), min(column + 2, width))
        ]

    marked = set()
    for row in range(height):
        for column in range(width):
            pooled = max(heat_map[place] for place in around(row, column))
            if heat_map[row, column] == pooled and heat_map[row, column] >= least:
                marked.update(around(row, column))
    return marked


def matched_slowly(found, labelled, least) -> PeakMatches:
    ours, theirs = marked_slowly(found, least), marked_slowly(labelled, 0.5)

    def nearest(place, others):
        return min((math.dist(place, other) for other in others), default=math.inf)

    return PeakMatches(
        right=sum(nearest(place, theirs) < 4 for place in ours),
        false=sum(nearest(place, theirs) > 4 for place in ours),
        missed=sum(not nearest(place, ours) < 4 for place in theirs),
    )


# Few levels, so that many neighbours are equal.
_maps = arrays.arrays(np.float32, (7, 11), elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))


@settings(max_examples=40)
@given(found=_maps, labelled=_maps, least=st.sampled_from([0.25, 0.5, 0.9]))
def test_it_is_what_the_thesis_says(found, labelled, least) -> None:
    mask = peak_mask(found, least)
    assert {tuple(place) for place in np.argwhere(mask).tolist()} == marked_slowly(found, least)
    assert match_heat_maps(found, labelled, least) == matched_slowly(found, labelled, least)


def test_a_peak_is_nine_pixels() -> None:
    same = match_heat_maps(warm((10, 10)), warm((10, 10)))
    assert same == PeakMatches(right=9, false=0, missed=0)
    assert (same.precision, same.recall) == (1, 1)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (13, PeakMatches(9, 0, 0)),
        # Marked columns 9 to 11 and 14 to 16: those 5 pixels away are false, those just 4 neither.
        (15, PeakMatches(3, 3, 6)),
        (16, PeakMatches(0, 6, 9)),
        (25, PeakMatches(0, 9, 9)),
    ],
)
def test_distances_are_those_of_marked_pixels(column, expected) -> None:
    assert match_heat_maps(warm((10, column)), warm((10, 10))) == expected


def test_nobody_found_and_nobody_there() -> None:
    cold = np.zeros((24, 32), np.float32)
    missed = match_heat_maps(cold, warm((10, 10)))
    assert missed == PeakMatches(0, 0, 9)
    assert math.isnan(missed.precision)
    assert missed.recall == 0
    assert match_heat_maps(warm((10, 10)), cold) == PeakMatches(0, 9, 0)
    assert math.isnan(match_heat_maps(cold, cold).recall)


def test_counts_add_up() -> None:
    assert PeakMatches(1, 2, 3) + PeakMatches(4, 5, 6) == PeakMatches(5, 7, 9)


def area_slowly(precision, recall) -> float:
    """The mean over many levels of recall of the best precision at that recall or a higher one."""
    levels = (np.arange(20_000) + 0.5) / 20_000
    best = [
        max((p for p, r in zip(precision, recall, strict=True) if r >= level), default=0)
        for level in levels
    ]
    return float(np.mean(best))


def test_the_area_is_that_under_the_best_precision_at_higher_recalls() -> None:
    rng = np.random.default_rng(0)
    precision, recall = rng.random(12), rng.random(12)
    expected = area_slowly(precision, recall)
    assert interpolated_average_precision(precision, recall) == pytest.approx(expected, abs=1e-3)


def test_points_that_are_no_numbers_are_left_out() -> None:
    assert interpolated_average_precision([np.nan, 0.5], [0.9, 0.4]) == pytest.approx(0.2)
    assert interpolated_average_precision([], []) == 0
    assert interpolated_average_precision([np.nan], [0]) == 0


def test_one_detector_is_measured_over_thresholds() -> None:
    labels = [warm((5, 5), (15, 25)), warm((12, 12))]
    assert heat_map_average_precision(labels, labels) == pytest.approx(1)
    # One person is found, more surely than what is false; two are missed at every threshold.
    found = [warm((5, 5)), warm((3, 28), height=0.6)]
    assert heat_map_average_precision(found, labels) == pytest.approx(9 / 27)
    cold = [np.zeros((24, 32), np.float32)] * 2
    assert heat_map_average_precision(cold, labels) == 0


def test_a_constant_map_is_peaks_everywhere_and_finds_nobody_in_particular() -> None:
    flat = np.full((24, 32), 0.7, np.float32)
    matches = match_heat_maps(flat, warm((12, 12)))
    assert matches.missed == 0
    assert matches.precision < 0.15


def test_what_makes_no_sense_is_refused() -> None:
    good = warm((5, 5))
    with pytest.raises(InputError, match=r"of \(24, 32\) and \(12, 16\) cannot be compared"):
        match_heat_maps(good, warm((5, 5), size=(12, 16)))
    for bad in (np.full((4, 4), np.nan, np.float32), np.zeros((0, 4), np.float32), good[None]):
        with pytest.raises(InputError, match="finite numbers and shape"):
            peak_mask(bad)
    for found, labels in (([], []), ([good], [good, good])):
        with pytest.raises(InputError, match="heat maps, but"):
            heat_map_average_precision(found, labels)
