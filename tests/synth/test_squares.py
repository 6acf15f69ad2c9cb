import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.synth.squares import detector_batch, heatmaps, pairs, reid_batch


@pytest.fixture(scope="module")
def batch():
    return detector_batch(np.random.default_rng(0), 144)


def test_the_numbers_are_those_of_the_paper(batch):
    assert batch.images.shape == (720, 160, 160, 3)
    assert np.bincount(batch.identities).tolist() == [5] * 144


def test_every_image_is_one_square_on_one_other_colour(batch):
    for image, centre, colour in zip(batch.images[:60], batch.centres, batch.colours, strict=False):
        rows, columns = np.nonzero((image == colour).all(axis=2))
        assert (rows.min(), rows.max() + 1) == (centre[1] - 10, centre[1] + 10)
        assert (columns.min(), columns.max() + 1) == (centre[0] - 10, centre[0] + 10)
        assert len(rows) == 20 * 20
        assert len(np.unique(image.reshape(-1, 3), axis=0)) == 2


def test_squares_lie_anywhere_inside(batch):
    assert (batch.centres >= 10).all()
    assert (batch.centres <= 150).all()
    assert batch.centres.min() < 15
    assert batch.centres.max() > 145


def test_an_identity_is_a_colour_and_a_background_is_not(batch):
    assert len(np.unique(batch.colours, axis=0)) == 144
    backgrounds = batch.images[:5, 0, 0]
    assert len(np.unique(backgrounds, axis=0)) > 1
    assert (batch.colours[:5] == batch.colours[0]).all()


def test_reid_images_are_of_one_colour():
    batch = reid_batch(np.random.default_rng(1), 20, 6)
    assert batch.images.shape == (120, 160, 160, 3)
    colours = batch.images[:, 0, 0]
    assert (batch.images == colours[:, None, None]).all()
    for identity in range(20):
        own = colours[batch.identities == identity]
        assert len(own) == 6
        assert (own == own[0]).all()
    assert len(np.unique(colours, axis=0)) == 20


def test_heat_maps_are_gaussians_around_the_centres():
    centres = np.array([[30.0, 90.0], [150.0, 11.0]])
    maps = heatmaps(centres, stride=4, spread=2.0)
    assert maps.shape == (2, 40, 40)
    for found, (x, y) in zip(maps, centres, strict=True):
        for row in range(0, 40, 3):
            for column in range(0, 40, 3):
                squared = (4 * column + 2 - x) ** 2 + (4 * row + 2 - y) ** 2
                assert found[row, column] == pytest.approx(np.exp(-squared / (2 * 8**2)), abs=1e-6)


def test_heat_maps_are_warmest_at_the_centre(batch):
    maps = heatmaps(batch.centres)
    warmest = np.array([np.unravel_index(one.argmax(), one.shape) for one in maps])
    assert np.abs((warmest[:, ::-1] + 0.5) * 4 - batch.centres).max() <= 2


def test_half_of_the_pairs_are_of_one_identity_and_none_is_twice():
    identities = np.arange(20).repeat(6)
    matched, labels = pairs(np.random.default_rng(2), identities, 360)
    assert matched.shape == (360, 2)
    assert labels.sum() == 180
    assert (labels == (identities[matched[:, 0]] == identities[matched[:, 1]])).all()
    assert len({frozenset(pair) for pair in matched.tolist()}) == 360


def test_the_same_seed_gives_the_same_images():
    first, second = (detector_batch(np.random.default_rng(3), 4) for _ in range(2))
    np.testing.assert_array_equal(first.images, second.images)


@pytest.mark.parametrize("count", [0, 3, 602, -2])
def test_pairs_that_do_not_exist_are_refused(count):
    with pytest.raises(ConfigError, match=f"{count} pairs"):
        pairs(np.random.default_rng(0), np.arange(20).repeat(6), count)


@pytest.mark.parametrize("identities", [0, -1])
def test_no_identities_are_refused(identities):
    with pytest.raises(ConfigError, match=f"{identities} identities"):
        detector_batch(np.random.default_rng(0), identities)


def test_no_images_are_refused():
    with pytest.raises(ConfigError, match="0 images"):
        reid_batch(np.random.default_rng(0), 3, 0)
