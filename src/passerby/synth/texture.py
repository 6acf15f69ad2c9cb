"""Tiles of ground and wall, drawn from random numbers; each repeats without a seam."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from passerby.registry import Registry
from passerby.synth.camera import Array

__all__ = ["GROUNDS", "TILE_METRES", "WALLS", "Texture", "TextureTile", "sample"]

TILE_PIXELS = 512
TILE_METRES = 4.0

TextureTile = npt.NDArray[np.float32]
"""Shape (512, 512, 3), BGR, 0-1; 4 m by 4 m."""

Texture = Callable[[np.random.Generator], TextureTile]

GROUNDS: Registry[Texture] = Registry("ground")
WALLS: Registry[Texture] = Registry("wall")


def sample(tile: TextureTile, u: Array, v: Array) -> TextureTile:
    """Look up a tile at places in metres, both of shape (h, w); returns shape (h, w, 3)."""
    x, y = ((np.mod(place / TILE_METRES, 1) * TILE_PIXELS).astype(np.float32) for place in (u, -v))
    found = cv2.remap(tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(found, np.float32)


def _noise(rng: np.random.Generator, cells: int) -> npt.NDArray[np.float32]:
    """Smooth noise of mean 0 and deviation about 1, shape (512, 512), that repeats."""
    coarse = rng.standard_normal((cells, cells)).astype(np.float32)
    wrapped = np.pad(coarse, 2, mode="wrap")
    step = TILE_PIXELS // cells
    fine = cv2.resize(wrapped, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine[2 * step : -2 * step, 2 * step : -2 * step], np.float32)


def _grain(rng: np.random.Generator, strength: float) -> npt.NDArray[np.float32]:
    """Brightness around 1 that varies at all sizes, shape (512, 512, 1)."""
    layers = sum(_noise(rng, cells) for cells in (4, 16, 64, 256))
    return np.asarray(1 + strength * layers, np.float32)[..., None]


def _grey(rng: np.random.Generator, low: float, high: float) -> npt.NDArray[np.float32]:
    """A grey with a slight tint, shape (3,)."""
    return np.asarray(rng.uniform(low, high) * (1 + rng.normal(0, 0.04, 3)), np.float32)


def _slabs(
    rng: np.random.Generator, rows: int, columns: int, *, shift: bool, vary: float, joint: float
) -> npt.NDArray[np.float32]:
    """Brightness of laid slabs or bricks with joints between them, shape (512, 512, 1)."""
    y, x = np.mgrid[:TILE_PIXELS, :TILE_PIXELS] / TILE_PIXELS
    row = (y * rows).astype(int)
    across = x * columns + (row % 2) * (0.5 if shift else 0.0)
    column = across.astype(int) % columns
    bright = 1 + vary * rng.standard_normal((rows, columns))[row, column]
    width = 1.6 / TILE_PIXELS
    gap = ((y * rows) % 1 < width * rows) | (across % 1 < width * columns)
    return np.asarray(np.where(gap, joint, bright), np.float32)[..., None]


def _tile(colour: npt.ArrayLike, *brightness: npt.NDArray[np.float32]) -> TextureTile:
    painted = np.broadcast_to(np.asarray(colour, np.float32), (TILE_PIXELS, TILE_PIXELS, 3))
    for layer in brightness:
        painted = painted * layer
    return np.clip(painted, 0, 1).astype(np.float32)


@GROUNDS.register("asphalt")
def _asphalt(rng: np.random.Generator) -> TextureTile:
    return _tile(_grey(rng, 0.3, 0.5), _grain(rng, 0.045))


@GROUNDS.register("paving")
def _paving(rng: np.random.Generator) -> TextureTile:
    size = int(rng.choice([4, 8]))
    slabs = _slabs(rng, size, size, shift=bool(rng.random() < 0.5), vary=0.05, joint=0.75)
    return _tile(_grey(rng, 0.45, 0.72), _grain(rng, 0.025), slabs)


@GROUNDS.register("tiles")
def _tiles(rng: np.random.Generator) -> TextureTile:
    slabs = _slabs(rng, 8, 8, shift=False, vary=0.02, joint=0.85)
    return _tile(_grey(rng, 0.6, 0.82), _grain(rng, 0.01), slabs)


@GROUNDS.register("wood")
def _wood(rng: np.random.Generator) -> TextureTile:
    planks = _slabs(rng, 32, 2, shift=True, vary=0.08, joint=0.7)
    warm = np.array([0.32, 0.48, 0.64]) * rng.uniform(0.7, 1.15)
    return _tile(warm, _grain(rng, 0.02), planks)


@GROUNDS.register("carpet")
def _carpet(rng: np.random.Generator) -> TextureTile:
    return _tile(_grey(rng, 0.2, 0.5) + rng.uniform(0, 0.08, 3), _grain(rng, 0.03))


@GROUNDS.register("linoleum")
def _linoleum(rng: np.random.Generator) -> TextureTile:
    return _tile(_grey(rng, 0.45, 0.75) + rng.uniform(0, 0.08, 3), _grain(rng, 0.008))


@GROUNDS.register("grass")
def _grass(rng: np.random.Generator) -> TextureTile:
    return _tile(np.array([0.2, 0.45, 0.36]) * rng.uniform(0.7, 1.1), _grain(rng, 0.09))


@WALLS.register("plaster")
def _plaster(rng: np.random.Generator) -> TextureTile:
    return _tile(_grey(rng, 0.55, 0.9), _grain(rng, 0.012), _skirting())


@WALLS.register("brick")
def _brick(rng: np.random.Generator) -> TextureTile:
    bricks = _slabs(rng, 48, 16, shift=True, vary=0.09, joint=1.25)
    red = np.array([0.3, 0.36, 0.56]) * rng.uniform(0.7, 1.2)
    return _tile(red, _grain(rng, 0.03), bricks)


@WALLS.register("panels")
def _panels(rng: np.random.Generator) -> TextureTile:
    panels = _slabs(rng, 2, 4, shift=False, vary=0.05, joint=0.5)
    return _tile(rng.uniform(0.35, 0.75, 3), _grain(rng, 0.01), panels, _skirting())


@WALLS.register("facade")
def _facade(rng: np.random.Generator) -> TextureTile:
    return _with_openings(_tile(_grey(rng, 0.4, 0.8), _grain(rng, 0.03)), rng, columns=2)


@WALLS.register("shops")
def _shops(rng: np.random.Generator) -> TextureTile:
    return _with_openings(_tile(rng.uniform(0.25, 0.7, 3), _grain(rng, 0.02)), rng, columns=1)


def _skirting() -> npt.NDArray[np.float32]:
    """A dark strip along the foot of a wall, shape (512, 1, 1)."""
    strip = np.ones((TILE_PIXELS, 1, 1), np.float32)
    strip[-14:] = 0.55
    return strip


def _with_openings(tile: TextureTile, rng: np.random.Generator, columns: int) -> TextureTile:
    """Cut windows and doors into a wall: frames, glass that mirrors the sky, things behind it."""
    pitch = TILE_PIXELS // columns
    for column in range(columns):
        door = rng.random() < 0.3
        top, bottom = (int(0.42 * TILE_PIXELS), TILE_PIXELS) if door else (180, 400)
        half = int(pitch * (0.18 if door else 0.34))
        middle = column * pitch + pitch // 2
        frame = tuple(float(value) for value in _grey(rng, 0.15, 0.9))
        cv2.rectangle(tile, (middle - half, top), (middle + half, bottom), frame, -1)
        glass = np.linspace(0.55, 0.15, bottom - top - 12, dtype=np.float32)[:, None, None]
        glass = glass * _grey(rng, 0.6, 1.1) + 0.05 * _noise(rng, 8)[: len(glass), :1, None]
        tile[top + 6 : bottom - 6, middle - half + 6 : middle + half - 6] = np.clip(glass, 0, 1)
    return tile
