"""Which cells learn which boxes: against a loop, and by hand."""

import pytest
import torch
from torchvision.ops import box_iou

from passerby.models.detectors.people import cell_centres
from passerby.train.detector.assignment import assign, overlaps


def random_boxes(count, generator, size=96.0, most=60.0):
    low = torch.rand(count, 2, generator=generator) * size * 0.8
    return torch.cat([low, low + 2 + torch.rand(count, 2, generator=generator) * most], dim=1)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_overlaps_are_those_of_torchvision(generator):
    first, second = random_boxes(30, generator), random_boxes(40, generator)
    torch.testing.assert_close(overlaps(first[:, None], second[None]), box_iou(first, second))


def test_empty_boxes_overlap_nothing():
    empty = torch.tensor([[5.0, 5, 5, 5]])
    assert overlaps(empty, empty).item() == 0


def competitors(box, centres, strides):
    """Cells inside, at most 2.5 of their sides from the middle; else those within one side."""
    left, top, right, bottom = box
    away, inside = [], []
    for (x, y), stride in zip(centres.tolist(), strides[:, 0].tolist(), strict=True):
        away.append(max(abs(x - (left + right) / 2), abs(y - (top + bottom) / 2)) / stride)
        inside.append(left < x < right and top < y < bottom)
    near = [one and distance < 2.5 for one, distance in zip(inside, away, strict=True)]
    return near if any(near) else [distance <= 1 for distance in away]


def slow(wanted, boxes, scores, centres, strides):
    """For each cell, its box and score by task alignment, in plain Python."""
    fits = []
    for box in wanted:
        may = competitors(box.tolist(), centres, strides)
        overlap = box_iou(box[None], boxes)[0].tolist()
        row = [
            (scores[cell].item() ** 0.5 * overlap[cell] ** 6 + 1e-9) * may[cell]
            for cell in range(len(boxes))
        ]
        best = sorted(range(len(row)), key=row.__getitem__)[-10:]
        fits.append([fit if cell in best else 0 for cell, fit in enumerate(row)])
    answers = []
    for cell in range(len(boxes)):
        column = [row[cell] for row in fits]
        owner = column.index(max(column))
        if column[owner] == 0:
            answers.append((0.0, [0.0] * 4))
            continue
        candidates = [index for index, fit in enumerate(fits[owner]) if fit > 0]
        reached = box_iou(wanted[owner][None], boxes[candidates]).max().item()
        answers.append((column[owner] / max(fits[owner]) * reached, wanted[owner].tolist()))
    return answers


@pytest.mark.parametrize("seed", range(4))
def test_the_cells_are_those_of_the_slow_loop(seed):
    generator = torch.Generator().manual_seed(seed)
    centres, strides = cell_centres(96, 96)
    wanted = random_boxes(4, generator, most=70)
    # Guesses lie around the wanted boxes, or no overlap would be worth a comparison.
    chosen = torch.randint(4, (len(centres),), generator=generator)
    boxes = wanted[chosen] + torch.randn(len(centres), 4, generator=generator) * 3
    scores = torch.rand(len(centres), generator=generator)
    targets = assign(wanted, boxes, scores, centres, strides)
    expected = slow(wanted, boxes, scores, centres, strides)
    asked = torch.tensor([score for score, _ in expected])
    torch.testing.assert_close(targets.scores, asked, rtol=1e-3, atol=1e-5)
    # Of cells that overlap nothing, any may be the tenth; they are asked for next to nothing.
    counts = asked > 1e-5
    owned = torch.tensor([box for _, box in expected])
    torch.testing.assert_close(targets.boxes[counts], owned[counts])
    assert counts.sum() > 5


def test_without_boxes_no_cell_is_asked_for_anything():
    centres, strides = cell_centres(64, 64)
    cells = len(centres)
    targets = assign(torch.zeros(0, 4), torch.rand(cells, 4), torch.rand(cells), centres, strides)
    assert not targets.scores.any()
    assert not targets.boxes.any()


def test_a_perfect_cell_is_asked_for_all_and_cells_outside_for_nothing():
    centres, strides = cell_centres(64, 64)
    wanted = torch.tensor([[8.0, 8, 40, 40]])
    boxes = torch.zeros(len(centres), 4)
    inside = ((centres > 8) & (centres < 40)).all(dim=1)
    cell = int(torch.nonzero(inside & (strides[:, 0] == 16))[0])
    boxes[cell] = wanted[0]
    targets = assign(wanted, boxes, torch.full((len(centres),), 0.5), centres, strides)
    assert targets.scores[cell] == pytest.approx(1)
    assert not targets.scores[~inside].any()


def test_a_box_smaller_than_a_cell_is_learned_by_cells_beside_it():
    centres, strides = cell_centres(64, 64)
    wanted = torch.tensor([[30.0, 30, 33, 33]])  # no centre of a cell lies in it
    guesses = torch.cat([centres - 2, centres + 2], dim=1)
    targets = assign(wanted, guesses, torch.full((len(centres),), 0.5), centres, strides)
    taken = targets.boxes.any(dim=1)
    assert taken.any()
    away = (centres[taken] - 31.5).abs().amax(dim=1) / strides[taken, 0]
    assert (away <= 1).all()
    assert targets.boxes[taken].unique(dim=0).tolist() == wanted.tolist()


def test_a_box_far_outside_the_picture_is_nobodys():
    centres, strides = cell_centres(64, 64)
    wanted = torch.tensor([[500.0, 500, 520, 560]])
    targets = assign(
        wanted, torch.zeros(len(centres), 4), torch.rand(len(centres)), centres, strides
    )
    assert not targets.scores.any()
