"""Pictures and animations, read back by Pillow and OpenCV."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from passerby.errors import OutputError, PrivacyError
from passerby.media import Medium
from passerby.sinks import Encoding, open_sink
from passerby.sinks.images import ImageSink
from passerby.types import Frame, seal

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 20, 3)).astype(np.uint8)
MEDIUM = Medium(name="a.png", kind="image", width=20, height=12)

Copy = Callable[..., Medium]
Disk = Callable[[int], AbstractContextManager[None]]


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "webp"])
def test_lossless_pictures_stay_identical(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    """WebP only where the source was lossless; here it was a PNG."""
    cv2.imwrite(str(tmp_path / "in.png"), PIXELS)
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}")
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / f"out.{ending}")), PIXELS)


@pytest.mark.parametrize("ending", ["jpg", "jpeg", "webp"])
def test_lossy_pictures_stay_alike(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    smooth = cv2.resize(PIXELS[:3, :5], (200, 120), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "in.jpg"), smooth, [cv2.IMWRITE_JPEG_QUALITY, 100])
    copy_media(tmp_path / "in.jpg", tmp_path / f"out.{ending}")
    difference = np.abs(cv2.imread(str(tmp_path / f"out.{ending}")).astype(int) - smooth)
    assert difference.mean() < 4


def test_quality_matters(tmp_path: Path, copy_media: Copy) -> None:
    cv2.imwrite(str(tmp_path / "in.png"), PIXELS)
    copy_media(tmp_path / "in.png", tmp_path / "good.jpg", image_quality=95)
    copy_media(tmp_path / "in.png", tmp_path / "poor.jpg", image_quality=20)
    assert (tmp_path / "good.jpg").stat().st_size > (tmp_path / "poor.jpg").stat().st_size


@pytest.mark.parametrize("ending", ["heic", "avif", "HEIC", "hif"])
@pytest.mark.parametrize("quality", [30, 95])
def test_pictures_of_phones_are_written(
    tmp_path: Path, copy_media: Copy, ending: str, quality: int
) -> None:
    smooth = cv2.resize(PIXELS[:3, :5], (121, 83), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "in.png"), smooth)
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}", image_quality=quality)
    with Image.open(tmp_path / f"out.{ending}") as result:
        assert result.format == ("AVIF" if ending == "avif" else "HEIF")
        found = np.asarray(result.convert("RGB"))[:, :, ::-1].astype(int)
    assert found.shape == smooth.shape
    assert np.abs(found - smooth).mean() < (4 if quality == 95 else 12)


@pytest.mark.parametrize("ending", ["heic", "avif"])
def test_quality_matters_to_phones_too(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    cv2.imwrite(str(tmp_path / "in.png"), cv2.resize(PIXELS, (100, 80)))
    sizes = []
    for quality in (90, 20):
        target = tmp_path / f"{quality}.{ending}"
        copy_media(tmp_path / "in.png", target, image_quality=quality)
        sizes.append(target.stat().st_size)
    assert sizes[0] > sizes[1] * 1.5


@pytest.mark.parametrize("ending", ["heic", "avif"])
def test_opacity_of_lossy_pictures_is_kept_nearly(
    tmp_path: Path, copy_media: Copy, ending: str
) -> None:
    alpha = np.zeros((64, 96), np.uint8)
    alpha[:, 32:64], alpha[:, 64:] = 128, 255
    pixels = np.dstack([np.full((64, 96, 3), 120, np.uint8), alpha])
    Image.fromarray(pixels).save(tmp_path / "in.png")
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}")
    with Image.open(tmp_path / f"out.{ending}") as result:
        found = np.asarray(result).astype(int)
    assert np.abs(found[..., 3] - alpha).max() < 6


def test_a_picture_that_heic_cannot_hold_is_one_line(tmp_path: Path) -> None:
    long = np.zeros((4, 20_000, 3), np.uint8)
    sink = open_sink(tmp_path / "out.heic", MEDIUM)
    sink.write(seal(Frame(long), long))
    with pytest.raises(OutputError, match=r"out\.heic cannot be written") as caught:
        sink.commit()
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_half_transparent_is_seen_or_not_in_a_gif(tmp_path: Path, copy_media: Copy) -> None:
    """A GIF knows nothing between; what is seen is the picture on white."""
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[..., 3] = np.array([0, 100, 200, 255])[None]
    Image.fromarray(pixels).save(tmp_path / "in.png")
    copy_media(tmp_path / "in.png", tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as result:
        shown = np.asarray(result.convert("RGBA"))[0].tolist()
    assert [pixel[3] for pixel in shown] == [0, 0, 255, 255]
    assert shown[2][:3] == [55, 55, 55]
    assert shown[3][:3] == [0, 0, 0]


@pytest.mark.parametrize("ending", ["png", "webp", "tif"])
def test_opacity_is_kept(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    pixels = np.dstack([PIXELS, np.arange(240, dtype=np.uint8).reshape(12, 20)])
    Image.fromarray(pixels).save(tmp_path / "in.png")
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}")
    with Image.open(tmp_path / f"out.{ending}") as result:
        np.testing.assert_array_equal(np.asarray(result), pixels)


@pytest.mark.parametrize("ending", ["jpg", "bmp"])
def test_where_opacity_cannot_be_kept_the_picture_lies_on_white(
    tmp_path: Path, copy_media: Copy, ending: str
) -> None:
    Image.new("RGBA", (16, 16), (0, 0, 200, 0)).save(tmp_path / "in.png")
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}")
    assert (cv2.imread(str(tmp_path / f"out.{ending}"), cv2.IMREAD_UNCHANGED) == 255).all()


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "bmp", "webp"])
def test_grey_stays_grey(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    Image.new("L", (8, 8), 99).save(tmp_path / "in.png")
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}")
    with Image.open(tmp_path / f"out.{ending}") as result:
        assert result.mode == ("RGB" if ending == "webp" else "L")
        assert result.convert("L").getextrema() == (99, 99)


def test_grey_that_was_coloured_over_is_colour(tmp_path: Path) -> None:
    grey = Medium(name="a.png", kind="image", width=20, height=12, grey=True)
    sink = ImageSink(tmp_path / "out.png", grey, Encoding())
    sink.write(seal(Frame(PIXELS), PIXELS))
    sink.commit()
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out.png")), PIXELS)


def test_an_animated_avif_keeps_frames_and_times(tmp_path: Path, copy_media: Copy) -> None:
    first, *others = [Image.new("RGB", (16, 12), (value, 0, 0)) for value in (10, 90, 200)]
    source = tmp_path / "in.png"
    first.save(source, save_all=True, append_images=others, duration=[100, 50, 200], loop=0)
    copy_media(source, tmp_path / "out.avif")
    with Image.open(tmp_path / "out.avif") as result:
        reds, durations = [], []
        for index in range(result.n_frames):
            result.seek(index)
            result.load()
            reds.append(result.getpixel((5, 5))[0])
            durations.append(result.info["duration"])
    np.testing.assert_allclose(reds, [10, 90, 200], atol=4)
    assert durations == [100, 50, 200]


@pytest.mark.parametrize("ending", ["gif", "png", "webp"])
@pytest.mark.parametrize("loop", [0, 3])
def test_animations_keep_frames_times_and_loops(
    tmp_path: Path, copy_media: Copy, ending: str, loop: int
) -> None:
    first, *others = [Image.new("RGB", (8, 6), (value, 0, 0)) for value in (10, 90, 200)]
    source = tmp_path / f"in.{ending}"
    first.save(source, save_all=True, append_images=others, duration=[100, 50, 200], loop=loop)
    copy_media(source, tmp_path / f"out.{ending}")
    assert animation(tmp_path / f"out.{ending}") == animation(source)


def animation(path: Path) -> tuple[object, list[object], list[int]]:
    """How often it plays, how long each frame shows, and how red each is, to 16 levels."""
    durations, reds = [], []
    with Image.open(path) as image:
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
            durations.append(image.info["duration"])
            reds.append((image.convert("RGB").getpixel((0, 0))[0] + 8) // 16)
        return image.info["loop"], durations, reds


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "avif", "tif"])
def test_no_frame_shines_through_the_next(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    """Each frame shows one square, further to the right than the one before."""
    squares = []
    for place in range(3):
        pixels = np.zeros((20, 60, 4), np.uint8)
        pixels[:, 20 * place : 20 * place + 20] = (60 + 40 * place, 99, 99, 255)
        squares.append(Image.fromarray(pixels))
    squares[0].save(tmp_path / "in.png", save_all=True, append_images=squares[1:], duration=100)
    copy_media(tmp_path / "in.png", tmp_path / f"out.{ending}")
    with Image.open(tmp_path / f"out.{ending}") as result:
        for place in range(3):
            result.seek(place)
            seen = np.asarray(result.convert("RGBA"))[10, 10::20, 3] > 127
            assert seen.tolist() == [place == 0, place == 1, place == 2]


def test_a_gif_that_plays_once_still_does(tmp_path: Path, copy_media: Copy) -> None:
    first, other = Image.new("L", (8, 6), 0), Image.new("L", (8, 6), 255)
    first.save(tmp_path / "in.gif", save_all=True, append_images=[other], duration=100)
    for ending, expected in (("gif", None), ("png", 1), ("webp", 1)):
        copy_media(tmp_path / "in.gif", tmp_path / f"out.{ending}")
        with Image.open(tmp_path / f"out.{ending}") as result:
            assert result.info.get("loop") == expected


def test_pages_stay_pages(tmp_path: Path, copy_media: Copy) -> None:
    first, other = Image.new("L", (8, 6), 10), Image.new("L", (8, 6), 200)
    first.save(tmp_path / "in.tif", save_all=True, append_images=[other])
    copy_media(tmp_path / "in.tif", tmp_path / "out.tif")
    pages = cv2.imreadmulti(str(tmp_path / "out.tif"), flags=cv2.IMREAD_GRAYSCALE)[1]
    assert [int(page[0, 0]) for page in pages] == [10, 200]


def test_an_animation_becomes_a_video(tmp_path: Path, copy_media: Copy) -> None:
    first, *others = [Image.new("L", (16, 16), value) for value in (10, 90, 200)]
    first.save(tmp_path / "in.gif", save_all=True, append_images=others, duration=[100, 300, 200])
    copy_media(tmp_path / "in.gif", tmp_path / "out.mp4")
    capture = cv2.VideoCapture(str(tmp_path / "out.mp4"))
    shades, times = [], []
    while (picture := capture.read())[0]:
        shades.append(int(picture[1].mean()))
        times.append(capture.get(cv2.CAP_PROP_POS_MSEC))
    np.testing.assert_allclose(shades, [10, 90, 200], atol=3)
    np.testing.assert_allclose(times, [0, 100, 400])


def test_raw_frames_are_refused(tmp_path: Path) -> None:
    sink = ImageSink(tmp_path / "out.png", MEDIUM, Encoding())
    with pytest.raises(PrivacyError):
        sink.write(Frame(PIXELS))
    sink.abort()
    assert list(tmp_path.iterdir()) == []


def test_without_a_frame_there_is_no_file(tmp_path: Path) -> None:
    sink = ImageSink(tmp_path / "out.png", MEDIUM, Encoding())
    with pytest.raises(OutputError, match="no frame"):
        sink.commit()
    assert list(tmp_path.iterdir()) == []


def test_what_a_format_cannot_hold_is_one_line(tmp_path: Path) -> None:
    """WebP ends at 16,383 pixels a side."""
    long = np.zeros((1, 16384, 3), np.uint8)
    sink = open_sink(tmp_path / "out.webp", MEDIUM)
    sink.write(seal(Frame(long), long))
    with pytest.raises(OutputError, match=r"out\.webp cannot be written") as caught:
        sink.commit()
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif", "bmp", "gif"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, disk_of: Disk, ending: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    sink = open_sink(tmp_path / f"out.{ending}", MEDIUM)
    sink.write(seal(Frame(noise), noise))
    with disk_of(1000), pytest.raises(OutputError) as caught:
        sink.commit()
    assert "disk is full" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
