"""Metadata: gone unless asked for, and previews gone always. The bytes themselves are searched."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.PngImagePlugin import PngInfo

from passerby.heif import register_heif
from passerby.media import Medium
from passerby.sinks.exif import _can_be_written, kept_exif

SECRETS = [b"SECRET-MAKER", b"SECRET-COMMENT", b"SECRET-XMP", b"SECRET-TITLE"]


def thumbnail() -> bytes:
    memory = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(memory, "JPEG")
    return memory.getvalue()


def metadata() -> Image.Exif:
    """What a phone writes: maker, time, place, a note with a preview, a thumbnail."""
    exif = Image.Exif()
    exif[Base.Make] = "Camera SECRET-MAKER"
    exif[Base.Orientation] = 1
    shot = exif.get_ifd(IFD.Exif)
    shot[Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    shot[Base.MakerNote] = b"preview" + thumbnail()
    shot[Base.UserComment] = b"short note"
    shot[Base.ExifImageWidth] = 9999
    place = exif.get_ifd(IFD.GPSInfo)
    place[1], place[2] = "N", (52.0, 5.0, 6.0)
    first = exif.get_ifd(IFD.IFD1)
    first[Base.JpegIFOffset] = len(exif.tobytes())
    return exif


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "in.jpg"
    Image.new("RGB", (40, 30), (9, 99, 199)).save(
        path, exif=metadata(), comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>"
    )
    return path


Copy = Callable[..., Medium]


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "bmp", "gif", "heic", "avif"])
def test_nothing_is_kept_by_default(
    photo: Path, tmp_path: Path, copy_media: Copy, ending: str
) -> None:
    target = tmp_path / f"out.{ending}"
    copy_media(photo, target)
    data = target.read_bytes()
    assert [secret for secret in SECRETS if secret in data] == []
    assert b"2024:05:06" not in data
    with Image.open(target) as result:
        exif = result.getexif()
        assert exif.get_ifd(IFD.GPSInfo) == {}
        assert exif.get_ifd(IFD.Exif) == {}
        assert "comment" not in result.info or ending == "gif"


def test_text_in_a_png_is_removed(tmp_path: Path, copy_media: Copy) -> None:
    text = PngInfo()
    text.add_text("Title", "SECRET-TITLE")
    Image.new("L", (4, 4)).save(tmp_path / "in.png", pnginfo=text)
    assert b"SECRET-TITLE" in (tmp_path / "in.png").read_bytes()
    copy_media(tmp_path / "in.png", tmp_path / "out.png", metadata="keep")
    assert b"SECRET-TITLE" not in (tmp_path / "out.png").read_bytes()


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "heic", "avif"])
def test_maker_time_and_place_are_kept_when_asked_for(
    photo: Path, tmp_path: Path, copy_media: Copy, ending: str
) -> None:
    target = tmp_path / f"out.{ending}"
    copy_media(photo, target, metadata="keep")
    with Image.open(target) as result:
        exif = result.getexif()
        assert exif[Base.Make] == "Camera SECRET-MAKER"
        assert exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] == "2024:05:06 07:08:09"
        assert exif.get_ifd(IFD.GPSInfo)[2] == (52.0, 5.0, 6.0)


@pytest.mark.parametrize("metadata", ["drop", "keep"])
def test_previews_are_never_kept(
    photo: Path, tmp_path: Path, copy_media: Copy, metadata: str
) -> None:
    source = photo.read_bytes()
    assert source.count(b"\xff\xd8\xff") == 2
    copy_media(photo, tmp_path / "out.jpg", metadata=metadata)
    result = (tmp_path / "out.jpg").read_bytes()
    assert result.count(b"\xff\xd8\xff") == 1
    assert b"SECRET-XMP" not in result
    assert b"SECRET-COMMENT" not in result


def test_long_fields_and_old_sizes_are_left_out(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[Base.ImageDescription] = "x" * 2000
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.Exif)[Base.ExifImageWidth] = 40
    exif.get_ifd(IFD.Exif)[Base.UserComment] = b"y" * 2000
    exif.get_ifd(IFD.Exif)[Base.ISOSpeedRatings] = 100
    Image.new("L", (4, 4)).save(tmp_path / "in.jpg", exif=exif)
    kept = kept_exif(tmp_path / "in.jpg")
    assert dict(kept.get_ifd(IFD.Exif)) == {Base.ISOSpeedRatings: 100}
    assert Base.ImageDescription not in kept
    assert Base.Orientation not in kept


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "heic", "avif"])
def test_no_field_shows_the_raw_picture(tmp_path: Path, copy_media: Copy, ending: str) -> None:
    """Programs write previews into fields of unknown numbers, and in Base64 into texts."""
    preview = thumbnail()
    encoded = base64.b64encode(preview)
    assert len(encoded) < 1024
    exif = Image.Exif()
    exif[Base.ImageDescription] = encoded.decode()
    exif[Base.Artist] = "somebody"
    shot = exif.get_ifd(IFD.Exif)
    shot[Base.UserComment] = b"ASCII\0\0\0" + encoded
    shot[0xFDE8] = preview
    shot[Base.ISOSpeedRatings] = 100
    path = tmp_path / f"in.{ending}"
    register_heif()
    Image.effect_noise((32, 32), 50).convert("RGB").save(path, exif=exif.tobytes())
    assert encoded[:40] in path.read_bytes()
    assert preview in path.read_bytes()
    copy_media(path, tmp_path / f"out.{ending}", metadata="keep")
    content = (tmp_path / f"out.{ending}").read_bytes()
    assert b"somebody" in content
    assert encoded[:40] not in content
    assert preview[:40] not in content


@pytest.mark.slow
@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_metadata_is_no_reason_to_fail(
    tmp_path: Path, copy_media: Copy, data: st.DataObject
) -> None:
    whole = metadata().tobytes()
    place = data.draw(st.integers(6, len(whole) - 1))
    cut = data.draw(st.integers(place, len(whole)))
    damaged = whole[:place] + data.draw(st.binary(min_size=1, max_size=12)) + whole[place + 1 : cut]
    Image.new("RGB", (8, 8)).save(tmp_path / "in.jpg", exif=damaged)
    (tmp_path / "out.jpg").unlink(missing_ok=True)
    copy_media(tmp_path / "in.jpg", tmp_path / "out.jpg", metadata="keep")
    assert thumbnail()[:40] not in (tmp_path / "out.jpg").read_bytes()


@pytest.mark.parametrize(
    ("value", "written"), [(100, True), ("fast", True), (10**12, False), (None, False)]
)
def test_a_field_of_the_wrong_type_is_told_apart(value: object, written: bool) -> None:
    assert _can_be_written(IFD.Exif, Base.ISOSpeedRatings, value) == written
