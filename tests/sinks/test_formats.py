"""What fits into what."""

from pathlib import Path

import pytest

from passerby.errors import OutputError
from passerby.media import IMAGE_SUFFIXES
from passerby.sinks.formats import IMAGE_FORMATS, VIDEO_FORMATS, check_fits


def test_every_picture_that_is_read_can_be_written() -> None:
    assert set(IMAGE_FORMATS) == IMAGE_SUFFIXES


@pytest.mark.parametrize("suffix", IMAGE_FORMATS)
def test_pictures_fit_picture_formats_only(suffix: str) -> None:
    check_fits(Path(f"a{suffix.upper()}"), "image")
    with pytest.raises(OutputError, match="a video cannot be written as"):
        check_fits(Path(f"a{suffix}"), "video")


@pytest.mark.parametrize("suffix", VIDEO_FORMATS)
def test_moving_pictures_fit_video_formats(suffix: str) -> None:
    for kind in ("video", "live", "animation"):
        check_fits(Path(f"a{suffix}"), kind)
    with pytest.raises(OutputError, match="an image cannot be written as"):
        check_fits(Path(f"a{suffix}"), "image")


@pytest.mark.parametrize(
    ("suffix", "fits"),
    [
        (".gif", True),
        (".png", True),
        (".webp", True),
        (".avif", True),
        (".heic", False),
        (".tiff", True),
        (".jpg", False),
        (".bmp", False),
    ],
)
def test_only_some_picture_formats_move(suffix: str, fits: bool) -> None:
    if fits:
        check_fits(Path(f"a{suffix}"), "animation")
    else:
        with pytest.raises(OutputError, match="an animation cannot be written as"):
            check_fits(Path(f"a{suffix}"), "animation")


@pytest.mark.parametrize("name", ["a.xyz", "a"])
def test_unknown_endings_are_refused(name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written: use one of"):
        check_fits(Path(name), "image")
