"""Losses without labels, against slow loops."""

import math

import numpy as np
import pytest
import torch
from scipy.special import rel_entr

from passerby.errors import ConfigError
from passerby.models.detectors.differentiable.detector import DenseOutputs
from passerby.models.detectors.differentiable.matching import (
    feature_matching,
    output_matching,
    people_mask,
)

RNG = np.random.default_rng(2)


def outputs(scores: object, boxes: object) -> DenseOutputs:
    return DenseOutputs(torch.tensor(boxes), torch.tensor(scores))


def random_outputs() -> DenseOutputs:
    corners = RNG.uniform(0, 60, (2, 40, 2))
    boxes = np.concatenate([corners, corners + RNG.uniform(5, 50, (2, 40, 2))], axis=2)
    return outputs(RNG.uniform(0.01, 0.99, (2, 40)), boxes)


def generalized_overlap(a: list[float], b: list[float]) -> float:
    shared = max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return shared / union - (hull - union) / hull


def test_outputs_are_compared_as_a_slow_loop_does() -> None:
    clear, obfuscated = random_outputs(), random_outputs()
    total = mass = 0.0
    for picture in range(2):
        for box in range(40):
            p, q = clear.scores[picture, box].item(), obfuscated.scores[picture, box].item()
            total += rel_entr(p, q) + rel_entr(1 - p, 1 - q)
            if p > 0.2:
                pair = clear.boxes[picture, box].tolist(), obfuscated.boxes[picture, box].tolist()
                total += 2 * p * (1 - generalized_overlap(*pair))
                mass += p
    given = output_matching(clear, obfuscated).item()
    assert given == pytest.approx(total / mass, rel=1e-4)


def test_equal_outputs_lose_nothing() -> None:
    clear = random_outputs()
    assert output_matching(clear, clear).item() == pytest.approx(0, abs=1e-6)


def test_without_people_false_alarms_alone_count() -> None:
    boxes = [[[0.0, 0, 9, 9], [5, 5, 20, 20]]]
    clear = outputs([[0.0, 0.1]], boxes)
    assert output_matching(clear, outputs([[0.0, 0.1]], boxes)).item() == pytest.approx(0, abs=1e-6)
    alarm = output_matching(clear, outputs([[0.5, 0.1]], boxes)).item()
    assert alarm == pytest.approx(math.log(2), rel=1e-4)  # divided by 1, not by a mass of 0


def test_a_person_who_has_vanished_has_a_gradient() -> None:
    boxes = torch.tensor([[[0.0, 0, 9, 9]]])
    lost = torch.zeros(1, 1, requires_grad=True)
    output_matching(
        DenseOutputs(boxes, torch.full((1, 1), 0.9)), DenseOutputs(boxes, lost)
    ).backward()
    assert torch.isfinite(lost.grad).all()
    assert lost.grad.item() < -1


def test_boxes_far_apart_are_drawn_together() -> None:
    clear = outputs([[0.9]], [[[0.0, 0, 10, 20]]])
    apart = torch.tensor([[[30.0, 0, 40, 20]]], requires_grad=True)
    output_matching(clear, DenseOutputs(apart, torch.tensor([[0.9]]))).backward()
    assert (apart.grad[..., [0, 2]] > 0).any()  # to the left


def test_no_gradient_flows_into_the_clear_pictures() -> None:
    scores = torch.full((1, 1), 0.9, requires_grad=True)
    boxes = torch.tensor([[[0.0, 0, 9, 9]]], requires_grad=True)
    clear = DenseOutputs(boxes, scores)
    given = torch.tensor([[0.5]], requires_grad=True)
    output_matching(clear, DenseOutputs(boxes.detach() + 1, given)).backward()
    feature_matching([boxes[..., None]], [given.reshape(1, 1, 1, 1).expand(1, 1, 4, 1)]).backward()
    assert scores.grad is None
    assert boxes.grad is None


def test_outputs_of_other_sizes_are_refused() -> None:
    clear = random_outputs()
    fewer = DenseOutputs(clear.boxes[:, :7], clear.scores[:, :7])
    with pytest.raises(ConfigError, match=r"\(2, 7\) boxes in obfuscated .* \(2, 40\) in clear"):
        output_matching(clear, fewer)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("masked", [False, True])
def test_features_are_compared_cell_by_cell(*, masked: bool) -> None:
    shapes = (2, 5, 4, 6), (2, 3, 2, 3)
    clear, other = ([RNG.normal(size=shape) for shape in shapes] for _ in range(2))
    people = np.zeros((2, 1, 8, 12), np.float64)
    people[0, 0, 1:3, 2:6] = people[1, 0, 7, 11] = 1
    wanted = []
    for one, two in zip(clear, other, strict=True):
        step = 8 // one.shape[2]
        inside, outside = [], []
        for picture in range(2):
            for row in range(one.shape[2]):
                for column in range(one.shape[3]):
                    cell = 1 - cosine(one[picture, :, row, column], two[picture, :, row, column])
                    part = people[
                        picture,
                        0,
                        row * step : row * step + step,
                        column * step : column * step + step,
                    ]
                    (inside if part.any() else outside).append(cell)
        wanted.append(
            (np.mean(inside) + np.mean(outside)) / 2 if masked else np.mean(inside + outside)
        )
    tensors = [[torch.tensor(one) for one in maps] for maps in (clear, other)]
    given = feature_matching(*tensors, torch.tensor(people) if masked else None)
    assert given.item() == pytest.approx(np.mean(wanted), rel=1e-6)


def test_equal_features_lose_nothing_and_opposite_ones_all() -> None:
    maps = [torch.randn(1, 4, 3, 3)]
    assert feature_matching(maps, maps).item() == pytest.approx(0, abs=1e-6)
    assert feature_matching(maps, [-maps[0]]).item() == pytest.approx(2, abs=1e-6)
    nobody = torch.zeros(1, 1, 3, 3)
    assert feature_matching(maps, [-maps[0]], nobody).item() == pytest.approx(2, abs=1e-6)


def test_the_mask_holds_the_pixels_of_confident_boxes() -> None:
    found = random_outputs()
    given = people_mask(found, (12, 25), threshold=0.8)[:, 0]
    wanted = np.zeros((2, 12, 25))
    for picture in range(2):
        for box, score in zip(found.boxes[picture], found.scores[picture], strict=True):
            left, top, right, bottom = box.tolist()
            for row in range(12):
                for column in range(25):
                    inside = left <= column + 0.5 < right and top <= row + 0.5 < bottom
                    wanted[picture, row, column] += score > 0.8 and inside
    np.testing.assert_array_equal(given.numpy(), wanted > 0)
    assert 0 < given.mean() < 1
