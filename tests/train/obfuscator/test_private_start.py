"""Outlines, people in other clothes, and how much of their clothes is seen."""

import numpy as np
import pytest
import torch

from passerby.train.obfuscator.private_start import (
    Outlines,
    appearance_leak,
    even_weights,
    outline_drawing,
    redressed,
)

CPU = torch.device("cpu")


@pytest.fixture
def batch(crops):
    return crops(6, 3).batch(range(0, 12, 2), CPU)


def test_people_are_drawn_in_one_level_and_the_rest_in_another(batch):
    drawn = outline_drawing(batch.people)
    assert drawn.shape == batch.images.shape
    levels = {float(level) for level in drawn.unique()}
    assert len(levels) == 2
    assert {float(level) for level in drawn[batch.people.expand_as(drawn) > 0].unique()} == {
        min(levels)
    }


def test_people_weigh_as_much_as_the_rest(batch):
    weights = even_weights(batch.people)
    assert float((weights * batch.people).sum()) == pytest.approx(
        float((weights * (1 - batch.people)).sum()), rel=1e-4
    )
    assert float(weights.mean()) == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_batch_without_people_or_full_of_them_has_weights(level):
    weights = even_weights(torch.full((2, 1, 4, 4), level))
    assert float(weights.min()) > 0.5
    assert float(weights.max()) < 1


def test_the_other_clothes_are_those_of_others(batch):
    """Each rectangle is of one colour, so each half takes that of some rectangle."""
    dressed = redressed(batch, batch.people, np.random.default_rng(0))
    colours = [
        tuple(one[:, mask[0] > 0].mean(dim=1))
        for one, mask in zip(batch.images, batch.people, strict=True)
    ]
    changed = 0
    for number, (one, mask) in enumerate(zip(dressed, batch.people, strict=True)):
        shown = one[:, mask[0] > 0]
        for half in (shown[:, : shown.shape[1] // 2], shown[:, shown.shape[1] // 2 :]):
            gaps = [float((half.mean(dim=1) - torch.stack(own)).abs().max()) for own in colours]
            assert min(gaps) < 0.02
            changed += int(np.argmin(gaps)) != number
    assert changed >= 6


def test_only_people_are_dressed_anew(batch):
    dressed = redressed(batch, batch.people, np.random.default_rng(1))
    ground = (batch.people == 0).expand_as(dressed)
    assert torch.equal(dressed[ground], batch.images[ground])
    again = redressed(batch, batch.people, np.random.default_rng(1))
    assert torch.equal(dressed, again)
    nobody = torch.zeros_like(batch.people)
    assert torch.equal(redressed(batch, nobody, np.random.default_rng(0)), batch.images)


def test_how_much_of_the_clothes_is_seen(batch):
    dressed = redressed(batch, batch.people, np.random.default_rng(2))
    clear = batch.images, dressed
    assert float(appearance_leak(clear, clear)) == pytest.approx(1, abs=1e-3)
    tenth = tuple(0.5 + 0.1 * one for one in clear)
    assert float(appearance_leak(tenth, clear)) == pytest.approx(0.1, abs=0.01)
    alike = outline_drawing(batch.people)
    assert float(appearance_leak((alike, alike), clear)) < 0.02
    assert float(appearance_leak(clear, (alike, alike))) > 1  # finite: nothing was changed


def test_outlines_are_found_once(crops, monkeypatch):
    some = crops(3, 0)
    found = Outlines(some)
    first = found.of([4, 1], CPU)
    assert np.array_equal(first[:, 0].numpy(), some.people[[4, 1]])
    monkeypatch.setattr("passerby.train.obfuscator.private_start.outlined", None)
    assert torch.equal(found.of([1, 4], CPU), first.flip(0))
