import numpy as np
import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.reid.network import Output, ReidNetwork
from passerby.train.reid.fresh_recogniser import (
    FreshRecogniser,
    RecogniserSettings,
    fresh_recogniser,
    prepared,
)

SIZE = (8, 4)


class Means(ReidNetwork):
    """The mean colour, mixed."""

    def __init__(self):
        super().__init__(SIZE)
        self.dimension = 3
        self.layer = torch.nn.Linear(3, 3)

    def describe(self, images):
        return self.layer(images.mean(dim=(2, 3)))

    def learn(self, images):
        return Output((), (self.describe(images),))


def people(count, images=4, seed=0):
    """Pictures of one colour each, a little different, and signatures that turn with the colour."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(40, 216, (count, 3)).repeat(images, axis=0)
    levels = (colours + rng.integers(-6, 7, colours.shape)).astype(np.uint8)
    pictures = np.broadcast_to(levels[:, None, None], (len(levels), *SIZE, 3)).copy()
    targets = colours[:, [1, 2, 0]].astype(np.float32) - 128
    return pictures, np.arange(count).repeat(images), targets


def fresh(seed=0):
    torch.manual_seed(seed)
    return FreshRecogniser(Means(), 3)


def taught(steps, seed=0):
    pictures, ids, targets = people(8)
    recogniser, told = fresh(), []
    fresh_recogniser(
        recogniser,
        lambda _number: pictures,
        ids,
        targets,
        RecogniserSettings(steps=steps, people=4, images=2, rate=0.03, seed=seed),
        lambda step, loss: told.append((step, loss)),
    )
    return recogniser, told


def cosines(rows, targets):
    return (rows * targets / np.linalg.norm(targets, axis=1, keepdims=True)).sum(axis=1)


def test_it_learns_where_clear_signatures_of_people_lie_whom_it_has_never_seen():
    recogniser, told = taught(150)
    assert [step for step, _ in told] == list(range(1, 151))
    assert told[-1][1] < told[0][1]
    pictures, _, targets = people(6, images=1, seed=9)
    assert np.median(cosines(fresh().describe(pictures), targets)) < 0.6
    assert np.median(cosines(recogniser.describe(pictures), targets)) > 0.9


def test_the_same_seed_teaches_the_same():
    (one, _), (same, _), (other, _) = taught(5), taught(5), taught(5, seed=1)
    weights = [recogniser.outlet.weight.detach() for recogniser in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_each_pass_asks_for_views_of_its_own():
    pictures, ids, targets = people(4)
    asked = []

    def views(number):
        asked.append(number)
        return pictures

    settings = RecogniserSettings(steps=5, people=4, images=2)
    fresh_recogniser(fresh(), views, ids, targets, settings)
    assert asked == [0, 1, 2]  # two batches a pass


def test_signatures_have_length_one_and_equal_pictures_are_described_alike():
    recogniser = fresh()
    picture = np.random.default_rng(3).integers(0, 256, (1, *SIZE, 3), np.uint8)
    rows = recogniser.describe(np.concatenate([picture, np.zeros_like(picture), picture]))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(rows[0], rows[2])
    mirrored = recogniser.describe(picture[:, :, ::-1])
    np.testing.assert_allclose(mirrored, rows[:1], atol=1e-6)


def test_the_outlet_can_be_placed():
    recogniser = fresh()
    pictures, *_ = people(3)
    weights, offset = np.arange(9.0).reshape(3, 3), np.array([1.0, 0.0, -1.0])
    recogniser.place_outlet(weights, offset)
    rows = recogniser.raw_features(pictures) @ weights.T + offset
    with torch.no_grad():
        given = recogniser(prepared(pictures, torch.device("cpu"))).numpy()
    np.testing.assert_allclose(given, rows / np.linalg.norm(rows, axis=1, keepdims=True), atol=1e-5)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"people": 1}, {"images": 1}, {"rate": 0.0}])
def test_settings_that_teach_nothing_are_refused(wrong):
    with pytest.raises(ConfigError, match="teach nothing"):
        RecogniserSettings(**wrong)
