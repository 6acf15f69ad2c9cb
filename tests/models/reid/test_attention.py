import pytest
import torch
from torch import Tensor
from torch.nn import functional

from passerby.geometry import Size
from passerby.models.reid.attention import HardAttention, RegionWarp, SoftAttention


def test_regions_lie_above_each_other_at_first_wherever_one_looks() -> None:
    attention = HardAttention(8)
    centres = attention(torch.randn(3, 8, 5, 4))
    expected = torch.tensor([[0, -0.75], [0, -0.25], [0, 0.25], [0, 0.75]]).tanh()
    torch.testing.assert_close(centres, expected.expand(3, 4, 2))


def _cut_by_an_affine_grid(maps: Tensor, centre: Tensor, region: Size) -> Tensor:
    """Cut one region an image as the paper has it: a spatial transformer, brought to its size."""
    theta = torch.zeros(len(maps), 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = 1.0, 0.25
    theta = theta + functional.pad(centre[:, :, None], (2, 0))
    grid = functional.affine_grid(theta, list(maps.shape), align_corners=True)
    cut = functional.grid_sample(maps, grid, align_corners=True)
    return functional.interpolate(cut, region, mode="bilinear", align_corners=True)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_regions_are_what_affine_grids_would_cut(layout: torch.memory_format) -> None:
    maps = torch.randn(2, 3, 20, 8).to(memory_format=layout)
    centres = torch.tensor([[[0.1, -0.5], [0.0, 0.25]], [[-0.3, 0.6], [0.9, -1.0]]])
    cut = RegionWarp((20, 8), (6, 7))(maps, centres)
    for one in range(2):
        expected = _cut_by_an_affine_grid(maps, centres[:, one], (6, 7))
        torch.testing.assert_close(cut[:, one], expected)


def test_regions_teach_maps_and_centres_as_affine_grids_would() -> None:
    """Also where nothing has been learned yet, and all columns lie right on cells."""
    start = HardAttention(8)(torch.randn(2, 8, 5, 4)).detach()
    drawn = torch.randn(2, 3, 20, 8)
    expected_maps, maps = (drawn.clone().requires_grad_() for _ in range(2))
    expected_centres, centres = (start.clone().requires_grad_() for _ in range(2))
    asked = torch.randn(2, 4, 3, 6, 7)
    (RegionWarp((20, 8), (6, 7))(maps, centres) * asked).sum().backward()
    for one in range(4):
        cut = _cut_by_an_affine_grid(expected_maps, expected_centres[:, one], (6, 7))
        (cut * asked[:, one]).sum().backward()
    torch.testing.assert_close(maps.grad, expected_maps.grad)
    torch.testing.assert_close(centres.grad, expected_centres.grad)
    assert centres.grad is not None
    assert float(centres.grad.abs().min()) > 0


def test_a_region_in_the_middle_is_a_quarter_as_high() -> None:
    rows = torch.arange(9.0).reshape(1, 1, 9, 1).expand(1, 1, 9, 5)
    cut = RegionWarp((9, 5), (3, 5))(rows, torch.zeros(1, 1, 2))
    torch.testing.assert_close(cut[0, 0, 0, :, 0], torch.tensor([3.0, 4.0, 5.0]))


def test_soft_attention_weighs_maps_of_any_size() -> None:
    attention = SoftAttention(16)
    for size in ((40, 16), (7, 5)):
        weights = attention(torch.randn(2, 16, *size))
        assert weights.shape == (2, 16, *size)
        assert 0 <= float(weights.detach().min()) <= float(weights.detach().max()) <= 1
