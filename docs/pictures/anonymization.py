"""Draws the pictures of what is covered: ``python docs/pictures/anonymization.py``.

The people do not exist, the detectors are real: their weights must be here (``passerby models``).
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from passerby import Kind, anonymize, anonymize_stream
from passerby.anonymization import OPERATORS, PRESETS, REGIONS
from passerby.synth.body import Body
from passerby.synth.camera import Camera
from passerby.synth.files import VideoFile
from passerby.synth.identity import Identity
from passerby.synth.people import World
from passerby.synth.place import Place
from passerby.synth.sensor import Sensor
from passerby.synth.sighting import Shot

Pixels = npt.NDArray[np.uint8]
Tile = tuple[str, Pixels]
"""A caption and the picture above it, BGR."""

HERE = Path(__file__).parent
QUIET = Sensor(noise=0.0)
RATE = 25.0
GAP, LINE, FONT_SIZE = 8, 22, 13


def save(name: str, tiles: Sequence[Tile], columns: int, tile_width: int) -> None:
    """Write tiles of one size as rows of a PNG with few colours, so that it stays small."""
    height, width = tiles[0][1].shape[:2]
    size = tile_width, round(height * tile_width / width)
    rows = -(-len(tiles) // columns)
    across, down = size[0] + GAP, size[1] + LINE + GAP
    sheet = Picture.new("RGB", (columns * across - GAP, rows * down - GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(FONT_SIZE)
    for number, (caption, image) in enumerate(tiles):
        left, top = number % columns * across, number // columns * down
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        sheet.paste(Picture.fromarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB)), (left, top))
        middle = left + size[0] / 2, top + size[1] + LINE / 2
        draw.text(middle, caption, "black", font, anchor="mm")
    few = sheet.quantize(256, kmeans=4, dither=Picture.Dither.NONE)
    few.save(HERE / name, optimize=True)


def film(video: Path, seed: int, half: tuple[float, float], camera: Camera) -> list[Shot]:
    """Film six people in the sun for two seconds."""
    world = World.random(seed, 6, light="sunny", obstacles=3, half=half)
    shots = list(world.shots(camera, world.walks(50, RATE), RATE, QUIET))
    with VideoFile(video, (camera.width, camera.height), RATE) as file:
        for shot in shots:
            file.write(shot.picture)
    return shots


def covered(video: Path, frame: int, regions: str = "heads", operator: str = "blackout") -> Pixels:
    """One frame of a video that was anonymized as the command line does it."""
    results = anonymize_stream(video, regions=regions, operator=operator)
    (image,) = [result.frame.image for result in results if result.frame.index == frame]
    return image


def before_after() -> None:
    """A street before and after."""
    camera = Camera.looking_at(
        (2.4, -6.15, 2.9), (0.0, 0.0, 0.75), size=(656, 560), field_of_view=43
    )
    with TemporaryDirectory() as folder:
        video, frame = Path(folder) / "street.mp4", 14
        shots = film(video, 8, (2.6, 3.2), camera)
        tiles = [
            ("before", shots[frame].image),
            ("after", covered(video, frame)),
            ("after, with --operator gaussian", covered(video, frame, operator="gaussian")),
        ]
    save("before-after.png", tiles, 3, 328)


def regions() -> None:
    """Every region on one scene; the one for crops on crops."""
    camera = Camera.looking_at(
        (0.0, -6.3, 2.6), (0.0, 0.0, 0.95), size=(640, 480), field_of_view=50
    )
    with TemporaryDirectory() as folder:
        video, frame = Path(folder) / "street.mp4", 40
        shot = film(video, 11, (2.2, 3.2), camera)[frame]
        tiles = [
            (name, _tops(shot) if name == "top" else covered(video, frame, regions=name))
            for name in REGIONS
            if name != "objects"  # which needs a network that knows some
        ]
    save("regions.png", tiles, 3, 320)


def _tops(shot: Shot) -> Pixels:
    """Crops of those who can be seen best, side by side on white, their tops covered."""
    height, width = shot.image.shape[:2]
    page = np.full_like(shot.image, 255)
    for number, seen in enumerate(sorted(shot.sightings, key=lambda one: -one.visibility)[:3]):
        left, top, right, bottom = seen.visible_box
        reach = round((bottom - top) * 0.21)
        start = max((left + right) // 2 - reach, 0)
        crop = np.ascontiguousarray(shot.image[top:bottom, start : start + 2 * reach])
        tall = cv2.resize(anonymize(crop, regions="top").image, (width // 3 - 13, height))
        page[:, number * width // 3 + 6 :][:, : tall.shape[1]] = tall
    return page


def _portrait(number: int, size: tuple[int, int], target: float, field_of_view: float) -> Shot:
    """Somebody from near by, who looks at the camera."""
    place = World.random(5, 0, light="overcast", obstacles=0)
    camera = Camera.looking_at(
        (0.0, -1.9, 1.6), (0.0, 0.0, target), size=size, field_of_view=field_of_view
    )
    standing = (Place(0, (0.0, 0.0), -1.45, 0.0, 0.1),)
    return place.view(camera, QUIET).shot([Body.of(Identity.random(number, 8))], standing, 0, 1.0)


def operators() -> None:
    """Every operator at its default strength on the head of one person."""
    shot = _portrait(7, (800, 800), 1.52, 26)
    head = shot.detections().of_kind(Kind.HEAD)
    near = slice(100, 530), slice(185, 615)
    tiles = [("uncovered", shot.image[near])]
    for name, operator in OPERATORS.items():
        if operator.whole_frame:
            continue
        result = anonymize(shot.image, detections=head, operator=name, seed=1)
        tiles.append((name, result.image[near]))
    save("operators.png", tiles, 5, 190)


def presets() -> None:
    """Every preset on a crop of the size that van Rooijen et al. use, a row for each paper."""
    crop = _portrait(17, (128, 256), 0.86, 28).image
    tiles = [("uncovered", crop)]
    tiles += [(name, anonymize(crop, preset=name, seed=1).image) for name in PRESETS]
    save("presets.png", tiles, 5, 128)


def silhouettes() -> None:
    """Two places through the learned obfuscator."""
    camera = Camera.looking_at(
        (2.4, -9.15, 3.4), (0.0, 0.0, 0.75), size=(640, 352), field_of_view=56
    )
    tiles: list[Tile] = []
    for seed, light in ((31, "sunny"), (44, "overcast")):
        world = World.random(seed, 9, light=light, obstacles=3, half=(3.4, 3.4))
        shot = list(world.shots(camera, world.walks(30, RATE), RATE, QUIET))[-1]
        tiles += [("", shot.image), ("", anonymize(shot.image, operator="learned").image)]
    save("silhouettes.png", tiles, 2, 480)


if __name__ == "__main__":
    before_after()
    regions()
    operators()
    presets()
    silhouettes()
