"""What an obfuscated image goes through before anybody sees it: eight bits, and JPEG.

An obfuscator that learns without them may hide what an attacker needs, or what the detector needs,
in differences too small to be stored.
"""

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["cosine_basis", "eight_bits", "jpeg"]

_BLOCK = 8

_LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
"""Quantization of brightness at quality 50 (ITU-T T.81, table K.1)."""

_CHROMINANCE = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)
"""Of colour (table K.2)."""

_TO_YCBCR = (
    (0.299, 0.587, 0.114),
    (-0.168736, -0.331264, 0.5),
    (0.5, -0.418688, -0.081312),
)


def _rounded(values: Tensor) -> Tensor:
    """Round; gradients pass as if nothing had been done (straight-through, Bengio et al. 2013)."""
    return values + (values.round() - values).detach()


def eight_bits(images: Tensor) -> Tensor:
    """Round images of 0-1 to the 256 values that can be stored; gradients pass.

    Example:
        >>> float(eight_bits(torch.tensor(0.5)) * 255)
        128.0
    """
    return _rounded(images.clamp(0, 1) * 255) / 255


def jpeg(images: Tensor, quality: float) -> Tensor:
    """Do to images what storing them as JPEG without chroma subsampling does; gradients pass.

    Args:
        images: Shape (B, 3, H, W), RGB, 0-1, of any size.
        quality: 1-100, with the scaling of quantization tables of libjpeg.

    Returns:
        Of the same shape, 0-1, not rounded.
    """
    height, width = images.shape[2:]
    pad = (0, -width % _BLOCK, 0, -height % _BLOCK)
    padded = functional.pad(images * 255, pad, mode="replicate")
    matrix = torch.tensor(_TO_YCBCR, device=images.device)
    planes = torch.einsum("ij,bjhw->bihw", matrix, padded)
    shift = torch.tensor([128.0, 0.0, 0.0], device=images.device)[:, None, None]
    stored = _quantized(planes - shift, quality) + shift
    restored = torch.einsum("ij,bjhw->bihw", torch.linalg.inv(matrix), stored)
    return (restored[:, :, :height, :width] / 255).clamp(0, 1)


def _quantized(planes: Tensor, quality: float) -> Tensor:
    """Quantize the discrete cosine transform of each block of 8x8."""
    batch, channels, height, width = planes.shape
    rows, columns = height // _BLOCK, width // _BLOCK
    blocks = planes.reshape(batch, channels, rows, _BLOCK, columns, _BLOCK).transpose(3, 4)
    cosines = cosine_basis(_BLOCK).to(planes)
    steps = _steps(quality).to(planes)[:, None, None]
    coefficients = cosines @ blocks @ cosines.T
    quantized = _rounded(coefficients / steps) * steps
    restored = cosines.T @ quantized @ cosines
    return restored.transpose(3, 4).reshape(batch, channels, height, width)


@cache
def cosine_basis(size: int) -> Tensor:
    """Return the orthonormal discrete cosine transform (DCT-II) as a matrix.

    Args:
        size: Of a block.

    Returns:
        Shape (size, size), a frequency a row.
    """
    whole = torch.arange(float(size))
    frequency, place = torch.meshgrid(whole, whole, indexing="ij")
    matrix = torch.cos(math.pi * (2 * place + 1) * frequency / (2 * size)) * math.sqrt(2 / size)
    matrix[0] /= math.sqrt(2)
    return matrix


def _steps(quality: float) -> Tensor:
    """Return the quantization of the three planes, shape (3, 8, 8)."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    tables = torch.tensor([_LUMINANCE, _CHROMINANCE, _CHROMINANCE], dtype=torch.float32)
    return torch.floor((tables * scale + 50) / 100).clamp(1, 255).reshape(3, 8, 8)
