"""What a prediction costs: by torchvision's losses, cell by cell, and by hand."""

import numpy as np
import pytest
import torch
from torch.nn import functional
from torchvision.ops import generalized_box_iou_loss

from passerby.detections import Kind
from passerby.models.detectors.people import Prediction, cell_centres
from passerby.train.detector.assignment import assign
from passerby.train.detector.example import Labels
from passerby.train.detector.losses import Losses, losses_of
from passerby.train.detector.teacher import Advice

SIZE = 64, 96
CELLS = 64 * 96 * 21 // 1024
BOX = 5.0

LABELS = [
    Labels.of([[10, 5, 40, 60], [50, 20, 70, 64]], [[20, 5, 30, 17]]),
    Labels.of([[0, 0, 90, 60]]).doubted([[30, 0, 60, 20]], Kind.HEAD),
]


@pytest.fixture
def prediction():
    generator = torch.Generator().manual_seed(0)
    distances = torch.rand(2, CELLS, 2, 4, generator=generator) * 3
    scores = torch.randn(2, CELLS, 2, generator=generator) - 1
    return Prediction(distances.requires_grad_(), scores.requires_grad_())


def boxes_of(prediction, picture, kind):
    """By hand: the middle of the cell, less or plus distances in strides."""
    centres, strides = cell_centres(*SIZE)
    sides = prediction.distances[picture, :, kind] * strides
    return torch.cat([centres - sides[:, :2], centres + sides[:, 2:]], dim=1)


def slow(prediction, labels):
    """The losses of the labels, one kind and picture after the other."""
    cells = places = weight = torch.zeros(())
    centres, strides = cell_centres(*SIZE)
    for picture, truth in enumerate(labels):
        for kind in (Kind.PERSON, Kind.HEAD):
            boxes, logits = boxes_of(prediction, picture, kind), prediction.scores[picture, :, kind]
            with torch.no_grad():
                targets = assign(
                    torch.from_numpy(truth.of_kind(kind)), boxes, logits.sigmoid(), centres, strides
                )
            for cell in range(CELLS):
                x, y = centres[cell].tolist()
                doubtful = any(
                    left <= x <= right and top <= y <= bottom and number == kind
                    for (left, top, right, bottom), number in zip(
                        truth.unknown.tolist(), truth.unknown_kinds, strict=True
                    )
                )
                if doubtful and targets.scores[cell] == 0:
                    continue
                cells = cells + functional.binary_cross_entropy_with_logits(
                    logits[cell], targets.scores[cell]
                )
            each = generalized_box_iou_loss(boxes, targets.boxes)
            places = places + (each * targets.scores).sum()
            weight = weight + targets.scores.sum()
    return cells / weight.clamp(min=1), places / weight.clamp(min=1)


def test_losses_of_labels_are_those_of_the_slow_loop(prediction):
    losses = losses_of(prediction, LABELS, [], SIZE)
    cells, places = slow(prediction, LABELS)
    torch.testing.assert_close(losses.scores, cells, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(losses.boxes, places, rtol=1e-4, atol=1e-5)
    assert losses.taught_scores == losses.taught_boxes == 0


def test_the_total_weighs_places_more():
    parts = Losses(*(torch.tensor(float(value)) for value in (1, 2, 3, 4)))
    assert parts.total == 1 + 3 + BOX * (2 + 4)


def advice_of(scores, boxes):
    return Advice(np.asarray(boxes, np.float32), np.asarray(scores, np.float32))


def test_losses_of_a_teacher_are_those_of_torchvision_for_people_alone(prediction):
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 60, (2, CELLS, 2))
    boxes = np.concatenate([low, low + rng.uniform(2, 30, (2, CELLS, 2))], axis=2)
    scores = rng.uniform(0, 0.4, (2, CELLS))
    advice = [advice_of(*one) for one in zip(scores, boxes, strict=True)]
    losses = losses_of(prediction, [Labels.of(), Labels.of()], advice, SIZE)
    told = torch.tensor(scores, dtype=torch.float32)
    heeded = torch.where(told >= 0.1, told, 0)
    ours = torch.stack([boxes_of(prediction, picture, Kind.PERSON) for picture in (0, 1)])
    theirs = torch.tensor(boxes, dtype=torch.float32)
    each = generalized_box_iou_loss(ours, theirs)
    cells = functional.binary_cross_entropy_with_logits(
        prediction.scores[..., Kind.PERSON], told, reduction="sum"
    )
    torch.testing.assert_close(losses.taught_boxes, (each * heeded).sum() / heeded.sum())
    torch.testing.assert_close(losses.taught_scores, cells / heeded.sum())
    gradient = torch.autograd.grad(losses.taught_scores, prediction.scores)[0]
    assert not gradient[..., Kind.HEAD].any()
    assert gradient[..., Kind.PERSON].all()


def test_where_a_label_asks_for_more_than_the_teacher_sees_the_label_is_right(prediction):
    blind = advice_of(np.zeros(CELLS), np.zeros((CELLS, 4)))
    losses = losses_of(prediction, LABELS, [blind, blind], SIZE)
    gradient = torch.autograd.grad(losses.taught_scores, prediction.scores)[0]
    centres, strides = cell_centres(*SIZE)
    for picture, truth in enumerate(LABELS):
        targets = assign(
            torch.from_numpy(truth.of_kind(Kind.PERSON)),
            boxes_of(prediction, picture, Kind.PERSON).detach(),
            prediction.scores[picture, :, Kind.PERSON].detach().sigmoid(),
            centres,
            strides,
        )
        asked = targets.scores > 0
        assert asked.any()
        taught = gradient[picture, :, Kind.PERSON] != 0
        assert torch.equal(taught, ~asked)


def test_a_right_prediction_costs_next_to_nothing():
    centres, strides = cell_centres(*SIZE)
    wanted = torch.tensor([16.0, 8, 48, 56])
    distances = torch.zeros(1, CELLS, 2, 4)
    sides = torch.cat([centres - wanted[:2], wanted[2:] - centres], dim=1) / strides
    distances[0, :, Kind.PERSON] = sides.clamp(min=0)
    logits = torch.full((1, CELLS, 2), -20.0)
    labels = [Labels.of([wanted.tolist()])]
    targets = assign(
        wanted[None],
        torch.cat([centres - sides[:, :2] * strides, centres + sides[:, 2:] * strides], dim=1),
        torch.full((CELLS,), 0.5),
        centres,
        strides,
    )
    logits[0, targets.scores > 0, Kind.PERSON] = 20.0
    right = losses_of(Prediction(distances, logits), labels, [], SIZE)
    wrong = losses_of(Prediction(distances + 1, -logits), labels, [], SIZE)
    assert right.total < 1e-3
    assert wrong.total > 10


def test_what_may_be_in_unknown_places_costs_nothing(prediction):
    everywhere = Labels.of().doubted([[0, 0, 96, 64]], Kind.HEAD)
    losses = losses_of(prediction, [everywhere, everywhere], [], SIZE)
    gradient = torch.autograd.grad(losses.total, prediction.scores)[0]
    assert not gradient[..., Kind.HEAD].any()
    assert gradient[..., Kind.PERSON].all()


def test_a_label_counts_even_where_more_may_be(prediction):
    labels = Labels.of([[10, 5, 40, 60]]).doubted([[0, 0, 96, 64]], Kind.PERSON)
    losses = losses_of(prediction, [labels, labels], [], SIZE)
    gradient = torch.autograd.grad(losses.total, prediction.scores)[0]
    assert 0 < gradient[0, :, Kind.PERSON].count_nonzero() <= 10


@pytest.mark.parametrize(
    "labels",
    [
        Labels.of(),
        Labels.of([[-50, -50, -10, -10]]),
        Labels.of([[500, 10, 520, 60]], [[500, 500, 501, 501]]),
        Labels.of([[-100, -100, 300, 300]]),
        Labels.of([[30, 30, 30, 30]]),
        Labels.of([[10, 10, 40, 60]] * 40),
    ],
    ids=["nobody", "above", "beside", "larger", "a point", "forty times the same"],
)
def test_odd_labels_give_finite_losses_and_gradients(prediction, labels):
    losses = losses_of(prediction, [labels, labels], [], SIZE)
    gradients = torch.autograd.grad(losses.total, list(prediction), allow_unused=True)
    assert torch.isfinite(losses.total)
    assert all(gradient is None or torch.isfinite(gradient).all() for gradient in gradients)


def test_a_teacher_who_sees_nobody_divides_by_nothing(prediction):
    nobody = advice_of(np.zeros(CELLS), np.zeros((CELLS, 4)))
    losses = losses_of(prediction, LABELS, [nobody, nobody], SIZE)
    assert losses.taught_boxes == 0
    assert torch.isfinite(losses.taught_scores)
