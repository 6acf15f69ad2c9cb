"""Two halves, and nothing between them but a few levels."""

import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.obfuscators import SilhouetteObfuscator


def network(**options):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = SilhouetteObfuscator(channels=8, **options)
        # Random weights say 0.5 of everything: spread what it is sure of.
        made.seeing.certainty.weight.data *= 200
    return made.eval()


def test_what_is_drawn_depends_on_the_levels_alone():
    made, images = network(), torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    levels = made.rounded(made.seeing(images))
    assert levels.shape == (2, 1, 16, 24)
    assert len(levels.unique()) > 1
    exactly = (torch.tensor([0.0, 1.0, 2.0, 3.0]) / 3).tolist()
    assert set(levels.unique().tolist()) <= set(exactly)
    assert torch.equal(made.drawn(levels), made.transform(images))


def test_two_pictures_with_the_same_levels_become_the_same():
    made, images = network(), torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    other = (images + 1e-4).clamp(0, 1)
    assert torch.equal(made.rounded(made.seeing(images)), made.rounded(made.seeing(other)))
    assert torch.equal(made(images), made(other))


def test_no_more_different_frames_come_out_than_the_bits_allow():
    """One cell of two levels, many pictures: at most two drawings."""
    made = network(levels=2)
    drawings = {
        made.drawn(made.rounded(torch.full((1, 1, 2, 2), certainty))).detach().numpy().tobytes()
        for certainty in torch.linspace(-9, 9, 101).tolist()
    }
    assert len(drawings) == 2


@pytest.mark.parametrize(("height", "width"), [(64, 64), (65, 64), (3, 200), (360, 640)])
def test_the_bound_counts_all_levels_that_are_drawn_from(height, width, monkeypatch):
    """Those beyond the edge too, by which a frame is continued."""
    made, drawn_from = network(levels=4), []
    draw = made.drawn
    monkeypatch.setattr(made, "drawn", lambda levels: drawn_from.append(levels) or draw(levels))
    with torch.no_grad():
        made(torch.rand(1, 3, height, width))
    assert made.most_bits(height, width) == 2 * drawn_from[0].numel()


@pytest.mark.parametrize("levels", [2, 3, 4, 16])
def test_gradients_pass_as_if_nothing_was_rounded(levels):
    made = network(levels=levels)
    certainty = torch.linspace(-4, 4, 33, requires_grad=True)
    made.rounded(certainty).sum().backward()
    expected = certainty.detach().sigmoid() * (1 - certainty.detach().sigmoid())
    assert torch.allclose(certainty.grad, expected)
    assert len(made.rounded(certainty).unique()) <= levels


def test_one_level_is_refused():
    with pytest.raises(ConfigError, match="one level says nothing"):
        SilhouetteObfuscator(levels=1)
    with pytest.raises(ConfigError, match="levels is 257"):
        SilhouetteObfuscator(levels=257)
