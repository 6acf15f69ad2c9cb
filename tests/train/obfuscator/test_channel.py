"""What storage does to pictures, against Pillow's JPEG and plain rounding."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from passerby.train.obfuscator.channel import eight_bits, jpeg


def pictures(height=40, width=56):
    """Smooth shapes with some noise, shape (1, 3, H, W)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(x / (5 + channel)) * np.cos(y / 7) for channel in range(3)]
    noisy = 0.5 + 0.3 * np.stack(waves) + rng.normal(0, 0.03, (3, height, width))
    return torch.from_numpy(noisy.clip(0, 1))[None].float()


def stored(images, quality):
    levels = np.rint(images[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(file)).astype(float)


def test_eight_bits_round_to_the_nearest_level():
    values = torch.linspace(-0.1, 1.1, 200)
    expected = np.rint(values.clamp(0, 1).numpy() * 255) / 255
    assert np.allclose(eight_bits(values).numpy(), expected, atol=1e-6)


def test_gradients_pass_the_rounding():
    values = torch.tensor([0.2, 0.7], requires_grad=True)
    eight_bits(values).sum().backward()
    assert values.grad.tolist() == pytest.approx([1, 1])


@pytest.mark.parametrize("quality", [30, 50, 75, 95])
def test_jpeg_is_nearly_that_of_pillow(quality):
    images = pictures()
    ours = jpeg(eight_bits(images), quality)[0].permute(1, 2, 0).numpy() * 255
    theirs = stored(images, quality)
    clear = images[0].permute(1, 2, 0).numpy() * 255
    # Pillow also rounds after the change of colours: coefficients half-way go either way.
    damages = [np.sqrt(((one - clear) ** 2).mean()) for one in (ours, theirs)]
    assert damages[0] == pytest.approx(damages[1], rel=0.1)
    assert np.corrcoef((ours - clear).ravel(), (theirs - clear).ravel())[0, 1] > 0.8


@pytest.mark.parametrize("size", [(8, 8), (9, 17), (1, 3)])
def test_jpeg_takes_any_size(size):
    assert jpeg(pictures(*size), 80).shape == (1, 3, *size)


def test_gradients_pass_jpeg():
    images = pictures(16, 16).requires_grad_()
    jpeg(images, 70).sum().backward()
    assert float(images.grad.mean()) == pytest.approx(1, abs=0.05)


def test_differences_below_the_quantization_do_not_survive():
    """A checkerboard of one level: what a network might hide in low bits."""
    board = torch.from_numpy(np.indices((16, 16)).sum(axis=0) % 2).float() / 255
    images = torch.full((1, 3, 16, 16), 0.5) + board
    assert float(jpeg(images, 75).std()) < float(images.std()) / 10
