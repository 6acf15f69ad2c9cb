"""Raw photographs, imitated with tifffile and by their first bytes."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passerby.errors import InputError
from passerby.sources import open_source
from passerby.sources.images import ImageSource
from passerby.sources.raw_photos import is_raw

PREVIEW = np.full((12, 16, 3), 80, np.uint8)
SENSOR = np.full((48, 64), 300, np.uint16)
DNG_VERSION = (50706, "B", 4, b"\1\4\0\0", True)


def tiff(*pages: dict[str, Any]) -> bytes:
    memory = io.BytesIO()
    with tifffile.TiffWriter(memory) as writer:
        for page in pages:
            writer.write(metadata=None, **page)
    return memory.getvalue()


def preview(**more: Any) -> dict[str, Any]:
    return {"data": PREVIEW, "photometric": "rgb", "subfiletype": 1} | more


RAW = {
    "dng": tiff(
        preview(subifds=1, extratags=[DNG_VERSION]), {"data": SENSOR, "photometric": "cfa"}
    ),
    "dng-alone": tiff(
        {
            "data": np.zeros((48, 64, 3), np.uint16),
            "photometric": 34892,
            "subfiletype": 0,
            "extratags": [DNG_VERSION],
        }
    ),
    "nef": tiff(preview(subifds=1), {"data": SENSOR, "photometric": "cfa"}),
    "pef": tiff({"data": SENSOR, "photometric": "cfa", "subfiletype": 0}),
    "tiff-with-preview-first": tiff(preview(), {"data": np.zeros((48, 64, 3), np.uint8)}),
    "unmarked-preview": tiff(
        preview(subfiletype=0, subifds=1), {"data": np.zeros((48, 64, 3), np.uint8)}
    ),
    "cfa-behind": tiff(preview(subfiletype=0), {"data": SENSOR, "photometric": "cfa"}),
    "cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(40),
    "cr3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(40),
    "raf": b"FUJIFILMCCD-RAW 0201FF389501" + bytes(40),
    "orf": b"IIRO\x08\0\0\0" + bytes(40),
    "rw2": b"IIU\0\x18\0\0\0" + bytes(40),
    "x3f": b"FOVb" + bytes(40),
    "mrw": b"\0MRM" + bytes(40),
    "crw": b"II\x1a\0\0\0HEAPCCDR" + bytes(40),
    "iiq": b"II*\0\x10\0\0\0IIII" + bytes(40),
}


@pytest.mark.parametrize("kind", RAW)
@pytest.mark.parametrize("ending", ["dng", "jpg", "tif", "mp4"])
def test_raw_photographs_are_refused_whatever_they_are_called(
    tmp_path: Path, kind: str, ending: str
) -> None:
    path = tmp_path / f"photo.{ending}"
    path.write_bytes(RAW[kind])
    for reader in (open_source, ImageSource):
        with pytest.raises(InputError, match=r"raw photograph.* develop it to JPEG") as caught:
            reader(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("compression", [32767, 32769, 32770, 34713, 65000, 65535])
def test_compressions_of_cameras_are_known(compression: int) -> None:
    content = bytearray(tiff({"data": PREVIEW, "photometric": "rgb"}))
    entry = content.index(b"\x03\x01\x03\x00\x01\x00\x00\x00")
    content[entry + 8 : entry + 10] = compression.to_bytes(2, "little")
    assert is_raw(io.BytesIO(bytes(content)))


PLAIN = {
    "one page": tiff({"data": PREVIEW, "photometric": "rgb"}),
    "pages": tiff(*({"data": PREVIEW, "photometric": "rgb"} for _ in range(3))),
    "a copy behind": tiff({"data": PREVIEW, "photometric": "rgb"}, preview()),
    "copies inside": tiff(
        {"data": PREVIEW, "photometric": "rgb", "subifds": 2},
        {"data": PREVIEW[::2, ::2], "subfiletype": 1},
        {"data": PREVIEW[::4, ::4], "subfiletype": 1},
    ),
    "a larger page behind": tiff({"data": PREVIEW}, {"data": np.zeros((48, 64, 3), np.uint8)}),
    "16 bits": tiff({"data": SENSOR, "photometric": "minisblack"}),
    "big": b"",
}


@pytest.mark.parametrize("kind", PLAIN)
def test_other_tiffs_are_none(kind: str) -> None:
    if kind == "big":
        memory = io.BytesIO()
        tifffile.imwrite(memory, PREVIEW, bigtiff=True, photometric="rgb")
        assert not is_raw(memory)
        tifffile.imwrite(memory := io.BytesIO(), PREVIEW, bigtiff=True, subfiletype=1)
        assert is_raw(memory)
    else:
        assert not is_raw(io.BytesIO(PLAIN[kind]))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "AVIF", "TIFF"])
def test_pictures_are_none(file_format: str) -> None:
    memory = io.BytesIO()
    Image.new("RGB", (30, 20)).save(memory, file_format)
    assert not is_raw(memory)


@pytest.mark.filterwarnings("ignore")  # Pillow's, of damage
@given(place=st.integers(4, 300), data=st.binary(min_size=1, max_size=8))
def test_damage_is_survived(place: int, data: bytes) -> None:
    content = bytearray(RAW["dng"])
    content[place : place + len(data)] = data
    is_raw(io.BytesIO(bytes(content)))
    is_raw(io.BytesIO(bytes(content[:place])))


def test_a_chain_of_pages_without_end_is_survived() -> None:
    content = bytearray(tiff({"data": PREVIEW, "photometric": "rgb"}))
    first = int.from_bytes(content[4:8], "little")
    count = int.from_bytes(content[first : first + 2], "little")
    end = first + 2 + 12 * count
    content[end : end + 4] = content[4:8]
    assert not is_raw(io.BytesIO(bytes(content)))
