"""Files that begin with a JPEG picture: a picture, a video, or a picture with more behind it."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from passerby.containers import starts_as_jpeg
from passerby.sources import open_source
from passerby.sources.jpeg import JpegFile, read_jpeg_file

PICTURE, VIDEO = "image", "video"


def jpeg(grey: int = 100, size: tuple[int, int] = (48, 32), **options: object) -> bytes:
    memory = io.BytesIO()
    noise = np.random.default_rng(grey).integers(0, 120, (size[1], size[0], 3)) + grey
    Image.fromarray(noise.astype(np.uint8)).save(memory, "JPEG", **options)
    return memory.getvalue()


def with_thumbnail() -> bytes:
    """A picture of the same size in EXIF, as some programs leave it there."""
    return jpeg(exif=b"Exif\0\0II*\0" + bytes(20) + jpeg(50, quality=30))


BOUNDARY = b"\r\n--picture\r\nContent-Type: image/jpeg\r\nContent-Length: 1234\r\n\r\n"

FILES = {
    "one": (jpeg(), PICTURE, 1, 0),
    "progressive": (jpeg(progressive=True), PICTURE, 1, 0),
    "restarts": (jpeg(restart_marker_blocks=1), PICTURE, 1, 0),
    "thumbnail inside": (with_thumbnail(), PICTURE, 1, 0),
    "padded": (jpeg() + bytes(512), PICTURE, 1, 0),
    "preview behind": (jpeg() + jpeg(size=(16, 12)), PICTURE, 1, len(jpeg(size=(16, 12)))),
    "film behind": (jpeg() + b"\0\0\0\x18ftypmp42" + bytes(range(1, 200)), PICTURE, 1, None),
    "two": (jpeg(1) + jpeg(9), VIDEO, 2, 0),
    "many": (jpeg(1) * 12, VIDEO, 12, 0),
    "progressive in a row": (jpeg(1, progressive=True) * 3, VIDEO, 3, 0),
    "with thumbnails": (with_thumbnail() * 3, VIDEO, 3, 0),
    "padded in a row": ((jpeg(1) + bytes(300)) * 3, VIDEO, 3, 0),
    "parts of a stream": ((jpeg(1) + BOUNDARY) * 3, VIDEO, 3, 0),
    "without ends": (jpeg(1)[:-2] * 3, VIDEO, 3, 0),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("ending", ["jpg", "mjpeg", "avi"])
def test_what_it_is_its_content_says(tmp_path: Path, name: str, ending: str) -> None:
    content, kind, frames, left_over = FILES[name]
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    assert starts_as_jpeg(path)
    found = read_jpeg_file(path)
    assert found.is_video == (kind == VIDEO)
    if left_over is not None:
        assert found.left_over == left_over
    with open_source(path) as source:
        assert (source.medium.kind, len(list(source))) == (kind, frames)
        told = any("follows the picture" in note for note in source.medium.notes)
        assert told == (found.left_over > 64)


def test_a_list_of_pictures_makes_no_video(tmp_path: Path) -> None:
    """A camera for two eyes, and a phone's gain map (CIPA DC-007)."""
    path = tmp_path / "stereo.jpg"
    left, right = Image.new("RGB", (48, 32)), Image.new("RGB", (48, 32), (9, 9, 9))
    left.save(path, "MPO", save_all=True, append_images=[right, right])
    assert not read_jpeg_file(path).is_video
    with open_source(path) as source:
        assert len(list(source)) == 1
        assert source.medium.notes == ("2 further pictures in the file left out",)


def test_no_jpeg_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG" + jpeg())
    assert not starts_as_jpeg(tmp_path / "a.png")


@pytest.mark.slow
@given(cut=st.integers(4, 3000), data=st.binary(max_size=30))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_survived(tmp_path: Path, cut: int, data: bytes) -> None:
    content = jpeg(1) * 2
    path = tmp_path / "a.jpg"
    path.write_bytes(content[:cut] + data)
    assert read_jpeg_file(path).left_over <= len(content) // 2 + len(data)
    path.write_bytes(content[:cut] + data + content[cut + len(data) :])
    assert isinstance(read_jpeg_file(path), JpegFile)
