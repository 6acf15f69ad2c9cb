"""How pictures are stored."""

from fractions import Fraction
from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.media import Colour, Medium
from passerby.sinks import Encoding
from passerby.sinks.codecs import codec_for
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.storage import Storage, storage_of


def stored(name: str, width: int = 64, height: int = 48, codec: str = "auto", **what) -> Storage:
    medium = Medium("a", "video", width, height, **what)
    container = VIDEO_FORMATS[Path(name).suffix]
    chosen = codec_for(Path(name), container, Encoding(codec=codec))
    return storage_of(Path(name), medium, container, chosen)


@pytest.mark.parametrize(
    ("name", "size", "codec", "expected"),
    [
        ("a.mp4", (854, 480), "auto", "yuv420p"),
        ("a.mp4", (853, 480), "auto", "yuv444p"),
        ("a.mp4", (854, 479), "auto", "yuv444p"),
        ("a.webm", (853, 479), "auto", "yuv420p"),
        ("a.mkv", (854, 480), "ffv1", "bgr0"),
    ],
)
def test_pixels_fit_size_and_codec(name, size, codec, expected) -> None:
    assert stored(name, *size, codec=codec).pixel_format == expected


def test_a_turned_picture_lies_as_it_lay() -> None:
    result = stored("a.mp4", 48, 64, rotation=90, sample_aspect=Fraction(3, 4))
    assert (result.size, result.rotation) == ((64, 48), 90)
    assert result.sample_aspect == Fraction(4, 3)


def test_where_turning_cannot_be_noted_it_is_done() -> None:
    result = stored("a.ts", 48, 64, rotation=90, sample_aspect=Fraction(3, 4))
    assert (result.size, result.rotation) == ((48, 64), 0)
    assert result.sample_aspect == Fraction(3, 4)


def test_lossless_pictures_have_no_matrix() -> None:
    colour = Colour(1, 9, 9, 14)
    assert stored("a.mkv", codec="ffv1", colour=colour).colour == Colour(range=2, space=0)
    assert stored("a.mkv", colour=colour).colour == colour


def test_square_pixels_fit_everywhere_and_others_do_not() -> None:
    assert stored("a.webm", sample_aspect=Fraction(1)).sample_aspect == 1
    with pytest.raises(OutputError, match="4/3 as wide as high"):
        stored("a.webm", sample_aspect=Fraction(4, 3))
