"""The description of a source."""

from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc
from PIL import Image

from passerby.heif import register_heif
from passerby.media import IMAGE_SUFFIXES, VIDEO_SUFFIXES, Colour, Input, Medium


def test_only_what_every_source_knows_must_be_given() -> None:
    medium = Medium("photo.jpg", "image", 640, 480)
    unknown = (medium.rate, medium.time_base, medium.frames, medium.sample_aspect)
    assert unknown == (None, None, None, None)
    assert (medium.rotation, medium.bit_depth, medium.audio_streams, medium.notes) == (0, 8, 0, ())
    assert (medium.duration, medium.loop) == (None, None)
    assert (medium.grey, medium.lossless) == (False, False)
    assert medium.colour == Colour()


@pytest.mark.parametrize("value", [Medium("a", "image", 1, 1), Colour(), Input("a", None)])
def test_a_description_does_not_change_under_its_reader(value: object) -> None:
    for field in fields(value):  # type: ignore[arg-type]
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, 1)


def test_equal_descriptions_are_equal_and_a_changed_one_is_not() -> None:
    medium = Medium("a.mp4", "video", 854, 480, rate=Fraction(30000, 1001))
    assert medium == Medium("a.mp4", "video", 854, 480, rate=Fraction(30000, 1001))
    assert replace(medium, height=482) != medium
    assert hash(medium) == hash(replace(medium))


def test_colour_defaults_are_what_ffmpeg_calls_unspecified() -> None:
    colour = Colour()
    context = av.CodecContext.create("libx264", "w")
    assert colour.range == context.color_range
    assert colour.space == context.colorspace
    assert colour.primaries == ColorPrimaries.UNSPECIFIED == context.color_primaries
    assert colour.transfer == ColorTrc.UNSPECIFIED == context.color_trc


@pytest.mark.parametrize(
    ("path", "folder", "relative"),
    [
        (Path("in/a.jpg"), None, Path("a.jpg")),
        (Path("in/a.jpg"), Path("in"), Path("a.jpg")),
        (Path("in/deep/er/a.jpg"), Path("in"), Path("deep/er/a.jpg")),
        (Path("/in/deep/a.jpg"), Path("/in"), Path("deep/a.jpg")),
        (None, None, None),
    ],
)
def test_a_folder_is_mirrored_and_a_file_keeps_its_name(
    path: Path | None, folder: Path | None, relative: Path | None
) -> None:
    assert Input("given", path, folder).relative == relative


def test_endings_are_lower_case_and_stand_for_one_kind() -> None:
    assert not IMAGE_SUFFIXES & VIDEO_SUFFIXES
    for suffix in IMAGE_SUFFIXES | VIDEO_SUFFIXES:
        assert Path(f"name{suffix}").suffix == suffix == suffix.lower()


def test_pillow_reads_every_ending_that_is_taken_for_a_picture() -> None:
    register_heif()
    known = Image.registered_extensions()
    read = {*Image.OPEN, "MPO"}  # opened as JPEG
    assert [suffix for suffix in IMAGE_SUFFIXES if known.get(suffix) not in read] == []
