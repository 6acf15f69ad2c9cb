import colorsys

import numpy as np
import pytest

from passerby.attack.attributes import (
    clothing_features,
    clothing_in_pictures,
    colour_name,
    identity_attributes,
    in_classes,
)
from passerby.attack.people import synthetic_people
from passerby.synth.identity import Identity

HUES = {"red": 355, "brown or orange": 30, "yellow": 60, "green": 120, "blue": 220}
HUES["purple or pink"] = 300


@pytest.mark.parametrize(("name", "degrees"), HUES.items())
def test_colours_are_named_as_on_the_wheel(name, degrees):
    rgb = np.array(colorsys.hsv_to_rgb(degrees / 360, 0.8, 0.7)) * 255
    assert colour_name(rgb[::-1]) == name


@pytest.mark.parametrize(("level", "name"), [(0, "black"), (120, "grey"), (255, "white")])
def test_what_has_no_hue_is_named_by_its_brightness(level, name):
    assert colour_name((level, level, level)) == name


def dressed(upper, lower):
    picture = np.full((128, 64, 3), 10, np.uint8)
    picture[20:64], picture[64:] = upper, lower
    return picture


RED, BLUE, WHITE = (0, 0, 200), (200, 40, 0), (250, 250, 250)


def test_clothes_are_read_in_all_pictures_of_a_person_together():
    images = np.stack([dressed(RED, BLUE), dressed(RED, BLUE), dressed(WHITE, WHITE)] * 2)
    found = clothing_in_pictures(images, np.array([1, 1, 1, 2, 2, 3]))
    assert found["upper clothes"].tolist() == ["red"] * 5 + ["white"]
    assert found["lower clothes"].tolist() == ["blue"] * 5 + ["white"]


def test_features_say_of_each_picture_alone_what_it_shows():
    rows = clothing_features(np.stack([dressed(RED, BLUE), dressed(WHITE, BLUE)]))
    assert rows.shape == (2, 26)
    np.testing.assert_array_equal(rows[0, 13:], rows[1, 13:])
    hue, saturation, value = colorsys.rgb_to_hsv(200 / 255, 0, 0)
    assert rows[0, :3] == pytest.approx([value, saturation, saturation * np.cos(hue)], abs=0.01)
    assert rows[:, 4:13].sum(axis=1).tolist() == [1, 1]


def test_who_is_drawn_is_known():
    known = [identity_attributes(Identity.random(number)) for number in range(1, 300)]
    women = sum(one["sex"] == "woman" for one in known)
    assert 110 < women < 190
    heights = {
        sex: [float(one["height"]) for one in known if one["sex"] == sex]
        for sex in ("woman", "man")
    }
    assert np.median(heights["man"]) - np.median(heights["woman"]) == pytest.approx(0.13, abs=0.04)
    assert {one["bag"] for one in known} == {"none", "some"}
    people = synthetic_people(4, cameras=2, images=2, seed=5)
    own = [identity_attributes(Identity.random(int(one), 5))["height"] for one in people.ids]
    assert people.attributes["height"].tolist() == own


def test_numbers_are_cut_at_their_median():
    heights = np.array(["1.5", "1.6", "1.7", "1.8", "1.9", "2.0", ""])
    assert in_classes(heights).tolist() == ["up to 1.75"] * 3 + ["over 1.75"] * 3 + [""]


@pytest.mark.parametrize(
    "values", [["1", "2", "1", ""], ["some", "none", "1.5", ""], ["", "", "", ""]]
)
def test_few_numbers_and_words_are_classes_as_they_are(values):
    assert in_classes(np.array(values)).tolist() == values


def test_attributes_go_along_with_crops_and_must_fit_them():
    people = synthetic_people(3, cameras=2, images=2)
    few = people.take(np.array([4, 1]))
    for name, values in people.attributes.items():
        assert few.attributes[name].tolist() == [values[4], values[1]]
    with pytest.raises(Exception, match="the attribute sex has the shape"):
        type(people)(
            people.images,
            people.ids,
            people.cameras,
            people.masks,
            people.heads,
            {"sex": np.array(["woman"])},
        )
