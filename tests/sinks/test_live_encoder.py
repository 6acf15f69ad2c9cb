import io
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from passerby.media import Colour, Medium
from passerby.sinks.encoding import Encoding
from passerby.sinks.live_encoder import LIVE_CODECS, LiveEncoder
from passerby.types import AnonymizedFrame, Frame, Image, seal

TIME_BASE = Fraction(1, 90_000)


def medium(width: int = 64, height: int = 48, **more: Any) -> Medium:
    return Medium("a camera", "live", width, height, time_base=TIME_BASE, **more)


def sealed(image: Image, pts: int) -> AnonymizedFrame:
    return seal(Frame(image, pts=pts, time_base=TIME_BASE), image)


def even(value: int, width: int = 64, height: int = 48) -> Image:
    return np.full((height, width, 3), value, np.uint8)


def encoded(frames: Iterable[AnonymizedFrame], source: Medium, **options: Any) -> io.BytesIO:
    output = io.BytesIO()
    encoder = LiveEncoder(output, "nut", source, Encoding(**options))
    for frame in frames:
        encoder.encode(frame, float(frame.pts * frame.time_base))
    encoder.close()
    output.seek(0)
    return output


def decoded(output: io.BytesIO) -> list[av.VideoFrame]:
    with av.open(output) as container:
        return list(container.decode(video=0))


@pytest.mark.parametrize("codec", LIVE_CODECS)
def test_every_codec_keeps_pictures_and_times(codec: str) -> None:
    frames = [sealed(even(40 + 20 * n), pts) for n, pts in enumerate((0, 1, 3600, 90_000))]
    pictures = decoded(encoded(frames, medium(), codec=codec))
    assert [round(picture.time * 90_000) for picture in pictures] == [0, 1, 3600, 90_000]
    means = [picture.to_ndarray(format="bgr24").mean() for picture in pictures]
    assert means == pytest.approx([40, 60, 80, 100], abs=3)


@pytest.mark.parametrize("size", [(64, 48), (65, 48), (64, 49), (33, 17), (854, 480), (100, 2)])
def test_any_size_is_kept(size: tuple[int, int]) -> None:
    (picture,) = decoded(encoded([sealed(even(90, *size), 0)], medium(*size)))
    assert (picture.width, picture.height) == size


def test_no_frame_is_held_back() -> None:
    output = io.BytesIO()
    encoder = LiveEncoder(output, "nut", medium(), Encoding())
    written = []
    for number in range(5):
        encoder.encode(sealed(even(10 * number), number * 3600), number * 0.04)
        written.append(output.tell())
    assert written == sorted(set(written))


@pytest.mark.parametrize("claimed", [None, Fraction(5), Fraction(60)])
def test_key_frames_come_by_the_clock_whatever_rate_is_claimed(claimed: Fraction | None) -> None:
    frames = [sealed(even(90), number * 45_000) for number in range(13)]  # two a second
    pictures = decoded(encoded(frames, medium(rate=claimed)))
    keys = [picture.time for picture in pictures if picture.key_frame]
    assert keys == pytest.approx([0, 2, 4, 6])


@pytest.mark.parametrize(
    "colour",
    [Colour(), Colour(1, 1, 1, 1), Colour(2, 1, 1, 1), Colour(1, 6, 6, 6), Colour(2, 5, 2, 2)],
)
def test_colours_look_the_same_and_are_marked(colour: Colour) -> None:
    image = even(0)
    image[:] = (30, 120, 220)
    (picture,) = decoded(encoded([sealed(image, 0)], medium(colour=colour), quality=5))
    seen = picture.to_ndarray(format="bgr24").reshape(-1, 3).mean(axis=0)
    assert seen == pytest.approx([30, 120, 220], abs=4)
    assert (picture.colorspace, picture.color_primaries) == (colour.space, colour.primaries)


def test_the_shape_of_a_pixel_is_kept() -> None:
    output = encoded([sealed(even(90), 0)], medium(sample_aspect=Fraction(16, 15)))
    with av.open(output) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(16, 15)


def test_a_better_quality_takes_more_bytes() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    sizes = [
        encoded([sealed(noise, 0)], medium(), quality=quality).getbuffer().nbytes
        for quality in (10, 40)
    ]
    assert sizes[0] > 2 * sizes[1]
