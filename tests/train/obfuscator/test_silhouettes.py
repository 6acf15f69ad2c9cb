"""Outlines of people who are marked by boxes alone, against those that were drawn."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.train.obfuscator.silhouettes import outlined


def overlap(found, drawn):
    return (found & drawn).sum() / (found | drawn).sum()


@pytest.fixture
def people(crops):
    """Bright rectangles a third smaller than their boxes, in photographs."""
    some = crops(6, 5)
    boxes = tuple(one + np.array([-4, -4, 4, 4], np.float32) for one in some.boxes)
    height, width = some.people.shape[1:]
    boxes = tuple(one.clip(0, (width, height, width, height)) for one in boxes)
    return replace(some, boxes=boxes, synthetic=np.zeros(len(some), np.bool_))


def test_what_is_drawn_is_known(crops):
    some = crops(2, 0)
    assert np.array_equal(outlined(some, 1), some.people[1])


def test_photographs_are_cut_along_what_is_seen(people):
    found = [overlap(outlined(people, number), people.people[number]) for number in range(12)]
    assert np.mean(found) > 0.9


def test_the_same_crop_gives_the_same_outline_in_any_order(people):
    first = [outlined(people, number) for number in (0, 3)]
    assert np.array_equal(outlined(people, 3), first[1])
    assert np.array_equal(outlined(people, 0), first[0])


def test_nobody_is_outlined_beyond_the_boxes(people):
    for number in range(12):
        (box,) = people.boxes[number].round().astype(int)
        beyond = outlined(people, number)
        beyond[box[1] : box[3], box[0] : box[2]] = False
        assert beyond.sum() <= 2 * (box[2] - box[0] + box[3] - box[1])  # a pixel, from closing


def test_where_nothing_can_be_told_apart_the_guess_stays(people):
    """A person as grey as the wall is an ellipse."""
    flat = replace(people, images=np.full_like(people.images, 90))
    found = outlined(flat, 0)
    (box,) = people.boxes[0].round().astype(int)
    area = (box[2] - box[0]) * (box[3] - box[1])
    assert 0.3 * area < found.sum() <= area


def test_a_camera_that_does_not_move_shows_who_differs_from_its_mean(people):
    means = people.means.copy()
    means[:, :2] = 31  # not one colour, as a photograph's is
    footage = replace(people, means=means)
    found = [overlap(outlined(footage, number), people.people[number]) for number in range(12)]
    assert np.mean(found) > 0.9


def test_a_crop_that_shows_nobody_has_no_outline(people):
    empty = replace(
        people,
        boxes=tuple(np.zeros((0, 4), np.float32) for _ in people.boxes),
        people=np.zeros_like(people.people),
    )
    assert not outlined(empty, 0).any()
