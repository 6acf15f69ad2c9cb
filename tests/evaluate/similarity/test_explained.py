"""Explained variance: 1 for what is known, 0 for the guess, less for what is worse."""

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.similarity import ExplainedVariance, MeanImage, foreground

RNG = np.random.default_rng(0)
WALL = RNG.integers(80, 120, (40, 60, 3)).astype(np.uint8)
PEOPLE = [np.array([[5 + 4 * number, 8, 17 + 4 * number, 34]], np.float32) for number in range(8)]


def frame(number: int) -> np.ndarray:
    """Somebody in two colours before a wall."""
    picture = WALL.copy()
    left, top, right, bottom = PEOPLE[number][0].astype(int)
    picture[top : (top + bottom) // 2, left:right] = (200, 10 + 20 * number, 30)
    picture[(top + bottom) // 2 : bottom, left:right] = (20, 220, 240 - 20 * number)
    return picture


FRAMES = [frame(number) for number in range(8)]


@pytest.fixture
def mean() -> np.ndarray:
    image = MeanImage()
    for one in FRAMES:
        image.add(one)
    return image.pixels


def explained(others, mean, **options) -> ExplainedVariance:
    measured = ExplainedVariance(mean, **options)
    for one, other, people in zip(FRAMES, others, PEOPLE, strict=True):
        measured.add(one, other, people)
    return measured


def masks(mean) -> list[np.ndarray]:
    return [foreground(one, mean, people) for one, people in zip(FRAMES, PEOPLE, strict=True)]


def test_foreground_is_in_a_box_and_not_the_wall(mean) -> None:
    (mask, *_) = masks(mean)
    inside = np.zeros((40, 60), bool)
    inside[8:34, 5:17] = True
    expected = inside & (np.abs(FRAMES[0].astype(float) - mean).max(axis=2) > 25.5)
    np.testing.assert_array_equal(mask, expected)
    assert 0 < mask.sum() <= inside.sum()
    assert not foreground(FRAMES[0], mean, np.zeros((0, 4), np.float32)).any()
    outside = np.array([[-90, -90, -80, -80], [100, 0, 120, 40]], np.float32)
    assert not foreground(FRAMES[0], mean, outside).any()


def test_the_frame_itself_explains_all(mean) -> None:
    measured = explained(FRAMES, mean)
    for estimate in (measured.of_pixels, measured.of_people):
        assert estimate.value == 1
        assert (estimate.interval.low, estimate.interval.high) == (1, 1)


def test_it_is_one_less_the_error_over_the_variance(mean) -> None:
    others = [np.roll(one, 3, axis=1) for one in FRAMES]
    measured = explained(others, mean)
    clear, other = np.array(FRAMES, float), np.array(others, float)
    whole = 1 - ((clear - other) ** 2).mean() / ((clear - mean) ** 2).mean()
    assert measured.of_pixels.value == pytest.approx(whole)
    chosen = np.array(masks(mean))
    pixels, rebuilt = clear[chosen], other[chosen]
    people = 1 - ((pixels - rebuilt) ** 2).mean() / ((pixels - pixels.mean(axis=0)) ** 2).mean()
    assert measured.of_people.value == pytest.approx(people)
    interval = measured.of_people.interval
    assert interval.low < people < interval.high


def test_the_guesses_explain_nothing(mean) -> None:
    guess = np.round(mean).astype(np.uint8)
    assert explained([guess] * 8, mean).of_pixels.value == pytest.approx(0, abs=1e-3)
    chosen = np.array(masks(mean))
    colour = np.array(FRAMES)[chosen].mean(axis=0)
    flat = np.broadcast_to(np.round(colour).astype(np.uint8), WALL.shape).copy()
    assert explained([flat] * 8, mean).of_people.value == pytest.approx(0, abs=1e-3)


def test_opposite_colours_are_worse_than_a_guess(mean) -> None:
    measured = explained([255 - one for one in FRAMES], mean)
    assert measured.of_pixels.value < -1
    assert measured.of_people.value < -1


def test_boxes_alone_explain_pixels_against_the_mean_image_but_no_colours() -> None:
    """Why people are measured against their mean colour: dark ones before a light wall."""
    wall = np.full((40, 60, 3), 220, np.uint8)
    frames = [wall.copy() for _ in PEOPLE]
    for number, (one, boxes) in enumerate(zip(frames, PEOPLE, strict=True)):
        left, top, right, bottom = boxes[0].astype(int)
        one[top:bottom, left:right] = (40 + 5 * number, 90 - 9 * number, 60)
    mean = np.mean(frames, axis=0)
    chosen = [foreground(one, mean, people) for one, people in zip(frames, PEOPLE, strict=True)]
    colour = np.array(frames)[np.array(chosen)].mean(axis=0)
    measured = ExplainedVariance(mean)
    for one, mask, people in zip(frames, chosen, PEOPLE, strict=True):
        other = np.round(mean).astype(np.uint8)
        other[mask] = np.round(colour).astype(np.uint8)
        measured.add(one, other, people)
    assert measured.of_pixels.value > 0.6
    assert abs(measured.of_people.value) < 1e-3


def test_a_colour_of_other_frames_can_be_given(mean) -> None:
    colour = np.array([10.0, 20, 30])
    others = [np.roll(one, 3, axis=1) for one in FRAMES]
    measured = explained(others, mean, colour=colour)
    chosen = np.array(masks(mean))
    pixels, rebuilt = np.array(FRAMES, float)[chosen], np.array(others, float)[chosen]
    expected = 1 - ((pixels - rebuilt) ** 2).sum() / ((pixels - colour) ** 2).sum()
    assert measured.of_people.value == pytest.approx(expected)


def test_without_people_there_is_no_figure_of_people(mean) -> None:
    measured = ExplainedVariance(mean)
    nobody = np.zeros((0, 4), np.float32)
    for one in FRAMES:
        measured.add(one, 255 - one, nobody)
    assert np.isnan(measured.of_people.value)
    assert np.isnan(measured.of_people.interval.high)
    assert np.isfinite(measured.of_pixels.value)


def test_what_cannot_be_compared_is_refused(mean) -> None:
    measured = ExplainedVariance(mean)
    with pytest.raises(InputError, match="cannot be compared"):
        measured.add(FRAMES[0], FRAMES[0][1:], PEOPLE[0])
    with pytest.raises(InputError, match="there are 0 figures"):
        _ = measured.of_pixels
