"""Pictures and animations, written by Pillow and OpenCV, good and bad."""

import struct
import zlib
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from passerby.errors import InputError
from passerby.media import Medium
from passerby.sources import open_source
from passerby.sources.images import ImageSource, decoded, is_image
from passerby.sources.videos import VideoSource
from passerby.types import Frame


def medium_of(path: Path) -> Medium:
    with closing(open_source(path)) as source:
        return source.medium


def frames_of(path: Path) -> list[Frame]:
    with closing(open_source(path)) as source:
        return list(source)


PIXELS = np.random.default_rng(0).integers(0, 256, (12, 20, 3)).astype(np.uint8)


@pytest.mark.parametrize("ending", ["png", "bmp", "tif"])
def test_what_a_file_holds_is_decoded_in_memory(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    cv2.imwrite(str(path), PIXELS)
    np.testing.assert_array_equal(decoded(path.read_bytes(), path), PIXELS)
    with pytest.raises(InputError, match=rf"a\.{ending} is damaged"):
        decoded(path.read_bytes()[:60], path)


@pytest.mark.parametrize("ending", ["png", "bmp", "tif"])
def test_lossless_formats_give_exactly_what_opencv_wrote(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    cv2.imwrite(str(path), PIXELS)
    with ImageSource(path) as source:
        (frame,) = source
        np.testing.assert_array_equal(frame.image, PIXELS)
        assert (source.medium.width, source.medium.height) == (20, 12)
        assert source.medium.kind == "image"
        assert source.medium.lossless
        assert frame.pts is frame.time is None


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_lossy_formats_give_what_opencv_reads(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    cv2.imwrite(str(path), cv2.GaussianBlur(PIXELS, (9, 9), 0), [cv2.IMWRITE_WEBP_QUALITY, 80])
    with ImageSource(path) as source:
        (frame,) = source
    difference = np.abs(frame.image.astype(int) - cv2.imread(str(path)))
    assert difference.max() <= 3
    assert not source.medium.lossless


def test_a_lossless_webp_is_known_as_one(tmp_path: Path) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.webp", lossless=True)
    assert medium_of(tmp_path / "a.webp").lossless


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_an_animation_has_times_and_loops(tmp_path: Path, ending: str) -> None:
    first, *others = [Image.new("RGB", (8, 6), (value, 0, 0)) for value in (10, 90, 200)]
    path = tmp_path / f"a.{ending}"
    first.save(path, save_all=True, append_images=others, duration=[100, 50, 200], loop=3)
    with ImageSource(path) as source:
        frames = list(source)
        medium = source.medium
    assert (medium.kind, medium.frames, medium.loop) == ("animation", 3, 3)
    assert [frame.time for frame in frames] == [0, 0.1, 0.15]
    assert medium.duration == Fraction(350, 1000)
    reds = [int(frame.image[0, 0, 2]) for frame in frames]
    np.testing.assert_allclose(reds, [10, 90, 200], atol=5)


def test_frames_without_duration_still_follow_each_other(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), value) for value in (0, 100, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=0)
    assert [frame.pts for frame in frames_of(tmp_path / "a.gif")] == [0, 100, 200]


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
def test_short_delays_are_those_of_browsers(tmp_path: Path, ending: str) -> None:
    """Firefox, Chrome and Safari show what has 10 ms or less for 100 ms, and 20 ms as they are."""
    frames = [Image.new("RGB", (4, 4), (value, 0, 0)) for value in (0, 60, 120, 180)]
    path = tmp_path / f"a.{ending}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[0, 10, 20, 500])
    assert [frame.pts for frame in frames_of(path)] == [0, 100, 200, 220]
    with open_source(path) as source:
        assert source.medium.duration == Fraction(720, 1000)
        assert source.medium.notes == ("2 frames without a delay shown for 100 ms, as in browsers",)


def test_pages_have_no_delays_of_which_there_is_to_tell(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (4, 4), (value, 0, 0)) for value in (0, 60)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with open_source(tmp_path / "a.tif") as source:
        assert source.medium.unrelated
        assert source.medium.notes == ()


def test_pages_of_a_tiff_have_no_times(tmp_path: Path) -> None:
    pages = [Image.new("L", (4, 4), value) for value in (0, 100)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with ImageSource(tmp_path / "a.tif") as source:
        assert [(frame.index, frame.pts) for frame in source] == [(0, None), (1, None)]
        assert (source.medium.kind, source.medium.duration) == ("animation", None)


def test_pages_of_different_sizes_are_refused(tmp_path: Path) -> None:
    pages = [Image.new("L", (4, 4)), Image.new("L", (5, 4))]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with pytest.raises(InputError, match="page 2 has 5x4 pixels, the first 4x4"):
        frames_of(tmp_path / "a.tif")


def test_the_second_picture_in_a_phones_jpeg_is_no_frame(tmp_path: Path) -> None:
    pair = [Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8))]
    pair[0].save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=pair[1:])
    with ImageSource(tmp_path / "a.jpg") as source:
        assert (len(list(source)), source.medium.kind) == (1, "image")


def test_a_turned_picture_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(PIXELS).save(tmp_path / "a.png", exif=exif)
    with ImageSource(tmp_path / "a.png") as source:
        (frame,) = source
        assert (source.medium.width, source.medium.height) == (12, 20)
    np.testing.assert_array_equal(frame.image, np.rot90(PIXELS[:, :, ::-1], -1))


def test_deep_pictures_say_that_they_were_reduced(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((2, 2), np.uint16)).save(tmp_path / "a.png")
    medium = medium_of(tmp_path / "a.png")
    assert (medium.bit_depth, medium.notes) == (16, ("16 bits reduced to 8",))
    assert medium.grey


def test_one_pixel_is_enough(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), (1, 2, 3)).save(tmp_path / "a.png")
    (frame,) = frames_of(tmp_path / "a.png")
    assert frame.image.tolist() == [[[3, 2, 1]]]


def test_content_decides_not_the_name(tmp_path: Path, make_video) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "picture.mp4", "PNG")
    video = make_video("a.mp4").rename(tmp_path / "video.jpg")
    with closing(open_source(tmp_path / "picture.mp4")) as picture:
        assert isinstance(picture, ImageSource)
    with closing(open_source(video)) as other:
        assert isinstance(other, VideoSource)
    assert not is_image(video)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is large and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(20_000, 20_000), (178_000, 1_001), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_is_too_large_is_refused_unread(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "bomb.png").write_bytes(png_of(*size))
    with pytest.raises(InputError, match=r"bomb\.png has .*178 million"):
        open_source(tmp_path / "bomb.png")


def test_an_animation_is_counted_with_all_its_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerby.sources.limits.MAX_PIXELS", 100)
    frames = [Image.new("L", (6, 6), value) for value in (0, 100, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match="3 frames of 6x6"):
        open_source(tmp_path / "a.gif")


@pytest.mark.slow
def test_a_text_bomb_is_refused(tmp_path: Path) -> None:
    """64 MiB of zeros in a compressed comment; Pillow stops at its own limit."""
    text = b"Comment\0\0" + zlib.compress(b"\0" * (65 << 20))
    chunk = (
        struct.pack(">I", len(text))
        + b"zTXt"
        + text
        + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    )
    plain = png_of(1, 1)
    (tmp_path / "bomb.png").write_bytes(plain[:33] + chunk + plain[33:])
    with pytest.raises(InputError, match="is damaged"):
        frames_of(tmp_path / "bomb.png")


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "bmp", "tif"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_off_picture_is_refused(tmp_path: Path, ending: str, share: float) -> None:
    path = tmp_path / f"a.{ending}"
    Image.fromarray(PIXELS).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError) as caught:
        frames_of(path)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)
