import io

import numpy as np
import pytest
from PIL import Image

from passerby.attack.panel import attack_case
from passerby.attack.pictures import examples


@pytest.fixture(scope="module")
def pixels():
    return lambda png: np.asarray(Image.open(io.BytesIO(png)))


def test_nothing_is_shown_but_cells_of_the_first_people(case_for, pixels):
    case = case_for(lambda picture: 255 - picture)
    shown = examples(case, attack_case(case, ("colour-map", "label-regression")))
    assert len(shown) == 8
    for one in shown:
        parts = [pixels(png) for png in (one.clear, one.seen, one.rebuilt, one.mistaken)]
        assert {part.shape for part in parts} == {(8, 8, 3)}
        clear, seen, rebuilt, mistaken = (part.astype(int) for part in parts)
        np.testing.assert_allclose(seen, 255 - clear, atol=2)
        np.testing.assert_allclose(rebuilt, clear, atol=2)
        assert np.abs(mistaken - clear).max() > 10


def test_the_first_crop_of_each_person_is_shown_whatever_it_shows(case_for, pixels):
    case = case_for(np.zeros_like)
    (first, *_) = examples(case, attack_case(case, ("colour-map",)))
    people = case.test.clear
    expected = people.images[people.ids == people.ids.min()][0].mean(axis=(0, 1))[::-1]
    np.testing.assert_allclose(pixels(first.clear).mean(axis=(0, 1)), expected, atol=2)
    assert not pixels(first.seen).any()
