"""Images to learn from are those of known people, and there must be enough."""

from dataclasses import replace

import pytest

from passerby.datasets import Sample
from passerby.errors import ConfigError, InputError
from passerby.train.reid.settings import PKSampling, Shuffled
from passerby.train.reid.training_set import material_of


def test_people_are_numbered_from_0_and_nobody_is_left_out(make_people):
    dataset = make_people(people=3, images=2)
    nobody = [Sample(f"{n}.png", n, 1, "train", distractor=True) for n in (0, 9)]
    material = material_of(replace(dataset, samples=(*dataset.samples, *nobody)), Shuffled(2))
    assert material.people == 3
    assert material.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert not {"a.png", "b.png"} & set(material.paths)
    assert material.warnings == ()


def test_fewer_people_than_a_batch_has_are_refused(make_people):
    with pytest.raises(ConfigError, match=r"has 16 people, but .* has 4 .* at most --people 4"):
        material_of(make_people(), PKSampling(16, 4))


def test_fewer_images_than_a_batch_has_are_refused(make_people):
    with pytest.raises(ConfigError, match=r"has 32 images, but .* has 24 .* at most --batch 24"):
        material_of(make_people(), Shuffled(32))


def test_one_image_of_everybody_is_refused_where_two_are_compared(make_people):
    dataset = make_people(images=1, cameras=1)
    with pytest.raises(InputError, match=r"nobody in .* has two training images"):
        material_of(dataset, PKSampling(2, 2))
    assert len(material_of(dataset, Shuffled(2)).paths) == 4


@pytest.mark.parametrize(("count", "told"), [(0, "0 people"), (1, "1 person")])
def test_one_person_cannot_be_told_apart(make_people, count, told):
    dataset = make_people(people=2)
    kept = [one for one in dataset.samples if one.subset != "train" or one.identity <= count]
    with pytest.raises(InputError, match=f"has {told} for training: at least 2"):
        material_of(replace(dataset, samples=tuple(kept)), Shuffled(2))


def test_one_camera_is_said(make_people):
    (warning,) = material_of(make_people(cameras=1), Shuffled(2)).warnings
    assert "by one camera" in warning
