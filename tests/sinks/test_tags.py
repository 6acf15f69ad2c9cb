"""Tags of videos: what a person wrote may be kept, what a program hid may not."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passerby.sinks.tags import is_text, kept_tags


def picture(size: int = 48, quality: int = 75) -> bytes:
    memory = io.BytesIO()
    Image.effect_noise((size, size), 60).save(memory, "JPEG", quality=quality)
    return memory.getvalue()


def test_what_somebody_wrote_is_kept() -> None:
    tags = {
        "title": "Crossing, 4 May",
        "creation_time": "2024-05-04T12:00:00.000000Z",
        "location": "+59.3293+018.0686/",
        "com.apple.quicktime.model": "iPhone 15",
        "comment": "seen from the bridge " * 40,
    }
    assert kept_tags(tags) == tags


@pytest.mark.parametrize(
    "name", ["METADATA_BLOCK_PICTURE", "CoverArt", "thumbnail", "APIC", "preview_jpg", "Artwork"]
)
def test_the_name_of_a_picture_is_enough(name: str) -> None:
    assert kept_tags({name: "/9j/4AAQ"}) == {}


@pytest.mark.parametrize("ending", ["mkv", "mp4", "mov"])
@pytest.mark.parametrize("tag", ["METADATA_BLOCK_PICTURE", "comment", "title"])
def test_no_picture_in_base_64_gets_through(
    make_video: Callable[..., Path],
    copy_media: Callable[..., object],
    tmp_path: Path,
    ending: str,
    tag: str,
) -> None:
    encoded = base64.b64encode(picture(24, quality=20)).decode()
    assert len(encoded) < 1024

    def tell(container: av.container.OutputContainer, _: object) -> None:
        container.metadata.update({tag: encoded, "artist": "somebody"})

    path = make_video(f"in.{ending}", prepare=tell)
    copy_media(path, tmp_path / f"out.{ending}", metadata="keep")
    content = (tmp_path / f"out.{ending}").read_bytes()
    assert b"somebody" in content
    assert encoded[:60].encode() not in content


@given(st.binary(min_size=150))
def test_data_is_no_text(data: bytes) -> None:
    assert not is_text(base64.b64encode(data).decode())
    assert not is_text(base64.urlsafe_b64encode(data).decode())
    assert not is_text(data.hex())


def test_long_fields_are_not_kept_whatever_is_in_them() -> None:
    assert is_text("a word " * 146)
    assert not is_text("a word " * 147)
    assert not is_text("ü " * 400)  # counted in bytes


def test_what_describes_the_old_file_is_left_out_however_it_is_written() -> None:
    assert kept_tags({"MAJOR_BRAND": "isom", "encoder": "Lavf", "Minor_Version": "512"}) == {}
