import numpy as np
import pytest

from passerby.attack.people import CropPairs, LabelledCrops, synthetic_people
from passerby.errors import ConfigError, InputError


def people(count=2, **changed):
    arrays = {
        "images": np.zeros((count, 16, 8, 3), np.uint8),
        "ids": np.arange(count),
        "cameras": np.ones(count, np.int64),
        "masks": np.ones((count, 16, 8), np.bool_),
        "heads": np.zeros((count, 4), np.float32),
    }
    return LabelledCrops(**(arrays | changed))


def test_synthetic_people_come_with_the_truth(crowd):
    assert crowd.images.shape[1:] == (128, 64, 3)
    assert set(crowd.ids) == set(range(1, 21))
    assert set(crowd.cameras) == {1, 2, 3}
    assert crowd.masks.mean() == pytest.approx(0.35, abs=0.15)
    left, top, right, bottom = crowd.heads.T
    assert ((left < right) & (top < bottom) & (bottom < 50)).all()


def test_the_same_seed_draws_the_same_people():
    one, same = (synthetic_people(2, cameras=2, seed=1) for _ in range(2))
    np.testing.assert_array_equal(one.images, same.images)


def test_people_can_be_chosen_by_flags_places_and_ids():
    three = people(3)
    assert three.take(np.array([True, False, True])).ids.tolist() == [0, 2]
    assert three.take(np.array([2, 0])).ids.tolist() == [2, 0]
    pairs = CropPairs(three, three.images).of(np.array([1]))
    assert len(pairs.seen) == len(pairs.clear) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"images": np.zeros((2, 16, 8), np.uint8)},
        {"images": np.zeros((0, 16, 8, 3), np.uint8)},
        {"ids": np.arange(3)},
        {"masks": np.ones((2, 8, 16), np.bool_)},
        {"heads": np.zeros((2, 2), np.float32)},
    ],
)
def test_shapes_that_do_not_fit_are_refused(changed):
    with pytest.raises(InputError, match="shape"):
        people(**changed)


@pytest.mark.parametrize(
    "seen", [np.zeros((2, 16, 9, 3), np.uint8), np.zeros((2, 16, 8, 3), np.float32)]
)
def test_pairs_must_be_of_one_size(seen):
    with pytest.raises(InputError, match="the same pictures of one size"):
        CropPairs(people(), seen)


def test_one_camera_cannot_link():
    with pytest.raises(ConfigError, match="linking needs at least 2"):
        synthetic_people(4, cameras=1)


def test_people_are_moved_and_mirrored_with_their_heads():
    people = synthetic_people(2, cameras=2, images=2)
    moved = people.moved(3, -2)
    np.testing.assert_array_equal(moved.images[:, :-2, 3:], people.images[:, 2:, :-3])
    np.testing.assert_array_equal(moved.masks[:, :-2, 3:], people.masks[:, 2:, :-3])
    np.testing.assert_allclose(moved.heads, people.heads + np.array([3, -2, 3, -2]), rtol=1e-6)


def test_each_person_may_be_moved_differently():
    people = synthetic_people(2, cameras=2, images=2)
    right, down = np.arange(len(people)) % 5 - 2, np.arange(len(people)) % 3 - 1
    moved = people.moved(right, down)
    for place, one in enumerate(zip(right, down, strict=True)):
        alone = people.take(np.array([place])).moved(*one)
        np.testing.assert_array_equal(moved.images[place], alone.images[0])
        np.testing.assert_array_equal(moved.masks[place], alone.masks[0])
        np.testing.assert_array_equal(moved.heads[place], alone.heads[0])
    back = people.mirrored(np.arange(8) % 2 == 0)
    np.testing.assert_array_equal(back.images[0], people.images[0, :, ::-1])
    np.testing.assert_array_equal(back.images[1], people.images[1])
    left, top, right, bottom = people.heads[0]
    np.testing.assert_allclose(back.heads[0], [64 - right, top, 64 - left, bottom], rtol=1e-5)
    np.testing.assert_allclose(back.mirrored(np.ones(8, bool)).heads[2], people.heads[2], rtol=1e-5)
