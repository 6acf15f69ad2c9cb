"""Pictures become the numbers that networks were trained on."""

import numpy as np
import pytest
import torch
from torchvision.transforms import v2

from passerby.signatures.input import resized, signature_input

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 6, 5, 3), np.uint8)


def test_imagenet_numbers_are_those_of_torchvision() -> None:
    transform = v2.Compose(
        [
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    rgb = torch.from_numpy(PICTURES[..., ::-1].copy()).permute(0, 3, 1, 2)
    found = signature_input(PICTURES, "rgb-imagenet")
    np.testing.assert_allclose(found, transform(rgb).numpy(), atol=2e-6)


def test_plain_numbers_are_the_pixels() -> None:
    found = signature_input(PICTURES, "bgr-255")
    np.testing.assert_array_equal(found, PICTURES.transpose(0, 3, 1, 2))


@pytest.mark.parametrize("pixels", ["bgr-255", "rgb-imagenet"])
def test_channels_may_stay_last(pixels: str) -> None:
    last = signature_input(PICTURES, pixels, channels_last=True)  # type: ignore[arg-type]
    first = signature_input(PICTURES, pixels)  # type: ignore[arg-type]
    np.testing.assert_array_equal(last.transpose(0, 3, 1, 2), first)
    assert last.dtype == np.float32


def test_an_image_is_stretched() -> None:
    image = np.repeat(np.arange(0, 240, 60, dtype=np.uint8), 2).reshape(1, 8, 1)
    found = resized(np.broadcast_to(image, (3, 8, 3)), (6, 4))
    np.testing.assert_array_equal(found[:, :, 0], np.tile(np.arange(0, 240, 60), (6, 1)))
