"""The description of a source."""

from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction

import av
import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc

from passerby.media import Colour, Medium


def test_only_what_every_source_knows_must_be_given() -> None:
    medium = Medium("photo.jpg", "image", 640, 480)
    unknown = (medium.rate, medium.time_base, medium.frames, medium.sample_aspect)
    assert unknown == (None, None, None, None)
    assert (medium.rotation, medium.bit_depth, medium.audio_streams, medium.notes) == (0, 8, 0, ())
    assert medium.colour == Colour()


@pytest.mark.parametrize("value", [Medium("a", "image", 1, 1), Colour()])
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
