"""A trained network is evaluated on what it was made for."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from passerby.datasets import PublishedProtocol
from passerby.errors import InputError
from passerby.evaluate.reid import Protocol as Rules
from passerby.evaluate.reid import Signatures, evaluate
from passerby.models.reid import create
from passerby.train.reid.evaluation import can_be_evaluated, evaluate_network


@pytest.fixture
def network():
    torch.manual_seed(0)
    return create("bot", 3, scale="quick", size=(32, 32), width=0.125)


def described(network, dataset, subset, *, mirrored=False):
    """Signatures one by one, from the definition."""
    part = dataset.part(subset)
    features = []
    for path in part.paths:
        image = cv2.resize(cv2.imread(str(dataset.file(path))), (32, 32))[:, :, ::-1] / 255
        if mirrored:
            image = image[:, ::-1]
        pixels = (image - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        batch = torch.from_numpy(pixels.transpose(2, 0, 1).copy()).float()[None]
        with torch.no_grad():
            features.append(network.eval()(batch)[0].numpy())
    return Signatures(np.stack(features), part.identities, part.cameras)


def unit(features):
    return features / np.linalg.norm(features, axis=1, keepdims=True)


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
def test_figures_are_those_of_signatures_made_one_by_one(
    network, make_people, small_recipe, distance
):
    dataset, done = make_people(people=6), []
    result = evaluate_network(
        network, dataset, replace(small_recipe, distance=distance), progress=done.append
    )
    query, gallery = (described(network, dataset, subset) for subset in ("query", "gallery"))
    expected = evaluate(query, gallery, Rules(distance=distance))
    assert result.summary() == pytest.approx(expected.summary())
    assert done == list(range(1, 13))


@pytest.mark.parametrize("distance", ["cosine", "euclidean"])
def test_mirror_images_count_where_the_recipe_says_so(network, make_people, small_recipe, distance):
    dataset = make_people(people=6)
    own = replace(small_recipe, flip_averaged=True, distance=distance)
    result = evaluate_network(network, dataset, own)
    both = []
    for subset in ("query", "gallery"):
        plain, mirrored = (
            described(network, dataset, subset, mirrored=flip) for flip in (False, True)
        )
        features = (unit(plain.features) + unit(mirrored.features)) / 2
        both.append(Signatures(features, plain.ids, plain.cameras))
    expected = evaluate(*both, Rules(distance=distance))
    assert result.summary() == pytest.approx(expected.summary())
    thresholds = [one.verification.suggestion().threshold for one in (result, expected)]
    assert thresholds[0] == pytest.approx(thresholds[1], rel=1e-3)


def test_pictures_are_anonymized_before_they_are_described(network, make_people, small_recipe):
    dataset = make_people(people=6)

    def grey(_root, _path):
        return np.full((8, 8, 3), 128, np.uint8)

    result = evaluate_network(network, dataset, small_recipe, grey)
    assert result.rank(1) == pytest.approx(1 / 6, abs=1e-6)


def test_the_protocol_of_the_data_set_is_followed(network, make_people, small_recipe):
    dataset = replace(make_people(), protocol=PublishedProtocol(same_camera="counted"))
    assert not evaluate_network(network, dataset, small_recipe).protocol.drop_same_camera
    dataset = replace(dataset, protocol=PublishedProtocol(single_shot=True))
    assert evaluate_network(network, dataset, small_recipe).kind


def test_what_has_no_second_camera_cannot_be_evaluated(make_people):
    dataset = make_people()
    assert can_be_evaluated(dataset)
    one = [replace(sample, camera=1) for sample in dataset.samples]
    with pytest.raises(InputError, match=r"no query of .* by another camera: .*--no-evaluate"):
        can_be_evaluated(replace(dataset, samples=tuple(one)))
    counted = PublishedProtocol(same_camera="counted")
    assert can_be_evaluated(replace(dataset, samples=tuple(one), protocol=counted))
    only = tuple(sample for sample in dataset.samples if sample.subset == "train")
    assert not can_be_evaluated(replace(dataset, samples=only))
