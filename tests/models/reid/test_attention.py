import torch
from torch.nn import functional

from passerby.models.reid.attention import HardAttention, RegionWarp, SoftAttention


def test_regions_lie_above_each_other_at_first_wherever_one_looks() -> None:
    attention = HardAttention(8)
    centres = attention(torch.randn(3, 8, 5, 4))
    expected = torch.tensor([[0, -0.75], [0, -0.25], [0, 0.25], [0, 0.75]]).tanh()
    torch.testing.assert_close(centres, expected.expand(3, 4, 2))


def test_a_region_is_what_an_affine_grid_would_cut() -> None:
    maps, centre = torch.randn(2, 3, 20, 8), torch.tensor([[0.1, -0.5], [-0.3, 0.6]])
    theta = torch.zeros(2, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1], theta[:, :, 2] = 1.0, 0.25, centre
    grid = functional.affine_grid(theta, [2, 3, 20, 8], align_corners=True)
    cut = functional.grid_sample(maps, grid, align_corners=True)
    expected = functional.interpolate(cut, (6, 7), mode="bilinear", align_corners=True)
    torch.testing.assert_close(RegionWarp((20, 8), (6, 7))(maps, centre), expected)


def test_a_region_in_the_middle_is_a_quarter_as_high() -> None:
    rows = torch.arange(9.0).reshape(1, 1, 9, 1).expand(1, 1, 9, 5)
    cut = RegionWarp((9, 5), (3, 5))(rows, torch.zeros(1, 2))
    torch.testing.assert_close(cut[0, 0, :, 0], torch.tensor([3.0, 4.0, 5.0]))


def test_soft_attention_weighs_maps_of_any_size() -> None:
    attention = SoftAttention(16)
    for size in ((40, 16), (7, 5)):
        weights = attention(torch.randn(2, 16, *size))
        assert weights.shape == (2, 16, *size)
        assert 0 <= float(weights.detach().min()) <= float(weights.detach().max()) <= 1
