import pytest
import torch

from passerby.models.reid import create


@pytest.mark.parametrize("size", [(32, 32), (70, 45), (160, 60)])
def test_the_dense_layer_fits_images_of_any_size(size: tuple[int, int]) -> None:
    network = create("mudeep", 4, size=size, width=0.125).eval()
    assert network(torch.randn(1, 3, *size)).shape == (1, network.dimension)


def test_each_channel_of_each_scale_is_weighed_by_its_saliency() -> None:
    network = create("mudeep", 4, size=(32, 32), width=0.125).eval()
    images, scales, pooled = torch.randn(2, 3, 32, 32), [], []
    network.late.register_forward_hook(lambda *call: scales.extend(call[-1]))
    network.pool.register_forward_pre_hook(lambda _, inputs: pooled.append(inputs[0]))
    network(images)
    expected = torch.zeros_like(pooled[0])
    for scale, maps in enumerate(scales):
        for channel in range(maps.shape[1]):
            expected[:, channel] += network.saliency[scale, channel] * maps[:, channel]
    torch.testing.assert_close(pooled[0], expected)
