"""Damaged files of every format: frames or an InputError of one line may come out, nothing else.

Each of the 22 small valid files is damaged in 40 ways, 880 cases in all, the same on every run.
"""

import random
import warnings
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from passerby.errors import InputError
from passerby.sources import open_source

WAYS = 40
PIXELS = np.random.default_rng(0).integers(0, 256, (3, 24, 32, 3)).astype(np.uint8)
FRAMES = [Image.fromarray(pixels) for pixels in PIXELS]
ANIMATED = {"save_all": True, "append_images": FRAMES[1:], "duration": 100}

PICTURES: dict[str, tuple[Image.Image, dict[str, object]]] = {
    "a.jpg": (FRAMES[0], {}),
    "ink.jpg": (FRAMES[0].convert("CMYK"), {}),
    "a.png": (FRAMES[0], {}),
    "deep.png": (Image.fromarray(PIXELS[0, :, :, 0].astype(np.uint16) * 257), {}),
    "a.webp": (FRAMES[0], {}),
    "clear.webp": (FRAMES[0].convert("RGBA"), {"lossless": True}),
    "a.tif": (FRAMES[0], {}),
    "packed.tif": (FRAMES[0], {"compression": "tiff_lzw"}),
    "a.bmp": (FRAMES[0], {}),
    "a.gif": (FRAMES[0], {}),
    "moving.gif": (FRAMES[0], ANIMATED),
    "moving.png": (FRAMES[0], ANIMATED),
    "moving.webp": (FRAMES[0], ANIMATED),
    "pages.tif": (FRAMES[0], ANIMATED),
}
VIDEOS: dict[str, dict[str, object]] = {
    "a.mp4": {},
    "a.mkv": {"time_base": Fraction(1, 1000)},
    "a.ts": {"time_base": Fraction(1, 90000)},
    "a.avi": {"codec": "mpeg4", "time_base": Fraction(1, 25)},
    "a.mpg": {"codec": "mpeg2video", "time_base": Fraction(1, 25)},
    "a.webm": {"codec": "libvpx-vp9", "time_base": Fraction(1, 1000)},
    "a.mov": {"codec": "mjpeg", "pixels": "yuvj420p", "time_base": Fraction(1, 25)},
    "lossless.mkv": {"codec": "ffv1", "time_base": Fraction(1, 25)},
}


def damaged(data: bytes, how: random.Random) -> bytes:
    """Flip some bytes, rather in the header than behind it, and sometimes cut the end off."""
    result = bytearray(data)
    if how.random() < 0.3:
        del result[how.randrange(1, len(result)) :]
    for _ in range(how.choice((1, 1, 3, 10, 40))):
        reach = min(len(result), how.choice((64, 512, len(result))))
        result[how.randrange(reach)] = how.randrange(256)
    return bytes(result)


def check(path: Path, data: bytes) -> None:
    """Read a file with this content to its end."""
    path.write_bytes(data)
    try:
        with closing(open_source(path)) as source:
            for frame in source:
                assert frame.image.dtype == np.uint8
    except InputError as error:
        message = str(error)
        assert "\n" not in message
        assert path.name in message


def fuzz(path: Path) -> None:
    valid = path.read_bytes()

    @settings(max_examples=WAYS, derandomize=True, deadline=None)
    @given(st.integers(0, 2**32))
    def run(how: int) -> None:
        check(path, damaged(valid, random.Random(how)))

    run()


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_damaged_pictures(tmp_path: Path, name: str) -> None:
    picture, options = PICTURES[name]
    picture.save(tmp_path / name, **options)
    fuzz(tmp_path / name)


@pytest.mark.slow
@pytest.mark.parametrize("name", VIDEOS)
def test_damaged_videos(make_video: Callable[..., Path], name: str) -> None:
    fuzz(make_video(name, size=(32, 24), frames=6, **VIDEOS[name]))


def test_there_are_more_than_five_hundred_cases() -> None:
    assert WAYS * (len(PICTURES) + len(VIDEOS)) >= 500


@pytest.mark.parametrize("name", ["a.gif", "a.tif"])
def test_the_valid_files_can_be_read(tmp_path: Path, name: str) -> None:
    """The fuzzing would pass on files that are refused at once; these are not."""
    PICTURES[name][0].save(tmp_path / name)
    with warnings.catch_warnings(action="error"), closing(open_source(tmp_path / name)) as source:
        assert len(list(source)) == 1
